import type { AppData, MediaKind, ProducerInfo } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { ConsumerImpl } from './ConsumerImpl.js';
import type { PeerImpl } from './PeerImpl.js';
import type { MediaProducer } from './ports.js';
import type { TransportImpl } from './TransportImpl.js';
import type { Producer, ProducerEvents, StreamStats } from './types.js';

export class ProducerImpl extends Emitter<ProducerEvents> implements Producer {
  readonly peer: PeerImpl;
  readonly media: MediaProducer;
  readonly appData: AppData;
  readonly consumers = new Set<ConsumerImpl>();
  closed = false;
  paused: boolean;
  started = false;
  /** None in a P2P room. */
  readonly #transport: TransportImpl | undefined;

  constructor(
    peer: PeerImpl,
    transport: TransportImpl | undefined,
    options: { media: MediaProducer; appData: AppData; paused: boolean },
  ) {
    super();
    this.peer = peer;
    this.#transport = transport;
    this.media = options.media;
    this.appData = options.appData;
    this.paused = options.paused;
    transport?.producers.add(this);
    this.media.on('score', (scores) => {
      if (!this.started && scores.some(({ score }) => score > 0)) {
        this.started = true;
        this.emit('started');
      }
      this.peer.tell({ type: 'producerScore', producerId: this.id, scores });
      this.emit('score', scores);
    });
  }

  get id(): string {
    return this.media.id;
  }

  get kind(): MediaKind {
    return this.media.kind;
  }

  /** Whether its owner's path to the server is up: media is on its way. */
  get isFlowing(): boolean {
    return this.#transport?.state === 'connected';
  }

  get info(): ProducerInfo {
    const { id: producerId, kind, appData, paused } = this;
    return { producerId, peerId: this.peer.id, kind, appData, paused };
  }

  async pause(): Promise<void> {
    await this.#setPaused(true, undefined);
  }

  async resume(): Promise<void> {
    await this.#setPaused(false, undefined);
  }

  /** The owner's own decision: the answer to its request tells it, so it gets no notification. */
  async setPausedByOwner(paused: boolean): Promise<void> {
    await this.#setPaused(paused, this.peer);
  }

  async stats(): Promise<StreamStats[]> {
    if (this.closed) throw new ParlorError('PRODUCER_NOT_FOUND', `producer ${this.id} was closed`);
    return await this.media.stats();
  }

  async #setPaused(paused: boolean, asker: PeerImpl | undefined): Promise<void> {
    if (this.closed || this.paused === paused) return;
    this.paused = paused;
    // The room's state is the truth and changes first; what the worker does follows it in order.
    this.peer.room.producerPausedChanged(this, asker);
    this.emit(paused ? 'paused' : 'resumed');
    await (paused ? this.media.pause() : this.media.resume());
  }

  close(): void {
    if (this.closed) return;
    this.media.close();
    this.#finish();
  }

  /** Its transport is gone, and the worker's side of it as well. */
  transportClosed(): void {
    this.#finish();
  }

  #finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.#transport?.producers.delete(this);
    for (const consumer of [...this.consumers]) consumer.producerClosed();
    this.peer.producers.delete(this.id);
    this.peer.room.producerClosed(this);
    this.emit('closed');
  }
}
