import type { AppData, MediaKind, ProducerInfo } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { ConsumerImpl } from './ConsumerImpl.js';
import { Demand, demandOf, NOBODY } from './forwarding/Demand.js';
import type { HighestLayers } from './forwarding/layers.js';
import type { PeerImpl } from './PeerImpl.js';
import type { MediaProducer } from './ports.js';
import { systemTimer } from './timer.js';
import type { TransportImpl } from './TransportImpl.js';
import type { Producer, ProducerEvents, StreamStats } from './types.js';

/** Where media of a publication comes in to the server. */
export interface Inlet {
  readonly media: MediaProducer;
  readonly transport: TransportImpl;
  readonly highest: HighestLayers;
}

export interface ProducerParts {
  readonly id: string;
  readonly kind: MediaKind;
  readonly appData: AppData;
  readonly paused: boolean;
  /** None: browsers send it to each other, or it has not reached the server yet. */
  readonly inlet: Inlet | undefined;
}

/** A publication. It outlives the transport that its media comes by when its owner's client can carry it on by another. */
export class ProducerImpl extends Emitter<ProducerEvents> implements Producer {
  readonly id: string;
  readonly peer: PeerImpl;
  readonly kind: MediaKind;
  readonly appData: AppData;
  readonly consumers = new Set<ConsumerImpl>();
  closed = false;
  paused: boolean;
  started = false;
  #inlet: Inlet | undefined;
  /** What its owner's client is told to send; undefined: it always sends all. */
  #demand: Demand | undefined;
  #moving: Promise<unknown> = Promise.resolve();

  constructor(peer: PeerImpl, { id, kind, appData, paused, inlet }: ProducerParts) {
    super();
    this.peer = peer;
    this.id = id;
    this.kind = kind;
    this.appData = appData;
    this.paused = paused;
    if (inlet) this.#receive(inlet);
  }

  /** What the media server has of it. */
  get media(): MediaProducer | undefined {
    return this.#inlet?.media;
  }

  get watched(): boolean {
    return this.#demand?.told !== NOBODY;
  }

  /** Undefined while nothing of it comes to the server. */
  get highestLayers(): HighestLayers | undefined {
    return this.#inlet?.highest;
  }

  get pending(): boolean {
    return !this.#inlet && !this.closed && this.peer.room.topology === 'sfu';
  }

  /** Whether its owner's path to the server is up: media is on its way. */
  get isFlowing(): boolean {
    return this.#inlet?.transport.state === 'connected';
  }

  get info(): ProducerInfo {
    const { id: producerId, kind, appData, paused, pending } = this;
    return { producerId, peerId: this.peer.id, kind, appData, paused, ...(pending && { pending }) };
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
    return (await this.media?.stats()) ?? [];
  }

  /** From here on its media comes in there. */
  attach(inlet: Inlet): void {
    this.#receive(inlet);
    // The client sends all at first by a new way, whatever it had heard about the former.
    this.#demand?.repeat();
  }

  /** Somebody begins to receive it. */
  consumerAdded(consumer: ConsumerImpl): void {
    this.consumers.add(consumer);
    if (consumer.isWanted || consumer.held) this.demandChanged();
    else this.#demand?.expect();
  }

  /** One of its consumers wants more or less of it, or has ended. */
  demandChanged(): void {
    this.#demand?.changed();
  }

  #receive(inlet: Inlet): void {
    this.#inlet = inlet;
    this.#demand = this.#watchDemand(inlet);
    inlet.transport.producers.add(this);
    inlet.media.on('score', (scores) => {
      if (this.#inlet !== inlet) return;
      if (!this.started && scores.some(({ score }) => score > 0)) {
        this.started = true;
        this.emit('started');
      }
      this.peer.tell({ type: 'producerScore', producerId: this.id, scores });
      this.emit('score', scores);
    });
  }

  /** Its media comes to the server no more, or not yet by another transport; the publication stays. */
  detach(): void {
    if (!this.#inlet || this.closed) return;
    this.#inlet.media.close();
    this.#letGo();
    this.started = false;
    this.peer.room.producerDetached(this);
  }

  /** One change of where media comes in after the other. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#moving.then(change);
    this.#moving = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    if (this.closed) return;
    this.media?.close();
    this.#finish();
  }

  /** The transport is gone, and the worker's side of it as well. */
  transportClosed(): void {
    if (this.peer.followsPaths && !this.peer.closed) this.detach();
    else this.#finish();
  }

  async #setPaused(paused: boolean, asker: PeerImpl | undefined): Promise<void> {
    if (this.closed || this.paused === paused) return;
    this.paused = paused;
    // The room's state is the truth and changes first; what the worker does follows it in order.
    this.peer.room.producerPausedChanged(this, asker);
    this.emit(paused ? 'paused' : 'resumed');
    await (paused ? this.media?.pause() : this.media?.resume());
  }

  /** Sound costs little and has no layers; many listen without a picture. */
  #watchDemand({ highest: { spatialLayer: highest } }: Inlet): Demand | undefined {
    const { kind, peer, id: producerId } = this;
    if (kind !== 'video' || !peer.dynacast) return undefined;
    return new Demand({
      timer: peer.context.timer ?? systemTimer,
      highest,
      wanted: () => demandOf(this.consumers, highest),
      tell: (layer) => {
        peer.tell({ type: 'producerDemand', producerId, ...(layer !== NOBODY && { spatialLayer: layer }) });
      },
    });
  }

  /** Nothing comes in any more, and what went out of that goes with it. */
  #letGo(): void {
    this.#demand?.close();
    this.#demand = undefined;
    this.#inlet?.transport.producers.delete(this);
    this.#inlet = undefined;
    for (const consumer of [...this.consumers]) consumer.producerClosed();
  }

  #finish(): void {
    if (this.closed) return;
    const { pending } = this;
    this.closed = true;
    this.#letGo();
    this.peer.producers.delete(this.id);
    this.peer.room.producerClosed(this, pending);
    this.emit('closed');
  }
}
