const NONE: ReadonlyMap<never, never> = new Map<never, never>();

/** A map that takes room when something is put in: there are many, and most stay empty. */
export class LazyMap<K, V> implements ReadonlyMap<K, V> {
  #map: Map<K, V> | undefined;

  get size(): number {
    return this.#held.size;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  has(key: K): boolean {
    return this.#map?.has(key) === true;
  }

  set(key: K, value: V): this {
    (this.#map ??= new Map()).set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.#map?.delete(key) === true;
  }

  clear(): void {
    this.#map?.clear();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    this.#map?.forEach((value, key) => {
      visit(value, key, this);
    });
  }

  keys(): MapIterator<K> {
    return this.#held.keys();
  }

  values(): MapIterator<V> {
    return this.#held.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.#held.entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#held.entries();
  }

  get #held(): ReadonlyMap<K, V> {
    return this.#map ?? NONE;
  }
}
