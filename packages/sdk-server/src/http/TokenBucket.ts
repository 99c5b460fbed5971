/** Lets `capacity` through at once and `perSecond` for ever. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;

  /** `now` is in milliseconds, as in `take`. */
  constructor(rate: { perSecond: number; capacity: number }, now: number) {
    this.#perMs = rate.perSecond / 1000;
    this.#capacity = rate.capacity;
    this.#tokens = rate.capacity;
    this.#filledAt = now;
  }

  /** Takes one token; false: there is none. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
