import type {
  PeerLeftReason,
  RoomClosedReason,
  RtpCapabilities,
  Signal,
  SpeakerInfo,
  Topology,
} from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import { Admission } from './Admission.js';
import type { CoreContext } from './context.js';
import { PeerImpl } from './PeerImpl.js';
import { DEFAULT_GRANTS } from './permissions.js';
import type { LinkEnd, MediaRoom } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import { askHook } from './refusal.js';
import type { DuplicatePolicy, JoinOptions, Room, RoomEvents, RoomSnapshot } from './types.js';
import type { RoomUpdate } from './updates.js';

const LINK_ENDS: Record<RoomClosedReason, LinkEnd> = {
  closed: { code: 'ROOM_CLOSED', message: 'the room was closed' },
  mediaServerDied: { code: 'MEDIA_SERVER_DIED', message: 'the media process of the room died: join again' },
  serverClosing: { code: 'SERVER_CLOSING', message: 'the server is shutting down: join again' },
};

interface RoomOptions {
  topology: Topology;
  media: MediaRoom;
  keepWhenEmpty: boolean;
  onDuplicate: DuplicatePolicy;
  maxPeers: number | undefined;
  /** Nobody has said how media is to travel: it is peer to peer until somebody comes who needs the server. */
  auto: boolean;
}

/**
 * A room's state. Every change of it is synchronous, so changes cannot interleave; what has to be awaited (hooks,
 * the worker) is awaited outside and what it was based on is checked again. See closures.md for who closes what.
 */
export class RoomImpl extends Emitter<RoomEvents> implements Room {
  readonly id: string;
  readonly peers = new Map<string, PeerImpl>();
  readonly producers = new Map<string, ProducerImpl>();
  readonly keepWhenEmpty: boolean;
  closed = false;
  readonly #context: CoreContext;
  readonly #admission: Admission;
  readonly #auto: boolean;
  #topology: Topology;
  #media: MediaRoom;
  #path = 1;
  #moving: Promise<void> | undefined;
  #speaking = '[]';

