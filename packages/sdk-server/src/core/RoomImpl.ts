import type {
  PeerLeftReason,
  RoomClosedReason,
  RtpCapabilities,
  Signal,
  Topology,
  TopologyReason,
  WantedTopology,
} from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import { Admission } from './Admission.js';
import {
  announceAdded,
  announceClosed,
  announceDetached,
  announceMoved,
  announcePaused,
} from './announcing.js';
import { canGoOn } from './comingBack.js';
import type { CoreContext } from './context.js';
import { RoomForwarding, type ForwardingLimits } from './forwarding/RoomForwarding.js';
import { LazyMap } from './LazyMap.js';
import { notThroughServer } from './P2pMedia.js';
import { PeerImpl } from './PeerImpl.js';
import { completed } from './permissions.js';
import type { LinkEnd, MediaRoom } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import { askHook } from './refusal.js';
import { Speakers } from './Speakers.js';
import { pathGone, type KeptRoom } from './topology/keptRoom.js';
import type { Newcomer } from './topology/Arrivals.js';
import { abilityOf } from './topology/decide.js';
import { TopologyKeeper, type Opening } from './topology/TopologyKeeper.js';
import { capabilitiesOf } from './serverCapabilities.js';
import type { DuplicatePolicy, JoinOptions, Place, Room, RoomEvents, RoomSnapshot } from './types.js';
import type { RoomUpdate } from './updates.js';

const REPLACED: LinkEnd = { code: 'PEER_REPLACED', message: 'the peer joined again elsewhere' };
const LINK_ENDS: Record<RoomClosedReason, LinkEnd> = {
  closed: { code: 'ROOM_CLOSED', message: 'the room was closed' },
  mediaServerDied: { code: 'MEDIA_SERVER_DIED', message: 'the media process of the room died: join again' },
  serverClosing: { code: 'SERVER_CLOSING', message: 'the server is shutting down: join again' },
};

const NOWHERE: Place = {};

interface RoomOptions extends Opening {
  keepWhenEmpty: boolean;
  onDuplicate: DuplicatePolicy;
  maxPeers: number | undefined;
  forwarding: ForwardingLimits;
}

/**
 * A room's state. Every change of it is synchronous, so changes cannot interleave; what has to be awaited (hooks,
 * the worker) is awaited outside and what it was based on is checked again. See closures.md for who closes what.
 */
