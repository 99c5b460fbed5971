import { SerialQueue } from '../SerialQueue.js';

/**
 * Keeps switching a source on and off in order: on, off, on in quick succession ends on. Work that leaving the
 * room has overtaken notices it.
 */
export class SourceToggles {
  readonly #queues = new Map<string, SerialQueue>();
  #generation = 0;

  /** `current` tells whether the room was not left since. A task whose time never came gives undefined. */
  run<T>(source: string, task: (current: () => boolean) => Promise<T | undefined>): Promise<T | undefined> {
    const current = this.mark();
    let queue = this.#queues.get(source);
    if (!queue) this.#queues.set(source, (queue = new SerialQueue()));
    return queue.run(async () => (current() ? await task(current) : undefined));
  }

  /** A check whether the room was left since now. */
  mark(): () => boolean {
    const generation = this.#generation;
    return () => generation === this.#generation;
  }

  invalidate(): void {
    this.#generation += 1;
    this.#queues.clear();
  }
}
