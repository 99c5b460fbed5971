import type { IceServer, PeerInfo, PeerLeftReason, RtpCapabilities, Signal } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import { Claims } from './Claims.js';
import { takeUp } from './comingBack.js';
import type { ConsumerImpl } from './ConsumerImpl.js';
import type { CoreContext } from './context.js';
import type { Following } from './Following.js';
import { PeerForwarding } from './forwarding/PeerForwarding.js';
import { LazyMap } from './LazyMap.js';
import { LazySet } from './LazySet.js';
import { assertCan } from './permissions.js';
import type { LinkEnd, MediaReceiver, MediaTransport, PeerLink } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import { carryOn, publish } from './publishing.js';
import type { RoomImpl } from './RoomImpl.js';
import { subscribe } from './subscribing.js';
import { systemTimer } from './timer.js';
import type { Ability } from './topology/decide.js';
import { pathGone } from './topology/keptRoom.js';
import type { PathFailure } from './topology/TopologyKeeper.js';
import { TransportImpl } from './TransportImpl.js';
import type {
  ForwardingWish,
  Grants,
  Peer,
  PeerEvents,
  Place,
  ProduceOptions,
  SubscribeOptions,
  SubscribeResult,
  Transport,
  TransportOptions,
} from './types.js';
import type { RoomUpdate } from './updates.js';

export interface PeerIdentity {
  id: string;
  displayName: string;
  userId: string | undefined;
  grants: Grants;
  link: PeerLink | undefined;
  place: Place;
  transportPerPeer: boolean;
  /** Undefined: it carries no media. */
  ability: Ability | undefined;
  followsPaths: boolean;
  resumeToken: string;
}

export class PeerImpl extends Emitter<PeerEvents> implements Peer {
  readonly id: string;
  readonly displayName: string;
  readonly userId: string | undefined;
  readonly grants: Grants;
  readonly resumeToken: string;
  /** How its client can carry media; undefined: it has none. */
  readonly ability: Ability | undefined;
  /** Its client changes over when media of the room takes another path. */
  readonly followsPaths: boolean;
  /** Its client sends only what it is told to: those layers of video that somebody watches. */
  dynacast = false;
  readonly room: RoomImpl;
  readonly context: CoreContext;
  readonly transports = new LazyMap<string, TransportImpl>();
  readonly producers = new LazyMap<string, ProducerImpl>();
  readonly consumers = new LazyMap<string, ConsumerImpl>();
  readonly consumersByProducer = new LazyMap<string, ConsumerImpl>();
  readonly forwarding = new PeerForwarding();
  /** Set while the peer receives whatever is published. */
  following: Following | undefined;
  closed = false;
  /** Counts how often its client has joined anew: what was begun for a former stay is over then. */
  stay = 0;
  /** Creations under way, so that limits hold while they are awaited. */
  readonly pending = { transports: 0, producers: 0, consumers: 0, producerIds: new LazySet<string>() };
  #link: PeerLink | undefined;
  #place: Place;
  #claims: Claims | undefined;
  readonly #maxTransports: number;
  #rtpCapabilities: RtpCapabilities | undefined;

  constructor(room: RoomImpl, context: CoreContext, identity: PeerIdentity) {
    super();
    this.room = room;
    this.context = context;
    this.id = identity.id;
    this.displayName = identity.displayName;
    this.userId = identity.userId;
    this.grants = identity.grants;
    this.resumeToken = identity.resumeToken;
    this.#link = identity.link;
    this.ability = identity.ability;
    this.followsPaths = identity.followsPaths;
    this.#place = identity.place;
    const { maxPeersPerRoom, maxTransportsPerPeer } = context.limits;
    this.#maxTransports = identity.transportPerPeer ? maxPeersPerRoom : maxTransportsPerPeer;
  }

