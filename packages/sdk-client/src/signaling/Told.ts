import type { Frame } from './RequestTable.js';

const KEPT = 256;

/** Notifications of ours, kept for as long as a lost connection may have swallowed them. */
export class Told {
  #count = 0;
  readonly #kept: Frame[] = [];

  add(frame: Frame): void {
    this.#count += 1;
    this.#kept.push(frame);
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  /** Those that the server has not heard, which has heard so many; undefined: they are not all there any more. */
  after(heard: number): Frame[] | undefined {
    const missing = this.#count - heard;
    if (missing < 0 || missing > this.#kept.length) return undefined;
    return this.#kept.slice(this.#kept.length - missing);
  }
}
