import type { ConsumerType, MediaKind, RtpParameters } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { PeerImpl } from './PeerImpl.js';
import type { MediaConsumer } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type { TransportImpl } from './TransportImpl.js';
import type { Consumer, ConsumerEvents, ConsumerLayers, StreamStats } from './types.js';

export class ConsumerImpl extends Emitter<ConsumerEvents> implements Consumer {
  readonly peer: PeerImpl;
  readonly producer: ProducerImpl;
  closed = false;
  paused: boolean;
  readonly #media: MediaConsumer;
  readonly #transport: TransportImpl;

  constructor(
    peer: PeerImpl,
    producer: ProducerImpl,
    options: { media: MediaConsumer; transport: TransportImpl; paused: boolean },
  ) {
    super();
    this.peer = peer;
    this.producer = producer;
    this.#media = options.media;
    this.#transport = options.transport;
    this.paused = options.paused;
    producer.consumers.add(this);
    this.#transport.consumers.add(this);
    this.#media.on('score', (score) => {
      this.peer.tell({ type: 'consumerScore', consumerId: this.id, ...score });
      this.emit('score', score);
    });
    this.#media.on('layersChanged', (layers) => {
      this.peer.tell({ type: 'consumerLayersChanged', consumerId: this.id, layers });
      this.emit('layersChanged', layers);
    });
  }

  get id(): string {
    return this.#media.id;
  }

  get kind(): MediaKind {
    return this.#media.kind;
  }

  get type(): ConsumerType {
    return this.#media.type;
  }

  get rtpParameters(): RtpParameters {
    return this.#media.rtpParameters;
  }

  async pause(): Promise<void> {
    if (this.closed || this.paused) return;
    this.paused = true;
    this.emit('paused');
    await this.#media.pause();
  }

  async resume(): Promise<void> {
    if (this.closed || !this.paused) return;
    this.paused = false;
    this.emit('resumed');
    await this.#media.resume();
  }

  async setPreferredLayers(layers: ConsumerLayers): Promise<void> {
    if (!this.closed) await this.#media.setPreferredLayers(layers);
  }

  async requestKeyFrame(): Promise<void> {
    if (!this.closed) await this.#media.requestKeyFrame();
  }

  async stats(): Promise<StreamStats> {
    if (this.closed) throw new ParlorError('CONSUMER_NOT_FOUND', `consumer ${this.id} was closed`);
    return await this.#media.stats();
  }

  close(): void {
    if (this.closed) return;
    this.#media.close();
    this.#finish();
    this.peer.tell({ type: 'consumerClosed', consumerId: this.id, producerId: this.producer.id });
  }

  /** The room tells everybody of the producer: no word about each consumer. */
  producerClosed(): void {
    this.#finish();
  }

  transportClosed(): void {
    this.#finish();
  }

  #finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.producer.consumers.delete(this);
    this.#transport.consumers.delete(this);
    this.peer.consumerClosed(this);
    this.emit('closed');
  }
}