  /** Publications of its client's former stay. */
  get claims(): Claims {
    return (this.#claims ??= new Claims(this.context.timer ?? systemTimer));
  }

  get dialect(): string {
    return this.#link?.dialect ?? 'host';
  }

  get info(): PeerInfo {
    const { id, displayName, grants } = this;
    return { id, displayName, ...(!grants.data && { data: false }) };
  }

  /** Passes an update to the client; nothing after the peer has left. */
  tell(update: RoomUpdate): void {
    if (!this.closed) this.#link?.send(update);
  }

  iceServers(): Promise<IceServer[]> {
    return Promise.resolve(this.context.iceServers({ id: this.id, userId: this.userId, ...this.#place }));
  }

  async createTransport(options: TransportOptions): Promise<Transport> {
    const { stay } = this;
    this.assertHere();
    const { direction, payloadTypes } = options;
    if (payloadTypes && direction !== 'recv') {
      throw new ParlorError('BAD_REQUEST', 'payloadTypes are for transports with direction "recv"');
    }
    if (this.transports.size + this.pending.transports >= this.#maxTransports) {
      throw new ParlorError('LIMIT_REACHED', 'too many transports: close those that are not used');
    }
    this.pending.transports += 1;
    const { server } = this.room;
    const opening = server?.createTransport(options) ?? Promise.reject(this.room.withoutServer('transports'));
    let media: MediaTransport;
    try {
      media = await opening;
    } catch (error) {
      throw server === this.room.server ? error : pathGone();
    } finally {
      this.pending.transports -= 1;
    }
    const isGone = this.closed || stay !== this.stay;
    if (isGone || server !== this.room.server) {
      media.close();
      throw isGone ? this.gone() : pathGone();
    }
    const transport = new TransportImpl(direction, media, () => {
      this.tell({ type: 'transportClosed', transportId: transport.id });
    });
    this.transports.set(transport.id, transport);
    transport.on('closed', () => this.transports.delete(transport.id));
    this.emit('transportCreated', transport);
    this.room.emit('transportCreated', transport, this);
    return transport;
  }

  produce(options: ProduceOptions): Promise<ProducerImpl> {
    return publish(this, options);
  }

  /** As `carryOn`. */
  carryOn(producerId: string, options: ProduceOptions): Promise<ProducerImpl> {
    return carryOn(this, producerId, options);
  }

  /** As `takeUp`. */
  takeUp(formerId: string, options: ProduceOptions): Promise<ProducerImpl> | undefined {
    return takeUp(this, formerId, options);
  }

  subscribe(producerIds: readonly string[], options: SubscribeOptions = {}): Promise<SubscribeResult[]> {
    return subscribe(this, producerIds, options);
  }

  setRtpCapabilities(rtpCapabilities: RtpCapabilities): void {
    this.#rtpCapabilities = rtpCapabilities;
  }

  /** What its client can receive, for the media that the server has now. */
  get receiver(): MediaReceiver | undefined {
    return this.#rtpCapabilities && this.room.server?.receiver(this.#rtpCapabilities);
  }

  setForwarding({ lastN, pinned = [] }: ForwardingWish): void {
    this.assertHere();
    this.room.forwarding.ask(this, { lastN, pinned });
  }

  sendMessage(topic: string, payload: unknown, to?: readonly string[]): void {
    this.assertHere();
    assertCan(this.grants, 'data');
    this.room.relayMessage(this, { topic, payload, to });
  }

  signal(to: string, signal: Signal): void {
    this.assertHere();
    this.room.relaySignal(this, to, signal);
  }

  pathReady(path: number): void {
    this.room.keeper.ready(this, path);
  }

  pathFailed(failure: PathFailure): void {
    this.room.keeper.failed(this, failure);
  }

  nextPath(): Promise<void> {
    return this.room.keeper.opened;
  }

  /** Media of the room does not go through that server any more; what has to be awaited there is over. */
  leaveServer(): void {
    this.following = undefined;
    this.forwarding.clear();
    for (const transport of [...this.transports.values()]) transport.close();
  }

  isReachedBy(link: PeerLink): boolean {
    return this.#link === link;
  }

  /** Its client has joined anew: of its former stay the publications are left, until it goes on with them. */
  goOn({ link, place }: { link: PeerLink | undefined; place: Place }, end: LinkEnd): void {
    const former = this.#link;
    this.#link = link;
    this.#place = place;
    this.#rtpCapabilities = undefined;
    this.stay += 1;
    this.leaveServer();
    this.claims.begin(this.producers.values());
    if (former !== link) former?.end(end);
  }

  leave(reason: 'left' | 'disconnected' = 'left'): void {
    this.room.removePeer(this, reason, undefined);
  }

  remove(message = 'removed from the room by the host application'): void {
    this.room.removePeer(this, 'removed', { code: 'PEER_REMOVED', message });
  }

  consumerClosed(consumer: ConsumerImpl): void {
    this.consumers.delete(consumer.id);
    this.forwarding.wake(consumer);
    this.room.forwarding.peerChanged(this);
    if (this.consumersByProducer.get(consumer.producer.id) === consumer) {
      this.consumersByProducer.delete(consumer.producer.id);
    }
  }

  /** The room has taken the peer out; frees its media and ends its link. */
  finish(reason: PeerLeftReason, end: LinkEnd | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.#claims?.end();
    for (const transport of [...this.transports.values()]) transport.close();
    // Those of a P2P room are on no transport.
    for (const producer of [...this.producers.values()]) producer.close();
    if (end) this.#link?.end(end);
    this.emit('closed', reason);
    this.room.emit('peerClosed', this, reason);
  }

  /** @throws NOT_JOINED when the peer has left in the meantime, or its client has joined anew */
  assertHere(stay = this.stay): void {
    if (this.closed || stay !== this.stay) throw this.gone();
  }

  gone(): ParlorError {
    return new ParlorError('NOT_JOINED', `peer ${this.id} has left room ${this.room.id}`);
  }

  /** The peer's own transport, by id or the only one of that direction. @throws TRANSPORT_NOT_FOUND */
  transportFor(direction: 'send' | 'recv', id?: string): TransportImpl {
    if (id !== undefined) {
      const transport = this.transports.get(id);
      if (transport && canCarry(transport, direction)) return transport;
    } else {
      for (const transport of this.transports.values()) if (canCarry(transport, direction)) return transport;
    }
    throw new ParlorError(
      'TRANSPORT_NOT_FOUND',
      id === undefined
        ? `no ${direction} transport: call createWebRtcTransport with direction "${direction}" first`
        : `no ${direction} transport ${id}`,
    );
  }
}

const canCarry = (transport: TransportImpl, direction: 'send' | 'recv'): boolean =>
  transport.direction === direction || transport.direction === 'both';
