/** What a client may have missed is kept within these bounds. */
const MAX_NOTIFICATIONS = 512;
/** UTF-16 code units. */
const MAX_LENGTH = 128 * 1024;

/** The last notifications of a session, for a client whose connection swallowed some of them. */
export class History {
  readonly #texts: string[] = [];
  #length = 0;
  #count: number;

  /** `seq`: how many there were before. */
  constructor(seq: number) {
    this.#count = seq;
  }

  add(text: string): void {
    this.#count += 1;
    this.#texts.push(text);
    this.#length += text.length;
    while (this.#texts.length > MAX_NOTIFICATIONS || this.#length > MAX_LENGTH)
      this.#length -= this.#texts.shift()?.length ?? 0;
  }

  /** Those after number `seq`; undefined: they are not all there any more. */
  after(seq: number): string[] | undefined {
    const missing = this.#count - seq;
    if (missing < 0 || missing > this.#texts.length) return undefined;
    return this.#texts.slice(this.#texts.length - missing);
  }
}
