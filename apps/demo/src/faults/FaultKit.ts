import type { Platform, RoomLike } from '@parlor/sdk-client';
import { Faults } from '@parlor/sdk-client/testing';
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { withEntry, type LogEntry } from './eventLog.js';
import { followFaults } from './followFaults.js';
import { countFaults, mediaOf, NO_FAULTS, signallingOf, type FaultSettings } from './settings.js';

/** What the panel's controls do, and what came of it. */
export class FaultKit {
  /** Why media cannot be disturbed in this browser; undefined where it can. */
  readonly mediaProblem: string | undefined;
  readonly active: ReadonlySignal<number>;
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #start: number;
  readonly #settings = signal(NO_FAULTS);
  readonly #log = signal<readonly LogEntry[]>([]);

  /** Disturbs what is connected from now on. */
  constructor(faults = new Faults(), now = () => performance.now()) {
    this.#faults = faults;
    this.#now = now;
    this.#start = now();
    this.active = computed(() => countFaults(this.#settings.value));
    this.mediaProblem = this.#install();
  }

  /** For the rooms that are to be disturbed. */
  get platform(): Platform {
    return this.#faults.platform;
  }

  get settings(): ReadonlySignal<FaultSettings> {
    return this.#settings;
  }

  get log(): ReadonlySignal<readonly LogEntry[]> {
    return this.#log;
  }

  /** Logs what becomes of `room`. */
  follow(room: RoomLike): void {
    followFaults(room, (news) => {
      this.#write(news);
    });
  }

  set(change: Partial<FaultSettings>): void {
    const before = this.#settings.value;
    const settings = { ...before, ...change };
    this.#settings.value = settings;
    this.#faults.signalling(signallingOf(settings));
    this.#faults.media(mediaOf(settings));
    this.#faults.failIce(settings.iceFails);
    // Going down cuts: only once.
    if (settings.serverDown !== before.serverDown) this.#faults.setDown(settings.serverDown);
  }

  cut(): void {
    this.note('Socket cut');
    this.#faults.cutSockets();
  }

  clear(): void {
    this.note('All clear');
    this.set(NO_FAULTS);
  }

  /** Writes down what was done, beside what comes of it. */
  note(text: string): void {
    this.#write({ kind: 'cause', event: undefined, text });
  }

  #write(entry: Omit<LogEntry, 'key' | 'at'>): void {
    this.#log.value = withEntry(this.#log.value, { ...entry, at: this.#now() - this.#start });
  }

  #install(): string | undefined {
    try {
      this.#faults.install();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
