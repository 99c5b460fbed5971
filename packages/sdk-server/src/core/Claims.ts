import { LazyMap } from './LazyMap.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type { Timer } from './timer.js';

/** How long a client that has joined anew may take to go on with what it published, ms. */
const CLAIM_MS = 15_000;

/** Publications of a client's former stay, which stay in the room until it goes on with them, or does not in time. */
export class Claims {
  readonly #timer: Timer;
  readonly #open = new LazyMap<string, ProducerImpl>();
  #stop: (() => void) | undefined;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  /** The client has joined anew. */
  begin(producers: Iterable<ProducerImpl>): void {
    this.end();
    for (const producer of producers) this.#open.set(producer.id, producer);
    if (this.#open.size === 0) return;
    this.#stop = this.#timer.after(CLAIM_MS, () => {
      for (const producer of [...this.#open.values()]) producer.close();
      this.end();
    });
  }

  /** From here on nobody else can have it; undefined: there is none such. */
  take(producerId: string): ProducerImpl | undefined {
    const producer = this.#open.get(producerId);
    this.#open.delete(producerId);
    return producer?.closed === false ? producer : undefined;
  }

  /** It was taken in vain. */
  giveBack(producer: ProducerImpl): void {
    if (this.#stop) this.#open.set(producer.id, producer);
    else producer.close();
  }

  end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#open.clear();
  }
}