export class RoomImpl extends Emitter<RoomEvents> implements Room, KeptRoom {
  readonly id: string;
  readonly peers = new Map<string, PeerImpl>();
  readonly producers = new LazyMap<string, ProducerImpl>();
  readonly keepWhenEmpty: boolean;
  readonly keeper: TopologyKeeper;
  readonly forwarding: RoomForwarding;
  closed = false;
  readonly #context: CoreContext;
  readonly #admission: Admission;
  readonly #speakers = new Speakers(this.producers, (speakers) => {
    this.#broadcast({ type: 'activeSpeakers', speakers });
    this.emit('activeSpeakers', speakers);
  });

  constructor(id: string, context: CoreContext, options: RoomOptions) {
    super();
    this.id = id;
    this.#context = context;
    this.keepWhenEmpty = options.keepWhenEmpty;
    this.#admission = new Admission(this, {
      maxPeers: Math.min(options.maxPeers ?? Infinity, context.limits.maxPeersPerRoom),
      onDuplicate: options.onDuplicate,
    });
    this.keeper = new TopologyKeeper(this, context, options);
    this.forwarding = new RoomForwarding({
      peers: this.peers,
      producers: this.producers,
      limits: options.forwarding,
      logger: context.logger,
      now: context.now ?? Date.now,
    });
  }

  get topology(): Topology {
    return this.keeper.paths.current.topology;
  }

  /** Two of them while everybody changes over. */
  get topologies(): Topology[] {
    const { current, former } = this.keeper.paths;
    return former ? [current.topology, former.topology] : [current.topology];
  }

  get path(): number {
    return this.keeper.paths.current.number;
  }

  get auto(): boolean {
    return this.keeper.auto;
  }

  get media(): MediaRoom {
    return this.keeper.paths.current.media;
  }

  /** What carries media through the server, also when that is the way it went until now. */
  get server(): MediaRoom | undefined {
    return this.keeper.paths.server;
  }

  get rtpCapabilities(): RtpCapabilities {
    return this.media.rtpCapabilities;
  }

  async serverCapabilities(): Promise<RtpCapabilities> {
    const { server } = this;
    if (server) return server.rtpCapabilities;
    return this.auto ? await capabilitiesOf(this.#context.backend) : this.rtpCapabilities;
  }

  get snapshot(): RoomSnapshot {
    return {
      roomId: this.id,
      topology: this.topology,
      peers: [...this.peers.values()].map((peer) => peer.info),
      producers: [...this.producers.values()].map((producer) => producer.info),
    };
  }

  /** For requests that need the server to carry media, when it does not. */
  withoutServer(what: string): ParlorError {
    return this.topology === 'p2p' ? notThroughServer(what) : pathGone();
  }

  async join(options: JoinOptions): Promise<PeerImpl> {
    const { peerId, displayName = peerId, userId } = options;
    this.#check(options);
    const { hooks } = this.#context;
    if (hooks.onJoin) {
      await askHook('JOIN_REFUSED', () => hooks.onJoin?.({ room: this, peerId, displayName, userId }));
      this.#check(options);
    }
    const newcomer = this.#newcomer(options);
    if (newcomer) this.keeper.arrivals.add(newcomer);
    try {
      const way = newcomer && this.keeper.makeWayFor(newcomer);
      if (way) {
        await way;
        this.#admission.check(options, this.topology);
      }
      return this.#enter(options, newcomer);
    } finally {
      if (newcomer) this.keeper.arrivals.delete(newcomer);
      this.keeper.changed();
    }
  }

  setTopology(topology: WantedTopology): Promise<void> {
    return this.keeper.pin(topology);
  }

  #enter(options: JoinOptions, newcomer: Newcomer | undefined): PeerImpl {
    const { peerId, displayName = peerId, userId } = options;
    const former = this.peers.get(peerId);
    const goesOn = former && canGoOn(former, { options, ability: newcomer?.ability });
    for (const replaced of this.#admission.replacedBy(options)) {
      if (goesOn && replaced === former) continue;
      this.removePeer(replaced, 'replaced', REPLACED);
      // Listeners of the host application have run: one of them may have closed the room.
      this.#admission.check(options, this.topology);
    }
    if (goesOn && !former.closed) return this.#goOn(former, options);
    const peer = new PeerImpl(this, this.#context, {
      id: peerId,
      displayName,
      userId,
      grants: completed(options.grants),
      link: options.link,
      place: options.place ?? NOWHERE,
      transportPerPeer: options.transportPerPeer ?? false,
      ability: newcomer?.ability,
      followsPaths: options.paths ?? options.topology === 'auto',
      resumeToken: options.resumeToken ?? this.#context.newSecret(),
    });
    this.#broadcast({ type: 'peerJoined', peer: peer.info, canWait: !this.topologies.includes('p2p') });
    this.peers.set(peerId, peer);
    this.#context.logger.info({ roomId: this.id, peerId, userId, dialect: peer.dialect }, 'peer joined');
    this.emit('peerJoined', peer);
    return peer;
  }

  /** Nobody has left, and nobody has come. */
  #goOn(peer: PeerImpl, { link, place = {} }: JoinOptions): PeerImpl {
    peer.goOn({ link, place }, REPLACED);
    this.keeper.ready(peer, this.path);
    for (const other of this.peers.values())
      if (other !== peer && other.followsPaths) other.tell({ type: 'peerReturned', peerId: peer.id });
    this.#context.logger.info({ roomId: this.id, peerId: peer.id }, 'peer joined anew');
    return peer;
  }

  #check(options: JoinOptions): void {
    const newcomer = this.#newcomer(options);
    this.#admission.check(options, newcomer ? this.keeper.foresee(newcomer) : this.topology);
  }

  /** Undefined: a silent peer of the host application. */
  #newcomer(options: JoinOptions): Newcomer | undefined {
    const ability = abilityOf(options) ?? (options.link && this.keeper.unsaid);
    return ability && { id: options.peerId, ability, replaces: this.#admission.replacedBy(options) };
  }

  topologyChanged(topology: Topology, reason: TopologyReason): void {
    this.emit('topologyChanged', topology, reason);
  }

  endThoseLeftBehind(): void {
    for (const peer of [...this.peers.values()]) {
      if (peer.followsPaths || !peer.ability) continue;
      peer.tell({ type: 'roomClosed', reason: 'mediaServerDied' });
      this.removePeer(peer, 'disconnected', LINK_ENDS.mediaServerDied);
    }
  }

  heard(speakers: { producerId: string; level: number }[]): void {
    this.forwarding.heard(speakers);
    this.#speakers.heard(speakers);
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
    else this.keeper.changed(peer);
  }

  producerAdded(producer: ProducerImpl): void {
    this.producers.set(producer.id, producer);
    this.forwarding.changed();
    announceAdded(this.peers, producer);
    this.emit('producerAdded', producer);
  }

  producerMoved(producer: ProducerImpl): void {
    this.forwarding.changed();
    announceMoved(this.peers, producer);
  }

  producerDetached(producer: ProducerImpl): void {
    this.forwarding.changed();
    announceDetached(this.peers, producer);
  }

  producerClosed(producer: ProducerImpl, wasPending: boolean): void {
    this.producers.delete(producer.id);
    this.forwarding.changed();
    announceClosed(this.peers, producer, wasPending);
    this.emit('producerClosed', producer);
  }

  producerPausedChanged(producer: ProducerImpl, asker: PeerImpl | undefined): void {
    this.forwarding.changed();
    announcePaused(this.peers, producer, asker);
    this.emit(producer.paused ? 'producerPaused' : 'producerResumed', producer);
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

  /** Tells everybody that the server is going to end, and where to go where there is another one. */
  announceEnd(end: { after: number; url?: string }): void {
    this.#broadcast({ type: 'serverRestarting', ...end });
  }

  close(reason: RoomClosedReason = 'closed'): void {
    if (this.closed) return;
    this.closed = true;
    const peers = [...this.peers.values()];
    this.#broadcast({ type: 'roomClosed', reason });
    this.peers.clear();
    for (const peer of peers) for (const transport of peer.transports.values()) transport.aboutToClose();
    this.keeper.close();
    for (const peer of peers) peer.finish('roomClosed', LINK_ENDS[reason]);
    this.producers.clear();
    this.#context.logger.info({ roomId: this.id, reason }, 'room closed');
    this.emit('closed', reason);
  }

  #broadcast(update: RoomUpdate, except?: PeerImpl): void {
    for (const peer of this.peers.values()) if (peer !== except) peer.tell(update);
  }
}
