/** Chance that falls the same way each time (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 up to 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of them. @throws Error when there is none */
  pick<T>(from: Iterable<T>): T {
    const all = [...from];
    const index = Math.floor(this.roll() * all.length);
    if (index >= all.length) throw new Error('there is nothing to pick from');
    return all[index] as T;
  }
}
