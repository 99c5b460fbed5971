import { Emitter } from '../../../events.js';
import { CarriedProducer } from './CarriedProducer.js';
import type { PipeEnd, PipeEndEvents } from './PipeEnd.js';

/** Two ends that are connected. */
export class RouterPipe extends Emitter<PipeEndEvents> {
  readonly #ends: readonly [PipeEnd, PipeEnd];
  #closed = false;

  /** Connects two ends; if one of them cannot be opened the other is closed. */
  static async connect(opening: readonly [Promise<PipeEnd>, Promise<PipeEnd>]): Promise<RouterPipe> {
    try {
      const [one, other] = await Promise.all(opening);
      await Promise.all([one.connect(other.address), other.connect(one.address)]);
      return new RouterPipe([one, other]);
    } catch (error) {
      for (const outcome of await Promise.allSettled(opening))
        if (outcome.status === 'fulfilled') outcome.value.close();
      throw error;
    }
  }

  private constructor(ends: readonly [PipeEnd, PipeEnd]) {
    super();
    this.#ends = ends;
    for (const end of ends)
      end.on('closed', () => {
        this.close();
      });
  }

  /** Copies a producer that is at the first end to the second, or the other way round. */
  async carry(producerId: string, from: 'first' | 'second'): Promise<CarriedProducer> {
    const [first, second] = this.#ends;
    const [here, there] = from === 'first' ? [first, second] : [second, first];
    const outgoing = await here.send(producerId);
    try {
      return new CarriedProducer(outgoing, await there.receive(outgoing.description));
    } catch (error) {
      outgoing.close();
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of this.#ends) end.close();
    this.emit('closed');
  }
}
