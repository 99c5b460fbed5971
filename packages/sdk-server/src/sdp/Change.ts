/**
 * Steps of a negotiation that belong together. What is made on the way is taken back if a later step fails; what is to
 * be closed is closed only when all has succeeded.
 */
export class Change {
  readonly #undo: (() => void)[] = [];
  readonly #finish: (() => void)[] = [];

  /** Undone in this order: state first, then what was made since. */
  onUndo(step: () => void): void {
    this.#undo.push(step);
  }

  onCommit(step: () => void): void {
    this.#finish.push(step);
  }

  commit(): void {
    for (const step of this.#finish) step();
  }

  undo(): void {
    for (const step of this.#undo) step();
  }
}
