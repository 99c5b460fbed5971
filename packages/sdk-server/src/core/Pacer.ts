export interface PacerOptions {
  /** How long tasks may hold the event loop before others get their turn, milliseconds. */
  turnMs?: number;
  /** How many tasks may be under way where many wait. */
  inFlight?: number;
  /** How many that is, beyond which they are started bit by bit. Fewer are best asked of the media server at once. */
  many?: number;
  /** A monotonic clock, milliseconds. */
  now?: () => number;
}

/**
 * Starts tasks, whoever asked for them, in order, for a few milliseconds in each turn of the event loop. Creating
 * media objects costs the loop about 0.1 ms each: without this, eighty peers that join together would hold up
 * everybody's messages for seconds. An idle pacer starts a task at once.
 */
export class Pacer {
  readonly #turnMs: number;
  readonly #inFlight: number;
  readonly #many: number;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #running = 0;
  /** When the first task of this turn was started. */
  #turnBegan: number | undefined;

  constructor({ turnMs = 1.5, inFlight = 8, many = 32, now = () => performance.now() }: PacerOptions = {}) {
    this.#turnMs = turnMs;
    this.#inFlight = inFlight;
    this.#many = many;
    this.#now = now;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => {
        this.#running += 1;
        attempt(task).then(
          (result) => {
            resolve(result);
            this.#ended();
          },
          (error: unknown) => {
            reject(error as Error);
            this.#ended();
          },
        );
      });
      this.#startAllowed();
    });
  }

  #ended(): void {
    this.#running -= 1;
    if (this.#waiting.length > 0) this.#startAllowed();
  }

  #startAllowed(): void {
    for (;;) {
      const start = this.#waiting[this.#next];
      if (!start || this.#running >= this.#limit) break;
      this.#turnBegan ??= this.#beginTurn();
      if (this.#now() - this.#turnBegan >= this.#turnMs) return;
      this.#next += 1;
      start();
    }
    // An index instead of shift(): shifting a long array moves all of it.
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    }
  }

  get #limit(): number {
    const known = this.#waiting.length - this.#next + this.#running;
    return known <= this.#many ? Math.max(this.#many, this.#inFlight) : this.#inFlight;
  }

  #beginTurn(): number {
    setImmediate(() => {
      this.#turnBegan = undefined;
      this.#startAllowed();
    });
    return this.#now();
  }
}

/** A task that throws at once gives its place back like any other. */
function attempt<T>(task: () => Promise<T>): Promise<T> {
  try {
    return task();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
