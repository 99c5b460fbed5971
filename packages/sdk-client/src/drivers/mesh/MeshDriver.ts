import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import type { TrackKind } from '../../types.js';
import type {
  DriverContext,
  DriverFactory,
  DriverReports,
  DriverState,
  MediaDriver,
  MediaDriverEvents,
  PublishRequest,
  RemoteProducer,
  SubscribeOptions,
  SubscribeResult,
} from '../MediaDriver.js';
import { wantedBitrate } from './bitrates.js';
import type { MeshLink, Outgoing } from './MeshLink.js';
import { MeshPeer, type MeshContext } from './MeshPeer.js';
import { meshState } from './meshState.js';
import { meshReports } from './reports.js';
import { limitCopies } from './uplink.js';
import type { IncomingSignal, WireJoin, WireProduced } from './wire.js';

interface Known {
  readonly peerId: string;
  readonly kind: TrackKind;
  paused: boolean;
}

/** Media from browser to browser: one connection to each of the others. The server announces and passes signals on. */
export class MeshDriver extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly topology = 'p2p';
  readonly #peers = new Map<string, MeshPeer>();
  readonly #outgoing = new Map<string, Outgoing>();
  /** Of the others. */
  readonly #producers = new Map<string, Known>();
  #mesh: MeshContext | undefined;
  #state: DriverState = 'new';
  #follow = false;
  #stopOnline: (() => void) | undefined;

  constructor(private readonly context: DriverContext) {
    super();
  }

  get state(): DriverState {
    return this.#state;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  joinRequest(): Record<string, unknown> {
    return { topology: 'p2p' };
  }

  open(joinAnswer: unknown): Promise<void> {
    return Promise.resolve().then(() => {
      this.#open(joinAnswer as WireJoin);
    });
  }

  async publish(request: PublishRequest): Promise<string> {
    this.#get();
    const { kind, source, muted, options } = request;
    const appData = { source, ...(options.name === undefined ? {} : { name: options.name }) };
    const { producerId } = (await this.context.request('produce', {
      kind,
      appData,
      paused: muted,
    })) as WireProduced;
    // Closed meanwhile: so is everything.
    this.#get();
    this.#outgoing.set(producerId, { ...request, wantedBitrate: wantedBitrate(request) });
    this.#update();
    return producerId;
  }

  async unpublish(producerId: string): Promise<void> {
    this.#published(producerId);
    this.#forget(producerId);
    await this.context.request('closeProducer', { producerId });
  }

  async replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    const request = { ...this.#published(producerId), mediaStreamTrack };
    this.#outgoing.set(producerId, { ...request, wantedBitrate: wantedBitrate(request) });
    await this.#feed(producerId);
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    this.#outgoing.set(producerId, { ...this.#published(producerId), muted });
    await Promise.all([
      this.#feed(producerId),
      this.context.request(muted ? 'pauseProducer' : 'resumeProducer', { producerId }),
    ]);
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

  unsubscribe(producerIds: readonly string[]): Promise<void> {
    const error = new ParlorError('CANCELLED', 'The subscription was given up.');
    for (const producerId of producerIds) this.#sourceOf(producerId)?.unsubscribe(producerId, error);
    return Promise.resolve();
  }

  setReceiving(producerId: string, receiving: boolean): Promise<void> {
    return Promise.resolve().then(() => {
      this.#receivedFrom(producerId).setReceiving(producerId, receiving);
    });
  }

  /** One stream a pair has no layers: what is sent follows the bandwidth by itself. */
  setPreferredLayers(producerId: string): Promise<void> {
    return Promise.resolve().then(() => {
      this.#receivedFrom(producerId);
    });
  }

  stats(): Promise<DriverReports> {
    return meshReports(this.#links(), {
      sent: [...this.#outgoing.keys()],
      received: [...this.#producers.keys()],
    });
  }

  restart(): Promise<void> {
    for (const peer of this.#peers.values()) peer.restart();
    return Promise.resolve();
  }

  handleNotification(method: string, data: Record<string, unknown>): void {
    if (!this.#mesh) return;
    const [peerId, producerId] = [String(data['peerId']), String(data['producerId'])];
    switch (method) {
      case 'peerJoined':
        this.#addPeer(peerId);
        break;
      case 'peerLeft':
        this.#removePeer(peerId);
        break;
      case 'newProducer':
        this.#onPublished(producerId, {
          peerId,
          kind: data['kind'] as TrackKind,
          paused: data['paused'] === true,
        });
        break;
      case 'producerClosed':
        if (this.#outgoing.has(producerId)) {
          this.emit('publicationLost', producerId);
          this.#forget(producerId);
        }
        this.#sourceOf(producerId)?.ended(producerId);
        this.#producers.delete(producerId);
        break;
      case 'producerPaused':
      case 'producerResumed':
        this.#onPaused(producerId, method === 'producerPaused');
        break;
      case 'signal':
        this.#peers.get(String(data['from']))?.receive(data as unknown as IncomingSignal);
    }
  }

  close(): void {
    this.#setState('closed');
    this.removeAllListeners();
    this.#stopOnline?.();
    this.#mesh = undefined;
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#outgoing.clear();
    this.#producers.clear();
  }

  #open(answer: WireJoin): void {
    if (this.#state === 'closed') throw new ParlorError('CANCELLED', 'The media path was closed meanwhile.');
    if (answer.topology !== 'p2p') {
      throw new ParlorError(
        'TOPOLOGY_MISMATCH',
        "The server carries the media of this room: new Room({ topology: 'sfu' }), or another room.",
      );
    }
    const { platform, logger, tell, rtcConfiguration } = this.context;
    this.#mesh = {
      selfId: answer.peerId,
      platform,
      logger,
      outgoing: this.#outgoing,
      configuration: {
        ...rtcConfiguration,
        iceServers: [...answer.iceServers, ...(rtcConfiguration.iceServers ?? [])],
      },
      // Nobody waits for an answer: to whom has left, nothing has to be said.
      send: (to, signal) => {
        tell('signal', { to, ...signal });
      },
      onChange: () => {
        this.#onChange();
      },
      onTrackReplaced: (producerId, media) => {
        this.emit('trackReplaced', producerId, media);
      },
      onUnreachable: (peerId, error) => {
        this.emit('error', error);
        this.emit('peerUnreachable', peerId, error);
      },
      onReachable: (peerId) => {
        this.emit('peerReachable', peerId);
      },
    };
    for (const { id } of answer.peers) this.#addPeer(id);
    for (const { producerId, ...known } of answer.producers) this.#producers.set(producerId, { ...known });
    this.#stopOnline = platform.page.on('online', () => {
      for (const peer of this.#peers.values()) peer.hurry();
    });
    this.#onChange();
  }

  #addPeer(peerId: string): void {
    const mesh = this.#get();
    if (peerId === mesh.selfId) return;
    this.#peers.get(peerId)?.close();
    const peer = new MeshPeer(peerId, mesh);
    this.#peers.set(peerId, peer);
    peer.update();
  }

  #removePeer(peerId: string): void {
    this.#peers.get(peerId)?.close();
    this.#peers.delete(peerId);
    for (const [producerId, known] of this.#producers)
      if (known.peerId === peerId) this.#producers.delete(producerId);
    this.#onChange();
  }

  /** Wanted before it is asked for, where everything is: the answer to the offer that brings it can say so. */
  #onPublished(producerId: string, known: Known): void {
    this.#producers.set(producerId, known);
    if (!this.#follow) return;
    this.#peers
      .get(known.peerId)
      ?.subscribe(producerId, known.kind)
      .catch(() => undefined);
  }

  async #receive(producerId: string): Promise<MediaStreamTrack> {
    this.#get();
    const known = this.#producers.get(producerId);
    const peer = this.#sourceOf(producerId);
    if (!known || !peer)
      throw new ParlorError('PRODUCER_NOT_FOUND', 'Nobody in the room publishes this track.');
    const media = await peer.subscribe(producerId, known.kind);
    media.enabled = !known.paused;
    return media;
  }

  /** Paused by whoever may, the host application included: nobody hears it, even if its owner goes on sending. */
  #onPaused(producerId: string, paused: boolean): void {
    const known = this.#producers.get(producerId);
    if (!known) return;
    known.paused = paused;
    const media = this.#sourceOf(producerId)?.incoming.get(producerId)?.media;
    if (media) media.enabled = !paused;
  }

  /** Brings the media of a publication to everybody who gets it. */
  async #feed(producerId: string): Promise<void> {
    const { muted, mediaStreamTrack } = this.#published(producerId);
    const media = muted ? null : mediaStreamTrack;
    await Promise.all([...this.#links().values()].map((link) => link.setMedia(producerId, media)));
    this.#share();
  }

  #forget(producerId: string): void {
    this.#outgoing.delete(producerId);
    this.#update();
  }

  #update(): void {
    for (const peer of this.#peers.values()) peer.update();
  }

  #onChange(): void {
    if (!this.#mesh) return;
    this.#share();
    this.#setState(meshState([...this.#links().values()].map(({ state }) => state)));
  }

  #share(): void {
    limitCopies([...this.#links().values()], this.#outgoing, this.context.uplinkBitrate);
  }

  #links(): Map<string, MeshLink> {
    const links = new Map<string, MeshLink>();
    for (const { id, link } of this.#peers.values()) if (link) links.set(id, link);
    return links;
  }

  #sourceOf(producerId: string): MeshPeer | undefined {
    return this.#peers.get(this.#producers.get(producerId)?.peerId ?? '');
  }

  /** @throws ParlorError `CONSUMER_NOT_FOUND` */
  #receivedFrom(producerId: string): MeshPeer {
    const peer = this.#sourceOf(producerId);
    if (peer?.incoming.has(producerId)) return peer;
    throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
  }

  /** @throws ParlorError `TRACK_NOT_PUBLISHED` */
  #published(producerId: string): Outgoing {
    const outgoing = this.#outgoing.get(producerId);
    if (outgoing) return outgoing;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published any more.');
  }

  /** @throws ParlorError `NOT_CONNECTED` */
  #get(): MeshContext {
    if (this.#mesh) return this.#mesh;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path now.');
  }

  #setState(state: DriverState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

/** The driver of P2P rooms. */
export const meshDriver: DriverFactory = (context) => new MeshDriver(context);
