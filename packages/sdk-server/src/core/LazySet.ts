const NONE: ReadonlySet<never> = new Set<never>();

/** A set that takes room when something is put in: there are many, and most stay empty. */
export class LazySet<T> implements Iterable<T> {
  #set: Set<T> | undefined;

  get size(): number {
    return this.#set?.size ?? 0;
  }

  has(value: T): boolean {
    return this.#set?.has(value) === true;
  }

  add(value: T): this {
    (this.#set ??= new Set()).add(value);
    return this;
  }

  delete(value: T): boolean {
    return this.#set?.delete(value) === true;
  }

  clear(): void {
    this.#set?.clear();
  }

  [Symbol.iterator](): SetIterator<T> {
    return (this.#set ?? NONE).values();
  }
}
