import { ParlorError, toParlorError } from '../../errors.js';
import type { TrackKind } from '../../types.js';
import type { RemoteProducer, SubscribeOptions, SubscribeResult } from '../MediaDriver.js';
import type { MeshPeer } from './MeshPeer.js';
import type { MeshPeers } from './MeshPeers.js';

/** A track of somebody else. */
export interface Known {
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: TrackKind;
  readonly paused: boolean;
}

/** What the others publish, and what of it this page receives. */
export class MeshReceiver {
  readonly #producers = new Map<string, Known>();
  #follow = false;

  constructor(private readonly peers: MeshPeers) {}

  /** What is published by now. */
  get known(): readonly Known[] {
    return [...this.#producers.values()];
  }

  subscribe(
    producers: readonly RemoteProducer[],
    { follow }: SubscribeOptions = {},
  ): Promise<SubscribeResult[]> {
    this.#follow = follow ?? this.#follow;
    return Promise.all(
      producers.map(async ({ producerId }): Promise<SubscribeResult> => {
        try {
          return { producerId, mediaStreamTrack: await this.#receive(producerId) };
        } catch (error) {
          return { producerId, error: toParlorError(error, 'SUBSCRIBE_FAILED') };
        }
      }),
    );
  }

  unsubscribe(producerIds: readonly string[]): void {
    const error = new ParlorError('CANCELLED', 'The subscription was given up.');
    for (const producerId of producerIds) this.#sourceOf(producerId)?.unsubscribe(producerId, error);
  }

  /** Who sends what is being received. @throws ParlorError `CONSUMER_NOT_FOUND` */
  from(producerId: string): MeshPeer {
    const peer = this.#sourceOf(producerId);
    if (peer?.incoming.has(producerId)) return peer;
    throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
  }

  /** Wanted before it is asked for, where everything is: the answer to the offer that brings it can say so. */
  published(producer: Known): void {
    this.add(producer);
    if (!this.#follow) return;
    const { producerId, peerId, kind } = producer;
    this.peers
      .get(peerId)
      ?.subscribe(producerId, kind)
      .catch(() => undefined);
  }

  add({ producerId, peerId, kind, paused }: Known): void {
    this.#producers.set(producerId, { producerId, peerId, kind, paused });
  }

  ended(producerId: string): void {
    this.#sourceOf(producerId)?.ended(producerId);
    this.#producers.delete(producerId);
  }

  left(peerId: string): void {
    for (const known of this.known) if (known.peerId === peerId) this.#producers.delete(known.producerId);
  }

  /** Paused by whoever may, the host application included: nobody hears it, even if its owner goes on sending. */
  paused(producerId: string, paused: boolean): void {
    const known = this.#producers.get(producerId);
    if (!known) return;
    this.add({ ...known, paused });
    const media = this.#sourceOf(producerId)?.incoming.get(producerId)?.media;
    if (media) media.enabled = !paused;
  }

  isPaused(producerId: string): boolean {
    return this.#producers.get(producerId)?.paused ?? true;
  }

  /** What can be heard here now. */
  audio(): { peerId: string; receiver: RTCRtpReceiver }[] {
    return this.known.flatMap(({ producerId, peerId, kind, paused }) => {
      const receiver = this.peers.get(peerId)?.link?.received(producerId);
      return kind === 'audio' && !paused && receiver ? [{ peerId, receiver }] : [];
    });
  }

  async #receive(producerId: string): Promise<MediaStreamTrack> {
    const kind = this.#producers.get(producerId)?.kind;
    const peer = this.#sourceOf(producerId);
    if (!kind || !peer)
      throw new ParlorError('PRODUCER_NOT_FOUND', 'Nobody in the room publishes this track.');
    const media = await peer.subscribe(producerId, kind);
    media.enabled = !this.#producers.get(producerId)?.paused;
    return media;
  }

  #sourceOf(producerId: string): MeshPeer | undefined {
    return this.peers.get(this.#producers.get(producerId)?.peerId ?? '');
  }
}
