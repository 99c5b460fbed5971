import { numbered, type Words } from './notifications.js';

/** What a client may have missed is kept within these bounds. */
const MAX_NOTIFICATIONS = 512;
/** UTF-16 code units. */
const MAX_LENGTH = 128 * 1024;

/** The last notifications of a session, for a client whose connection swallowed some of them. */
export class History {
  readonly #said: Words[] = [];
  #length = 0;
  #count: number;

  /** `seq`: how many there were before. */
  constructor(seq: number) {
    this.#count = seq;
  }

  add(words: Words): void {
    this.#count += 1;
    this.#said.push(words);
    this.#length += words.fields.length;
    while (this.#said.length > MAX_NOTIFICATIONS || this.#length > MAX_LENGTH)
      this.#length -= this.#said.shift()?.fields.length ?? 0;
  }

  /** Those after number `seq`; undefined: they are not all there any more. */
  after(seq: number): string[] | undefined {
    const missing = this.#count - seq;
    if (missing < 0 || missing > this.#said.length) return undefined;
    return this.#said
      .slice(this.#said.length - missing)
      .map((words, index) => numbered(words, seq + index + 1));
  }
}
