import type { Playback } from '../devices/Playback.js';
import type { MediaDriver } from '../drivers/MediaDriver.js';
import type { ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { AdaptiveStream } from '../adaptive/AdaptiveStream.js';
import type { AdaptiveStreamOptions } from '../options.js';
import type { Platform } from '../platform.js';
import type { ProducerState, RoomChange } from '../session/state.js';
import type { TrackStats } from '../stats/types.js';
import { RemoteTrack } from '../tracks/RemoteTrack.js';
import type * as api from '../types.js';
import { RemoteParticipant } from './RemoteParticipant.js';
import { RemoteTrackPublication } from './RemoteTrackPublication.js';
import { Subscriptions } from './Subscriptions.js';

export interface RemoteParticipantsOptions {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly playback: Playback;
  readonly autoSubscribe: boolean;
  readonly adaptiveStream: boolean | AdaptiveStreamOptions;
  readonly getStats: (producerId: string) => Promise<TrackStats | undefined>;
  readonly request: (method: string, data: object) => Promise<unknown>;
  readonly emit: <K extends keyof api.RoomEvents>(event: K, ...args: api.RoomEvents[K]) => void;
}

/** Milliseconds in which a picture that comes again is to be shown. */
const SHOW_TIME = 1000;

/** Everyone else: turns changes of the room's state into objects that live, and into the app's events. */
export class RemoteParticipants {
  readonly byIdentity = new Map<string, RemoteParticipant>();
  readonly #byProducer = new Map<string, RemoteTrackPublication>();
  readonly #subscriptions: Subscriptions;
  #lastN: number | undefined;
  #adaptive: Promise<AdaptiveStream> | undefined;

  constructor(private readonly options: RemoteParticipantsOptions) {
    this.#subscriptions = new Subscriptions({
      platform: options.platform,
      logger: options.logger,
      follow: options.autoSubscribe,
      isLive: (publication) =>
        this.#byProducer.get(publication.producer.producerId) === publication &&
        !publication.producer.missing,
      onMedia: (publication, media) => {
        this.#received(publication, media);
      },
      onEnd: (publication) => {
        this.#unsubscribed(publication);
      },
      onFailed: (publication, error) => {
        const owner = this.#owner(publication);
        if (owner) options.emit('trackSubscriptionFailed', publication, owner, error);
      },
      getStats: options.getStats,
      onPinned: () => this.#askFor(),
    });
  }

  /** `speakers` is the room's business: they may include the local participant. */
  apply(change: Exclude<RoomChange, { type: 'speakers' }>): void {
    switch (change.type) {
      case 'peerJoined':
        this.#joined(new RemoteParticipant(change.peer.id, change.peer.displayName));
        break;
      case 'peerRenamed':
        this.#renamed(change.peer.id, change.peer.displayName);
        break;
      case 'peerLeft':
        this.#left(change.peerId, change.reason);
        break;
      case 'producerAdded':
        this.#published(change.producer);
        break;
      case 'producerReplaced':
        this.#replaced(change.oldId, change.producer);
        break;
      case 'producerRemoved':
        this.#unpublished(change.producer.producerId);
        break;
      case 'producerMuted':
        this.#muted(change.producer);
    }
  }

  attachDriver(driver: MediaDriver): void {
    // What is held now the server tells anew.
    for (const id of this.#byProducer.keys()) this.held(id, undefined);
    this.#askAgain();
    this.#subscriptions.attach(driver, this.#byProducer.values());
  }

  detachDriver(): void {
    this.#subscriptions.detach();
  }

  /** The media of a subscription is another object now, or has come at last. */
  replaceMedia(producerId: string, media: MediaStreamTrack): void {
    const publication = this.#byProducer.get(producerId);
    if (publication) this.#subscriptions.came(publication, media);
  }

  async setLastN(count: number | undefined): Promise<void> {
    this.#lastN = count;
    await this.#askFor();
  }

  /** The server does not forward it now, or again. Its owner, if that is news. */
  held(producerId: string, reason: api.HoldReason | undefined): RemoteParticipant | undefined {
    const publication = this.#byProducer.get(producerId);
    const owner = publication && this.#owner(publication);
    if (!owner || publication.holdReason === reason) return undefined;
    publication.holdReason = reason;
    this.options.emit('trackStreamStateChanged', publication, publication.streamState, owner);
    if (!publication.isReceiving) this.#giveUpUnseen(publication);
    return owner;
  }

  /** A subscription ended although its producer lives. */
  mediaLost(producerId: string): void {
    const publication = this.#byProducer.get(producerId);
    if (publication) this.#unsubscribed(publication);
  }

  /** No path to somebody, or (without an error) one again. */
  unreachable(peerId: string, error: ParlorError | undefined): void {
    const participant = this.byIdentity.get(peerId);
    if (!participant) return;
    if (error) this.options.emit('participantUnreachable', participant, error);
    else this.options.emit('participantReachable', participant);
  }

  repair(repair: api.MediaRepair, peerId: string | undefined): void {
    const participant = peerId === undefined ? undefined : this.byIdentity.get(peerId);
    this.options.emit('mediaRepair', repair, participant);
  }

  ownerOf(producerId: string): RemoteParticipant | undefined {
    const publication = this.#byProducer.get(producerId);
    return publication && this.#owner(publication);
  }

  publicationOf(producerId: string): RemoteTrackPublication | undefined {
    return this.#byProducer.get(producerId);
  }

  /** Everyone goes, with their events. */
  clear(): void {
    this.#subscriptions.detach();
    for (const identity of [...this.byIdentity.keys()]) {
      for (const { producer } of [...(this.byIdentity.get(identity)?.publications.values() ?? [])]) {
        this.#unpublished(producer.producerId);
      }
      this.#left(identity, 'disconnected');
    }
  }

  #joined(participant: RemoteParticipant): void {
    this.byIdentity.set(participant.identity, participant);
    this.options.emit('participantConnected', participant);
  }

  #renamed(identity: string, name: string): void {
    const participant = this.byIdentity.get(identity);
    if (!participant) return;
    participant.name = name;
    this.options.emit('participantNameChanged', name, participant);
  }

  #left(identity: string, reason: api.ParticipantLeftReason): void {
    const participant = this.byIdentity.get(identity);
    if (!participant) return;
    this.byIdentity.delete(identity);
    this.options.emit('participantDisconnected', participant, reason);
  }

  #published(producer: ProducerState): void {
    const owner = this.byIdentity.get(producer.peerId);
    if (!owner) return;
    const publication = new RemoteTrackPublication(producer, this.options.autoSubscribe, this.#subscriptions);
    owner.publications.set(publication.id, publication);
    this.#byProducer.set(producer.producerId, publication);
    this.options.emit('trackPublished', publication, owner);
    this.#subscriptions.add(publication);
  }

  #replaced(oldId: string, producer: ProducerState): void {
    const publication = this.#byProducer.get(oldId);
    if (!publication) return;
    this.#byProducer.delete(oldId);
    this.#byProducer.set(producer.producerId, publication);
    // Whether it is muted is news of its own, with its own change.
    publication.producer = { ...producer, paused: publication.producer.paused };
    const owner = this.#owner(publication);
    if (!producer.missing) owner?.setScore(oldId, undefined);
    else if (owner?.clearScores('lost')) this.options.emit('connectionQualityChanged', 'lost', owner);
    this.#subscriptions.add(publication);
    if (publication.isPinned) this.#askAgain();
  }

  #unpublished(producerId: string): void {
    const publication = this.#byProducer.get(producerId);
    const owner = publication && this.#owner(publication);
    if (!publication || !owner) return;
    this.#subscriptions.remove(publication);
    this.#subscriptions.pinned.delete(publication);
    this.#unsubscribed(publication);
    this.#byProducer.delete(producerId);
    owner.publications.delete(publication.id);
    owner.setScore(producerId, undefined);
    this.options.emit('trackUnpublished', publication, owner);
  }

  #muted(producer: ProducerState): void {
    const publication = this.#byProducer.get(producer.producerId);
    const owner = publication && this.#owner(publication);
    if (!publication || !owner) return;
    publication.producer = producer;
    this.options.emit(producer.paused ? 'trackMuted' : 'trackUnmuted', publication, owner);
  }

  #received(publication: RemoteTrackPublication, media: MediaStreamTrack): void {
    const owner = this.#owner(publication);
    if (!owner) return;
    if (publication.track) {
      publication.track.setMedia(media);
      return;
    }
    const { platform, playback } = this.options;
    const { kind, source } = publication;
    const track = new RemoteTrack({
      kind,
      source,
      platform,
      playback,
      isMuted: () => publication.isMuted,
      onElement: (element, adaptive) => {
        void this.#adapt(publication, element, adaptive);
      },
    });
    track.setMedia(media);
    track.setVolume(owner.volumeOf(source) ?? 1);
    publication.track = track;
    this.options.emit('trackSubscribed', track, publication, owner);
  }

  #unsubscribed(publication: RemoteTrackPublication): void {
    const { track } = publication;
    const owner = this.#owner(publication);
    if (!track || !owner) return;
    publication.track = publication.adapted = undefined;
    this.options.emit('trackUnsubscribed', track, publication, owner);
    // After the event, so that the app can still find and remove its elements.
    track.detach();
    track.setMedia(undefined);
  }

  /** What it takes is loaded with the first video that is shown. Without it all comes at full quality. */
  async #adapt(...shown: Parameters<AdaptiveStream['changed']>): Promise<void> {
    const { options } = this;
    if (!options.adaptiveStream || shown[0].kind === 'audio') return;
    this.#adaptive ??= import('../adaptive/AdaptiveStream.js').then(
      ({ AdaptiveStream: Stream }) => new Stream({ ...options, control: this.#subscriptions }),
    );
    try {
      (await this.#adaptive).changed(...shown);
    } catch (error) {
      options.logger.warn('adaptive stream', error);
    }
  }

  /** The app has time to show it. */
  #giveUpUnseen(publication: RemoteTrackPublication): void {
    const { platform, logger } = this.options;
    platform.timer(() => {
      if (publication.isReceiving) return;
      this.#subscriptions.setReceiving(publication).catch((error: unknown) => {
        logger.warn('adaptive stream', error);
      });
    }, SHOW_TIME);
  }

  /** Tells the server what is wanted first of what it forwards. */
  async #askFor(): Promise<void> {
    const pinned = [...this.#subscriptions.pinned].map(({ producer }) => producer.producerId);
    await this.options.request('setForwarding', { lastN: this.#lastN, pinned });
  }

  /** The server may know nothing of it. */
  #askAgain(): void {
    if (this.#lastN === undefined && this.#subscriptions.pinned.size === 0) return;
    this.#askFor().catch((error: unknown) => {
      this.options.logger.warn('pinned tracks', error);
    });
  }

  #owner(publication: RemoteTrackPublication): RemoteParticipant | undefined {
    return this.byIdentity.get(publication.producer.peerId);
  }
}
