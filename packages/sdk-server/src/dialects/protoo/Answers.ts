/** How many answers are kept for a client that may not have got them. */
const KEPT = 64;
/** Longer ones are not kept, UTF-16 code units: only asking what there is has such, which can be asked twice. */
const MAX_LENGTH = 16 * 1024;

/**
 * What was answered to which request, so that a request that is repeated after a lost connection is not done twice. Ids
 * are only compared with those of before the loss: nobody forbids a client to use one again.
 */
export class Answers {
  readonly #underway = new Set<number>();
  #given = new Map<number, string>();
  #repeatable: { underway: ReadonlySet<number>; given: ReadonlyMap<number, string> } | undefined;

  begin(id: number): void {
    this.#underway.add(id);
  }

  end(id: number, text: string): void {
    this.#underway.delete(id);
    if (text.length <= MAX_LENGTH) this.#given.set(id, text);
    forget(this.#given);
  }

  /** The connection was lost: requests that come now may be those of before. */
  expectRepeats(): void {
    // What was answered before an earlier loss may still not have arrived: this one may have come before the repeats.
    const given = new Map([...(this.#repeatable?.given ?? []), ...this.#given]);
    forget(given);
    this.#repeatable = { underway: new Set(this.#underway), given };
    this.#given = new Map();
  }

  /** The answer that a repeated request had, or that it is still being worked on; undefined: it is new. */
  repeated(id: number): string | undefined {
    if (!this.#repeatable) return undefined;
    const { underway, given } = this.#repeatable;
    return given.get(id) ?? (underway.has(id) ? (this.#given.get(id) ?? 'underway') : undefined);
  }
}

/** Drops the oldest beyond the limit. */
function forget(given: Map<number, string>): void {
  for (const [oldest] of given) {
    if (given.size <= KEPT) return;
    given.delete(oldest);
  }
}
