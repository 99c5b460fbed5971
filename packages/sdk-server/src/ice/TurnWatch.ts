import { Emitter } from '../events.js';
import type { Clock } from './clock.js';
import type { StunProbe } from './stunProbe.js';
import type { TurnTarget } from './turnUrl.js';
import type { TurnProbeOptions } from './types.js';

export interface TurnWatchOptions extends Required<TurnProbeOptions> {
  readonly clock: Clock;
  readonly probe: StunProbe;
}

export interface TurnWatchEvents {
  /** Too many questions in a row were not answered. */
  died: [reason: string];
  /** It answers again. */
  recovered: [];
}

/** How much of a new round trip goes into the average. */
const NEW_SHARE = 0.25;

/** Asks one TURN server again and again, and decides slowly: one lost packet is no outage, one answer no recovery. */
export class TurnWatch extends Emitter<TurnWatchEvents> {
  /** What has not been asked yet counts as alive. */
  alive = true;
  /** Milliseconds; undefined until the first answer. */
  roundTripMs: number | undefined;
  readonly #targets: readonly TurnTarget[];
  readonly #options: TurnWatchOptions;
  #failures = 0;
  #successes = 0;
  #stopTimer: () => void = () => {};
  #stopProbe: () => void = () => {};
  #closed = false;

  constructor(targets: readonly TurnTarget[], options: TurnWatchOptions) {
    super();
    // There is no DTLS in Node: what only speaks that cannot be watched.
    this.#targets = targets.filter(({ protocol }) => protocol !== 'dtls');
    this.#options = options;
  }

  start(): void {
    if (this.#targets.length > 0) void this.#round();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#stopProbe();
  }

  async #round(): Promise<void> {
    const problems: string[] = [];
    const roundTripMs = await this.#ask(problems);
    if (this.#closed) return;
    if (roundTripMs === undefined) this.#failed(problems.join('; '));
    else this.#answered(roundTripMs);
    const { clock, intervalMs, retryMs } = this.#options;
    this.#stopTimer = clock.after(roundTripMs === undefined ? retryMs : intervalMs, () => void this.#round());
  }

  /** One address after the other until one answers: each question costs the server something. */
  async #ask(problems: string[]): Promise<number | undefined> {
    for (const target of this.#targets) {
      try {
        return await this.#askOne(target);
      } catch (error) {
        if (this.#closed) return undefined;
        const { host, port, protocol } = target;
        problems.push(
          `${host} ${protocol} ${String(port)}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
    return undefined;
  }

  async #askOne(target: TurnTarget): Promise<number> {
    const { clock, probe, timeoutMs } = this.#options;
    const controller = new AbortController();
    const stopTimeout = clock.after(timeoutMs, () => {
      controller.abort(new Error(`no answer in ${String(timeoutMs)} ms`));
    });
    this.#stopProbe = () => {
      controller.abort(new Error('stopped'));
    };
    try {
      return await probe(target, controller.signal);
    } finally {
      stopTimeout();
    }
  }

  #answered(roundTripMs: number): void {
    this.#failures = 0;
    this.#successes += 1;
    this.roundTripMs =
      this.roundTripMs === undefined
        ? roundTripMs
        : this.roundTripMs + NEW_SHARE * (roundTripMs - this.roundTripMs);
    if (this.alive || this.#successes < this.#options.successes) return;
    this.alive = true;
    this.emit('recovered');
  }

  #failed(reason: string): void {
    this.#successes = 0;
    this.#failures += 1;
    if (!this.alive || this.#failures < this.#options.failures) return;
    this.alive = false;
    this.emit('died', reason);
  }
}
