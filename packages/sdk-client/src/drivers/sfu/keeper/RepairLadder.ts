import type { Platform } from '../../../platform.js';
import type { MediaRepairReason, MediaRepairStep } from '../../../types.js';

/** What can be done, from the least to the most. */
export type RepairAction = Extract<MediaRepairStep, 'iceRestart' | 'newTransport' | 'relayOnly'>;

/** Milliseconds that an action, once it is under way, has to bring media. A relay is two more parties to hear from. */
export const REPAIR_LIMITS: Readonly<Record<RepairAction, number>> = {
  iceRestart: 3000,
  newTransport: 5000,
  relayOnly: 8000,
};

export interface RepairLadderOptions {
  readonly platform: Pick<Platform, 'timer'>;
  /** Whether there is a TURN server to go through. */
  readonly hasRelay: () => boolean;
  /** Resolves when it is under way. */
  readonly act: (action: RepairAction) => Promise<void>;
  /** Whether media moves by now. */
  readonly check: () => Promise<boolean>;
  readonly told: (step: MediaRepairStep, reason: MediaRepairReason) => void;
  readonly warn: (action: RepairAction, error: unknown) => void;
}

/** Repairs one transport, step by step until one helps. */
export class RepairLadder {
  #reason: MediaRepairReason | undefined;
  #left: RepairAction[] = [];
  #begun = 0;
  /** Which action's outcome counts. */
  #turn = 0;
  #stopTimer: (() => void) | undefined;

  constructor(private readonly options: RepairLadderOptions) {}

  get isRunning(): boolean {
    return this.#reason !== undefined;
  }

  /** More is being done than being careful about a network that has changed. */
  get isSerious(): boolean {
    return this.isRunning && (this.#reason !== 'networkChanged' || this.#begun > 1);
  }

  /** A network that has changed deserves another try from the start; anything else is being repaired already. */
  begin(reason: MediaRepairReason): void {
    if (this.isRunning && reason !== 'networkChanged') return;
    this.#reason = reason;
    this.#begun = 0;
    this.#left = ['iceRestart', 'newTransport', ...(this.options.hasRelay() ? (['relayOnly'] as const) : [])];
    this.#next();
  }

  /** Media moves. */
  recovered(): void {
    this.#end('recovered');
  }

  /** What was begun has failed: the next is due at once. */
  fail(): void {
    if (this.isRunning) this.#next();
  }

  close(): void {
    this.#turn += 1;
    this.#stopTimer?.();
    this.#reason = undefined;
  }

  #next(): void {
    this.#turn += 1;
    this.#stopTimer?.();
    const action = this.#left.shift();
    if (!action) this.#end('gaveUp');
    else if (this.#reason) {
      this.#begun += 1;
      this.options.told(action, this.#reason);
      void this.#act(action, this.#turn);
    }
  }

  /** Time begins when it is under way: while signalling is away there is nothing to be expected. */
  async #act(action: RepairAction, turn: number): Promise<void> {
    const { act, platform, warn } = this.options;
    try {
      await act(action);
      if (turn !== this.#turn) return;
      this.#stopTimer = platform.timer(() => void this.#check(turn), REPAIR_LIMITS[action]);
    } catch (error) {
      if (turn !== this.#turn) return;
      warn(action, error);
      this.#next();
    }
  }

  async #check(turn: number): Promise<void> {
    const moves = await this.options.check();
    if (turn === this.#turn && !moves) this.#next();
  }

  #end(step: 'recovered' | 'gaveUp'): void {
    const reason = this.#reason;
    this.close();
    if (reason) this.options.told(step, reason);
  }
}
