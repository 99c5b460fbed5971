const MINUTE = 60_000;

/** Counts the calls that users begin, minute by minute; remembers nobody for longer. */
export class CallRate {
  readonly #perMinute: number;
  readonly #begun = new Map<string, { since: number; count: number }>();
  #sweptAt = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Users with a minute that has not passed. */
  get size(): number {
    return this.#begun.size;
  }

  /** Milliseconds until the user may call again; 0: this call is counted and may begin. */
  take(userId: string, now: number): number {
    this.#sweep(now);
    const begun = this.#begun.get(userId);
    if (!begun || now - begun.since >= MINUTE) {
      this.#begun.set(userId, { since: now, count: 1 });
      return 0;
    }
    if (begun.count >= this.#perMinute) return begun.since + MINUTE - now;
    begun.count += 1;
    return 0;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < MINUTE) return;
    this.#sweptAt = now;
    for (const [userId, { since }] of this.#begun) if (now - since >= MINUTE) this.#begun.delete(userId);
  }
}
