import { EventEmitter } from 'eventemitter3';

type Args<E, K extends keyof E> = E[K] extends readonly unknown[] ? E[K] : never;

/** The listening half of an emitter: what public interfaces show. `E` maps event names to labelled arguments. */
export interface EventSource<E> {
  on<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
  once<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
  off<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
}

/**
 * Typed emitter. A listener that throws becomes a process warning and cannot break what comes after the emit:
 * closing cascades run through here.
 */
export class Emitter<E> implements EventSource<E> {
  // Rooms hold thousands of consumers that nobody listens to.
  #emitter: EventEmitter | undefined;

  on<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this {
    (this.#emitter ??= new EventEmitter()).on(event, listener);
    return this;
  }

  once<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this {
    (this.#emitter ??= new EventEmitter()).once(event, listener);
    return this;
  }

  off<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this {
    this.#emitter?.off(event, listener);
    return this;
  }

  emit<K extends keyof E & string>(event: K, ...args: Args<E, K>): void {
    try {
      this.#emitter?.emit(event, ...args);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