  constructor(id: string, context: CoreContext, options: RoomOptions) {
    super();
    this.id = id;
    this.#topology = options.topology;
    this.#media = options.media;
    this.#auto = options.auto;
    this.#context = context;
    this.keepWhenEmpty = options.keepWhenEmpty;
    this.#admission = new Admission(this, {
      maxPeers: Math.min(options.maxPeers ?? Infinity, context.limits.maxPeersPerRoom),
      onDuplicate: options.onDuplicate,
    });
    this.#listen(this.#media);
  }

  get topology(): Topology {
    return this.#topology;
  }

  get path(): number {
    return this.#path;
  }

  get media(): MediaRoom {
    return this.#media;
  }

  get rtpCapabilities(): RtpCapabilities {
    return this.media.rtpCapabilities;
  }

  get snapshot(): RoomSnapshot {
    return {
      roomId: this.id,
      topology: this.topology,
      peers: [...this.peers.values()].map((peer) => peer.info),
      producers: [...this.producers.values()].map((producer) => producer.info),
    };
  }

  async join(options: JoinOptions): Promise<PeerImpl> {
    const { peerId, displayName = peerId, userId } = options;
    this.#admission.check(options);
    const { hooks, newSecret } = this.#context;
    if (hooks.onJoin) {
      await askHook('JOIN_REFUSED', () => hooks.onJoin?.({ room: this, peerId, displayName, userId }));
      this.#admission.check(options);
    }
    for (const replaced of this.#admission.replacedBy(options)) {
      this.removePeer(replaced, 'replaced', {
        code: 'PEER_REPLACED',
        message: 'the peer joined again elsewhere',
      });
      // Listeners of the host application have run: one of them may have closed the room.
      this.#admission.check(options);
    }
    const peer = new PeerImpl(this, this.#context, {
      id: peerId,
      displayName,
      userId,
      grants: { ...DEFAULT_GRANTS, ...options.grants },
      link: options.link,
      place: options.place ?? {},
      transportPerPeer: options.transportPerPeer ?? false,
      takesAnyTopology: options.topology === undefined && options.preferredTopology !== undefined,
      resumeToken: options.resumeToken ?? newSecret(),
    });
    this.#broadcast({ type: 'peerJoined', peer: peer.info });
    this.peers.set(peerId, peer);
    this.#context.logger.info({ roomId: this.id, peerId, userId, dialect: peer.dialect }, 'peer joined');
    this.emit('peerJoined', peer);
    return peer;
  }

  /**
   * Somebody comes for whom the server has to carry media. Does nothing where that was decided otherwise: by whoever
   * opened the room, or because somebody is in it who could not follow.
   * @throws MEDIA_UNAVAILABLE
   */
  async moveToServer(openMedia: () => Promise<MediaRoom>): Promise<void> {
    if (!this.#canMove) return;
    this.#moving ??= this.#move(openMedia).finally(() => {
      this.#moving = undefined;
    });
    await this.#moving;
  }

  get #canMove(): boolean {
    const isFree = this.#auto && this.#topology === 'p2p' && !this.closed;
    return isFree && [...this.peers.values()].every(({ takesAnyTopology }) => takesAnyTopology);
  }

  async #move(openMedia: () => Promise<MediaRoom>): Promise<void> {
    const media = await openMedia();
    if (!this.#canMove) {
      media.close();
      return;
    }
    this.#media = media;
    this.#topology = 'sfu';
    this.#listen(media);
    this.#context.logger.info({ roomId: this.id, topology: 'sfu' }, 'room moved to the server');
    this.#path += 1;
    this.#broadcast({ type: 'topologyChanged', topology: 'sfu', reason: 'dialect', path: this.#path });
    this.emit('topologyChanged', 'sfu');
  }

  #listen(media: MediaRoom): void {
    media.on('died', () => {
      this.close('mediaServerDied');
    });
    media.on('activeSpeakers', (speakers) => {
      this.#speakersChanged(speakers);
    });
  }

  removePeer(peer: PeerImpl, reason: PeerLeftReason, end: LinkEnd | undefined): void {
    if (peer.closed || this.peers.get(peer.id) !== peer) return;
    this.peers.delete(peer.id);
    if (reason === 'removed') this.#admission.ban(peer);
    // Producers close first, so that nobody hears of a producer whose peer is gone.
    peer.finish(reason, end);
    this.#broadcast({ type: 'peerLeft', peerId: peer.id, reason });
    this.#context.logger.info({ roomId: this.id, peerId: peer.id, reason }, 'peer left');
    this.emit('peerLeft', peer, reason);
    if (this.peers.size === 0 && !this.keepWhenEmpty && reason !== 'replaced') this.close();
  }

  producerAdded(producer: ProducerImpl): void {
    this.producers.set(producer.id, producer);
    const update: RoomUpdate = { type: 'newProducer', producer: producer.info };
    for (const peer of this.peers.values()) {
      if (peer === producer.peer) continue;
      if (peer.following) peer.following.announce(producer);
      else peer.tell(update);
    }
    this.emit('producerAdded', producer);
  }

  producerClosed(producer: ProducerImpl): void {
    this.producers.delete(producer.id);
    // The owner is told as well: it may be the host application that closed it.
    this.#broadcast({ type: 'producerClosed', producerId: producer.id, peerId: producer.peer.id });
    this.emit('producerClosed', producer);
  }

  /** Whoever consumes it hears of the consumer, everybody else of the producer: one message each. */
  producerPausedChanged(producer: ProducerImpl, asker: PeerImpl | undefined): void {
    const { id: producerId, paused } = producer;
    const update: RoomUpdate = {
      type: paused ? 'producerPaused' : 'producerResumed',
      producerId,
      peerId: producer.peer.id,
    };
    for (const peer of this.peers.values()) {
      if (peer === asker) continue;
      const consumer = peer.consumersByProducer.get(producerId);
      if (!consumer) peer.tell(update);
      else
        peer.tell({
          type: paused ? 'consumerPaused' : 'consumerResumed',
          consumerId: consumer.id,
          producerId,
        });
    }
    this.emit(paused ? 'producerPaused' : 'producerResumed', producer);
  }

  relayMessage(
    from: PeerImpl | undefined,
    message: { topic: string; payload: unknown; to: readonly string[] | undefined },
  ): void {
    const { topic, payload, to } = message;
    const update: RoomUpdate = { type: 'message', from: from?.id, topic, payload };
    if (to) {
      const receivers = to.map((peerId) => {
        const receiver = this.peers.get(peerId);
        if (!receiver) throw new ParlorError('PEER_NOT_FOUND', `no peer ${peerId} in room ${this.id}`);
        return receiver;
      });
      for (const receiver of new Set(receivers)) receiver.tell(update);
    } else {
      this.#broadcast(update, from);
    }
    this.emit('message', { from: from?.id, to, topic, payload });
  }

  relaySignal(from: PeerImpl, to: string, signal: Signal): void {
    const receiver = this.peers.get(to);
    if (!receiver || receiver === from) {
      throw new ParlorError('PEER_NOT_FOUND', `no other peer ${to} in room ${this.id}`);
    }
    receiver.tell({ type: 'signal', from: from.id, signal });
  }

  readmit(userOrPeerId: string): void {
    this.#admission.readmit(userOrPeerId);
  }

  sendMessage(topic: string, payload: unknown, to?: readonly string[]): void {
    this.relayMessage(undefined, { topic, payload, to });
  }

  close(reason: RoomClosedReason = 'closed'): void {
    if (this.closed) return;
    this.closed = true;
    const peers = [...this.peers.values()];
    this.#broadcast({ type: 'roomClosed', reason });
    this.peers.clear();
    // The router takes all transports along at once.
    for (const peer of peers) for (const transport of peer.transports.values()) transport.aboutToClose();
    this.media.close();
    for (const peer of peers) peer.finish('roomClosed', LINK_ENDS[reason]);
    this.producers.clear();
    this.#context.logger.info({ roomId: this.id, reason }, 'room closed');
    this.emit('closed', reason);
  }

  #broadcast(update: RoomUpdate, except?: PeerImpl): void {
    for (const peer of this.peers.values()) if (peer !== except) peer.tell(update);
  }

  #speakersChanged(speakers: { producerId: string; level: number }[]): void {
    const byPeer = new Map<string, SpeakerInfo>();
    for (const { producerId, level } of speakers) {
      const peerId = this.producers.get(producerId)?.peer.id;
      if (peerId !== undefined && !byPeer.has(peerId)) byPeer.set(peerId, { peerId, level });
    }
    // Levels move all the time; who speaks is news.
    const speaking = JSON.stringify([...byPeer.keys()].sort());
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    const list = [...byPeer.values()];
    this.#broadcast({ type: 'activeSpeakers', speakers: list });
    this.emit('activeSpeakers', list);
  }
}
