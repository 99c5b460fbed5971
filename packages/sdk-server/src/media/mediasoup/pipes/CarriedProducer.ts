import { Emitter } from '../../../events.js';
import type { IncomingStream, OutgoingStream } from './PipeEnd.js';

export interface CarriedProducerEvents {
  /** The publisher goes on. */
  resumed: [];
  /** With the producer, with one of the two routers, or by `close()`. */
  closed: [];
}

/** A producer that goes through a pipe: what happens to it at one end happens at the other. */
export class CarriedProducer extends Emitter<CarriedProducerEvents> {
  readonly #outgoing: OutgoingStream;
  readonly #incoming: IncomingStream;
  #closed = false;

  constructor(outgoing: OutgoingStream, incoming: IncomingStream) {
    super();
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    const close = () => {
      this.close();
    };
    outgoing.on('closed', close);
    incoming.on('closed', close);
    outgoing.on('paused', () => {
      incoming.setPaused(true);
    });
    outgoing.on('resumed', () => {
      incoming.setPaused(false);
      this.emit('resumed');
    });
    // Both may have changed while the other end was waited for.
    if (outgoing.closed || incoming.closed) this.close();
    else if (outgoing.paused !== outgoing.description.paused) incoming.setPaused(outgoing.paused);
  }

  /** Of the copy, on the router that it is carried to. */
  get producerId(): string {
    return this.#incoming.producerId;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** As `OutgoingStream.setWanted`. */
  setWanted(wanted: boolean): void {
    this.#outgoing.setWanted(wanted);
  }

  /** As `OutgoingStream.requestKeyFrame`. */
  requestKeyFrame(): void {
    this.#outgoing.requestKeyFrame();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outgoing.close();
    this.#incoming.close();
    this.emit('closed');
  }
}
