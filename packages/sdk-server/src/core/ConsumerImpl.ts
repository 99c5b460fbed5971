import type { ConsumerType, HoldReason, MediaKind, RtpParameters } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import { clampLayers } from './forwarding/layers.js';
import { PRIORITY } from './forwarding/priority.js';
import type { PeerImpl } from './PeerImpl.js';
import type { MediaConsumer } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type { TransportImpl } from './TransportImpl.js';
import type { Consumer, ConsumerEvents, ConsumerLayers, Forwarding, StreamStats } from './types.js';

export interface ConsumerParts {
  readonly media: MediaConsumer;
  readonly transport: TransportImpl;
  readonly paused: boolean;
  readonly held?: HoldReason | undefined;
}

export class ConsumerImpl extends Emitter<ConsumerEvents> implements Consumer {
  readonly peer: PeerImpl;
  readonly producer: ProducerImpl;
  closed = false;
  /** The client does not want it now. */
  paused: boolean;
  /** Why the room does not forward it now, whatever the client wants. */
  held: HoldReason | undefined;
  /** The client does not look at it now, which leaves its place among the last N to another one. */
  isDeclined = false;
  /** What was last asked for, as far as there is such; undefined: the highest. */
  preferredLayers: ConsumerLayers | undefined;
  #currentLayers: ConsumerLayers | undefined;
  #priority: number = PRIORITY.other;
  readonly #media: MediaConsumer;
  readonly #transport: TransportImpl;

  constructor(peer: PeerImpl, producer: ProducerImpl, { media, transport, paused, held }: ConsumerParts) {
    super();
    this.peer = peer;
    this.producer = producer;
    this.#media = media;
    this.#transport = transport;
    this.paused = paused;
    this.held = held;
    producer.consumerAdded(this);
    this.#transport.consumers.add(this);
    this.#media.on('score', (score) => {
      this.peer.tell({ type: 'consumerScore', consumerId: this.id, ...score });
      this.emit('score', score);
    });
    this.#media.on('layersChanged', (layers) => {
      this.#currentLayers = layers;
      this.peer.tell({ type: 'consumerLayersChanged', consumerId: this.id, layers });
      this.emit('layersChanged', layers);
    });
  }

  get id(): string {
    return this.#media.id;
  }

  get transport(): TransportImpl {
    return this.#transport;
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

  /** Whether media of it is to flow, as far as the client and the room are concerned. */
  get isWanted(): boolean {
    return !this.closed && !this.paused && !this.held;
  }

  get forwarding(): Forwarding {
    const { isWanted, paused, held, producer } = this;
    const stopped = paused ? 'pausedByClient' : (held ?? (producer.paused ? 'pausedByPublisher' : undefined));
    return {
      active: isWanted && !producer.paused,
      reason: stopped ?? 'active',
      ...(this.preferredLayers && { preferredLayers: this.preferredLayers }),
      ...(this.#currentLayers && { currentLayers: this.#currentLayers }),
      ...(this.kind === 'video' && { priority: this.#priority }),
    };
  }

  async pause(): Promise<void> {
    this.#decline(true);
    if (this.closed || this.paused) return;
    const wasWanted = this.isWanted;
    this.paused = true;
    this.emit('paused');
    await this.#follow(wasWanted);
  }

  async resume(): Promise<void> {
    this.#decline(false);
    if (this.closed || !this.paused) return;
    const wasWanted = this.isWanted;
    this.paused = false;
    this.emit('resumed');
    await this.#follow(wasWanted);
  }

  /** The room stops forwarding it (a reason), or lets it flow again where the client wants it. */
  async hold(held: HoldReason | undefined): Promise<void> {
    if (this.closed || this.held === held) return;
    const wasWanted = this.isWanted;
    this.held = held;
    await this.#follow(wasWanted);
  }

  async setPreferredLayers(layers: ConsumerLayers): Promise<void> {
    const { highestLayers } = this.producer;
    if (this.closed || !highestLayers) return;
    this.preferredLayers = clampLayers(layers, highestLayers);
    this.#demandChanged();
    await this.#media.setPreferredLayers(this.preferredLayers);
  }

  /** Of video, 1 to 255. */
  async setPriority(priority: number): Promise<void> {
    if (this.closed || this.#priority === priority) return;
    this.#priority = priority;
    await this.#media.setPriority(priority);
  }

  async requestKeyFrame(): Promise<void> {
    if (!this.closed) await this.#media.requestKeyFrame();
  }

  async stats(): Promise<StreamStats> {
    if (this.closed) throw new ParlorError('CONSUMER_NOT_FOUND', `consumer ${this.id} was closed`);
    return await this.#media.stats();
  }

  /** @param held It is going to be made anew when it is forwarded again. */
  close(held?: HoldReason): void {
    if (this.closed) return;
    this.#media.close();
    this.#finish();
    const { id: consumerId, producer } = this;
    this.peer.tell({
      type: 'consumerClosed',
      consumerId,
      producerId: producer.id,
      ...(held && { held }),
    });
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
    this.#demandChanged();
    this.emit('closed');
  }

  #decline(isDeclined: boolean): void {
    if (this.closed || this.isDeclined === isDeclined) return;
    this.isDeclined = isDeclined;
    this.peer.room.forwarding.wishChanged(this);
  }

  #demandChanged(): void {
    this.producer.demandChanged();
    this.emit('demandChanged');
  }

  /** The media server does as the client and the room together want it, which changes first. */
  async #follow(wasWanted: boolean): Promise<void> {
    const { isWanted } = this;
    this.#demandChanged();
    if (isWanted !== wasWanted) await (isWanted ? this.#media.resume() : this.#media.pause());
  }
}
