import { ParlorError } from '../../errors.js';

export interface Lease<T> {
  readonly value: T;
  /** Idempotent. */
  release(): void;
}

interface Entry<T> {
  readonly opening: Promise<T>;
  value: T | undefined;
  leases: number;
  ended: boolean;
}

/** Things that are opened for the first who needs them, shared, and closed after the last. */
export class Leases<K, T extends { close(): void }> {
  readonly #entries = new Map<K, Entry<T>>();
  #closed = false;

  /** @throws MEDIA_UNAVAILABLE (all are closed); what `open` throws */
  async take(key: K, open: () => Promise<T>): Promise<Lease<T>> {
    if (this.#closed) throw closedError();
    const entry = this.#entries.get(key) ?? this.#open(key, open);
    entry.leases += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.leases -= 1;
      if (entry.leases === 0) this.#end(key, entry);
    };
    try {
      const value = await entry.opening;
      if (entry.ended) throw closedError();
      return { value, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of those that are there or being opened. */
  keys(): K[] {
    return [...this.#entries.keys()];
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** It has ended by itself: who comes next gets another one. */
  forget(key: K, value: T): void {
    const entry = this.#entries.get(key);
    if (entry?.value === value) this.#end(key, entry);
  }

  close(): void {
    this.#closed = true;
    for (const [key, entry] of this.#entries) this.#end(key, entry);
  }

  #open(key: K, open: () => Promise<T>): Entry<T> {
    const entry: Entry<T> = { opening: open(), value: undefined, leases: 0, ended: false };
    this.#entries.set(key, entry);
    entry.opening.then(
      (value) => {
        entry.value = value;
        if (entry.ended) value.close();
      },
      // Whoever wanted it hears why, and lets go of it.
      () => undefined,
    );
    return entry;
  }

  #end(key: K, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    if (entry.ended) return;
    entry.ended = true;
    entry.value?.close();
  }
}

const closedError = () => new ParlorError('MEDIA_UNAVAILABLE', 'the room was closed');
