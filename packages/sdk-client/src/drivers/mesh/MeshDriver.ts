import { Emitter } from '../../emitter.js';
import { ParlorError } from '../../errors.js';
import type { TrackKind } from '../../types.js';
import type {
  DataMessage,
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
import { IceServers } from './IceServers.js';
import type { Outgoing } from './MeshLink.js';
import type { MeshContext } from './MeshPeer.js';
import { MeshPeers } from './MeshPeers.js';
import { MeshReceiver } from './MeshReceiver.js';
import { MeshSender } from './MeshSender.js';
import { meshState } from './meshState.js';
import { QualityWatch } from './QualityWatch.js';
import { meshReports } from './reports.js';
import { SpeakerWatch } from './SpeakerWatch.js';
import { isSignal, type WireIceServers, type WireJoin } from './wire.js';

interface Mesh {
  readonly outgoing: ReadonlyMap<string, Outgoing>;
  readonly peers: MeshPeers;
  readonly sender: MeshSender;
  readonly receiver: MeshReceiver;
  readonly speakers: SpeakerWatch;
  readonly quality: QualityWatch;
  readonly stopOnline: () => void;
  readonly maySend: boolean;
}

/** Media from browser to browser: one connection to each of the others. The server announces and passes signals on. */
export class MeshDriver extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly topology = 'p2p';
  #mesh: Mesh | undefined;
  #state: DriverState = 'new';

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

  async open(joinAnswer: unknown): Promise<void> {
    await Promise.resolve();
    const answer = joinAnswer as WireJoin;
    if (this.#state === 'closed') throw new ParlorError('CANCELLED', 'The media path was closed meanwhile.');
    if (answer.topology !== 'p2p') {
      throw new ParlorError(
        'TOPOLOGY_MISMATCH',
        "The server carries the media of this room: new Room({ topology: 'sfu' }), or another room.",
      );
    }
    const outgoing = new Map<string, Outgoing>();
    const peers = new MeshPeers(this.#contextOf(answer, outgoing));
    const sender = new MeshSender(this.context, peers, outgoing);
    const receiver = new MeshReceiver(peers);
    const stopOnline = this.context.platform.page.on('online', () => {
      peers.hurry();
    });
    const speakers = new SpeakerWatch({
      platform: this.context.platform,
      selfId: answer.peerId,
      isConnected: () => peers.links().size > 0,
      own: () => sender.audio(),
      heard: () => receiver.audio(),
      onSpeakers: (list) => {
        this.emit('speakers', list);
      },
    });
    const quality = new QualityWatch({
      platform: this.context.platform,
      links: () => [...peers.links().values()],
      onScore: (producerId, score, own) => {
        this.emit('score', producerId, score, own);
      },
      isPaused: (producerId) => receiver.isPaused(producerId),
      onSeen: (link, moves) => {
        peers.seen(link, moves);
      },
    });
    const maySend = answer.data !== false;
    this.#mesh = { outgoing, peers, sender, receiver, speakers, quality, stopOnline, maySend };
    for (const peer of answer.peers) peers.add(peer);
    for (const producer of answer.producers) receiver.add(producer);
    this.#onChange();
  }

  async publish(request: PublishRequest): Promise<string> {
    return await this.#open.sender.publish(request);
  }

  async unpublish(producerId: string): Promise<void> {
    await this.#open.sender.unpublish(producerId);
  }

  async replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    await this.#open.sender.replaceTrack(producerId, mediaStreamTrack);
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    await this.#open.sender.setMuted(producerId, muted);
  }

  async subscribe(
    producers: readonly RemoteProducer[],
    options?: SubscribeOptions,
  ): Promise<SubscribeResult[]> {
    return await this.#open.receiver.subscribe(producers, options);
  }

  unsubscribe(producerIds: readonly string[]): Promise<void> {
    this.#mesh?.receiver.unsubscribe(producerIds);
    return Promise.resolve();
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    await Promise.resolve();
    this.#open.receiver.from(producerId).setReceiving(producerId, receiving);
  }

  /** One stream a pair has no layers: what is sent follows the bandwidth by itself. */
  async setPreferredLayers(producerId: string): Promise<void> {
    await Promise.resolve();
    this.#open.receiver.from(producerId);
  }

  /** Without the right to send messages by signalling as well: the server says so. */
  sendData(message: DataMessage): boolean {
    return this.#mesh !== undefined && this.#mesh.maySend && this.#mesh.peers.send(message);
  }

  async stats(): Promise<DriverReports> {
    if (!this.#mesh) return { tracks: [], transports: [] };
    const { peers, outgoing, receiver } = this.#mesh;
    return await meshReports(peers.links(), {
      sent: [...outgoing.keys()],
      received: receiver.known.map(({ producerId }) => producerId),
    });
  }

  restart(): Promise<void> {
    this.#mesh?.peers.restart();
    return Promise.resolve();
  }

  handleNotification(method: string, data: Record<string, unknown>): void {
    if (!this.#mesh) return;
    const { peers, sender, receiver } = this.#mesh;
    const [peerId, producerId] = [String(data['peerId']), String(data['producerId'])];
    switch (method) {
      case 'peerJoined':
        peers.add({ id: peerId, data: data['data'] });
        break;
      case 'peerReturned':
        peers.get(peerId)?.returned();
        this.#onChange();
        break;
      case 'peerLeft':
        peers.remove(peerId);
        receiver.left(peerId);
        this.#onChange();
        break;
      case 'newProducer':
        receiver.published({
          producerId,
          peerId,
          kind: data['kind'] as TrackKind,
          paused: data['paused'] === true,
        });
        break;
      case 'producerClosed':
        if (sender.has(producerId)) this.emit('publicationLost', producerId);
        sender.lost(producerId);
        receiver.ended(producerId);
        break;
      case 'producerPaused':
      case 'producerResumed':
        receiver.paused(producerId, method === 'producerPaused');
        break;
      case 'topologyChanged':
        // Back to this mesh: who was not in it has not heard what was offered.
        peers.hurry();
        break;
      case 'signal':
        if (isSignal(data)) peers.get(data.from)?.receive(data);
    }
  }

  close(): void {
    this.#setState('closed');
    this.removeAllListeners();
    const mesh = this.#mesh;
    this.#mesh = undefined;
    mesh?.stopOnline();
    mesh?.speakers.close();
    mesh?.quality.close();
    mesh?.peers.close();
    mesh?.sender.close();
  }

  /** @throws ParlorError `NOT_CONNECTED` */
  get #open(): Mesh {
    if (this.#mesh) return this.#mesh;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path now.');
  }

  #contextOf(answer: WireJoin, outgoing: ReadonlyMap<string, Outgoing>): MeshContext {
    const { platform, logger, request, tell, rtcConfiguration } = this.context;
    const { iceServers: own = [], ...configuration } = rtcConfiguration;
    const ask = async () => {
      const { iceServers } = (await request('getIceServers')) as WireIceServers;
      return [...iceServers, ...own];
    };
    return {
      selfId: answer.peerId,
      platform,
      logger,
      outgoing,
      configuration,
      iceServers: new IceServers([...answer.iceServers, ...own], { platform, logger, ask }),
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
      onSlow: (peerId) => {
        this.emit('peerSlow', peerId);
      },
      onUnreachable: (peerId, error) => {
        this.emit('error', error);
        this.emit('peerUnreachable', peerId, error);
      },
      onMessage: (from, { topic, payload }) => {
        this.emit('data', from, topic, payload);
      },
      onReachable: (peerId) => {
        this.emit('peerReachable', peerId);
      },
      onRepair: (peerId, repair) => {
        this.emit('repair', repair, peerId);
      },
    };
  }

  /** States or streams of some pair have changed. */
  #onChange(): void {
    if (!this.#mesh) return;
    const { peers, sender, speakers, quality } = this.#mesh;
    sender.share();
    speakers.wake();
    quality.wake();
    this.#setState(meshState([...peers.links().values()].map(({ state }) => state)));
  }

  #setState(state: DriverState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

/** The driver of P2P rooms. */
export const meshDriver: DriverFactory = (context) => new MeshDriver(context);
