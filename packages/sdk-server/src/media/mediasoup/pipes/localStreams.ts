import type { types } from 'mediasoup';
import { Emitter } from '../../../events.js';
import type {
  IncomingStream,
  IncomingStreamEvents,
  OutgoingStream,
  OutgoingStreamEvents,
  StreamDescription,
} from './PipeEnd.js';

export class LocalOutgoingStream extends Emitter<OutgoingStreamEvents> implements OutgoingStream {
  readonly description: StreamDescription;
  readonly #raw: types.Consumer;
  #wanted = true;

  constructor(raw: types.Consumer) {
    super();
    this.#raw = raw;
    const { kind, rtpParameters, producerPaused } = raw;
    this.description = { kind, rtpParameters, paused: producerPaused };
    raw.on('producerpause', () => {
      this.emit('paused');
    });
    raw.on('producerresume', () => {
      this.emit('resumed');
    });
    raw.observer.once('close', () => {
      this.emit('closed');
    });
  }

  get paused(): boolean {
    return this.#raw.producerPaused;
  }

  get closed(): boolean {
    return this.#raw.closed;
  }

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted || this.#raw.closed) return;
    this.#wanted = wanted;
    setPaused(this.#raw, !wanted);
  }

  requestKeyFrame(): void {
    if (!this.#raw.closed) carryOut(this.#raw, this.#raw.requestKeyFrame());
  }

  close(): void {
    this.#raw.close();
  }
}

export class LocalIncomingStream extends Emitter<IncomingStreamEvents> implements IncomingStream {
  readonly #raw: types.Producer;

  constructor(raw: types.Producer) {
    super();
    this.#raw = raw;
    raw.observer.once('close', () => {
      this.emit('closed');
    });
  }

  get producerId(): string {
    return this.#raw.id;
  }

  get closed(): boolean {
    return this.#raw.closed;
  }

  setPaused(paused: boolean): void {
    if (!this.#raw.closed) setPaused(this.#raw, paused);
  }

  close(): void {
    this.#raw.close();
  }
}

function setPaused(raw: types.Consumer | types.Producer, paused: boolean): void {
  carryOut(raw, paused ? raw.pause() : raw.resume());
}

/** Requests of one process are carried out in their order, so nothing waits for the answer. */
function carryOut(raw: types.Consumer | types.Producer, asked: Promise<void>): void {
  asked.catch((error: unknown) => {
    // It may have ended in the meantime.
    if (!raw.closed) process.emitWarning(error instanceof Error ? error : new Error(String(error)));
  });
}
