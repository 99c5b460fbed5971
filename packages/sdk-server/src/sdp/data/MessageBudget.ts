/** As many as a WebSocket may bring at once and keep up (`SocketLimits`). */
const PERIOD_MS = 5000;
const MAX_MESSAGES = 1000;
/** How many more are refused before the client has to go. */
const MAX_REFUSED = 4000;

export type Verdict = 'taken' | 'refused' | 'refused before' | 'flood';

/** What a client may send on all its data channels. */
export class MessageBudget {
  readonly #after: (ms: number, action: () => void) => () => void;
  #stop: (() => void) | undefined;
  #count = 0;

  constructor(after: (ms: number, action: () => void) => () => void) {
    this.#after = after;
  }

  /** One more message. Only the first that is refused in a while is worth telling. */
  spend(): Verdict {
    this.#stop ??= this.#after(PERIOD_MS, () => {
      this.#stop = undefined;
      this.#count = 0;
    });
    this.#count += 1;
    if (this.#count <= MAX_MESSAGES) return 'taken';
    if (this.#count === MAX_MESSAGES + 1) return 'refused';
    return this.#count <= MAX_MESSAGES + MAX_REFUSED ? 'refused before' : 'flood';
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
