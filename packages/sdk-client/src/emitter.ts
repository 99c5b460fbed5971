type Args<E, K extends keyof E> = E[K] extends readonly unknown[] ? E[K] : never;
type Listener<E, K extends keyof E> = (...args: Args<E, K>) => void;

/** The listening half of an emitter. `E` maps event names to labelled argument tuples. */
export interface EventSource<E> {
  on<K extends keyof E & string>(event: K, listener: Listener<E, K>): this;
  once<K extends keyof E & string>(event: K, listener: Listener<E, K>): this;
  off<K extends keyof E & string>(event: K, listener: Listener<E, K>): this;
}

interface Entry {
  readonly listener: unknown;
  readonly call: (args: readonly unknown[]) => void;
}

/**
 * Typed emitter. A listener that throws is reported as an uncaught error (`reportError`, HTML §8.1.4.6) and
 * breaks neither the other listeners nor the code that emitted.
 */
export class Emitter<E> implements EventSource<E> {
  readonly #entries = new Map<string, readonly Entry[]>();

  on<K extends keyof E & string>(event: K, listener: Listener<E, K>): this {
    return this.#add(event, { listener, call: (args) => listener(...(args as Args<E, K>)) });
  }

  once<K extends keyof E & string>(event: K, listener: Listener<E, K>): this {
    const call = (args: readonly unknown[]) => {
      this.off(event, listener);
      listener(...(args as Args<E, K>));
    };
    return this.#add(event, { listener, call });
  }

  off<K extends keyof E & string>(event: K, listener: Listener<E, K>): this {
    const entries = this.#entries.get(event) ?? [];
    const at = entries.findIndex((entry) => entry.listener === listener);
    if (at < 0) return this;
    if (entries.length === 1) this.#entries.delete(event);
    else this.#entries.set(event, entries.toSpliced(at, 1));
    return this;
  }

  removeAllListeners(): void {
    this.#entries.clear();
  }

  listenerCount(event?: keyof E & string): number {
    if (event !== undefined) return this.#entries.get(event)?.length ?? 0;
    return [...this.#entries.values()].reduce((sum, entries) => sum + entries.length, 0);
  }

  protected emit<K extends keyof E & string>(event: K, ...args: Args<E, K>): void {
    for (const entry of this.#entries.get(event) ?? []) {
      try {
        entry.call(args);
      } catch (error) {
        report(error);
      }
    }
  }

  #add(event: string, entry: Entry): this {
    this.#entries.set(event, [...(this.#entries.get(event) ?? []), entry]);
    return this;
  }
}

/** The same with a public `emit`, for parts that own an emitter instead of being one. */
export class OpenEmitter<E> extends Emitter<E> {
  override emit<K extends keyof E & string>(event: K, ...args: Args<E, K>): void {
    super.emit(event, ...args);
  }
}

function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
