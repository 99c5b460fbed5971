import { ParlorError } from '../errors.js';
import type { ParticipantLeftReason, TrackKind } from '../types.js';
import type { MemoryChannel } from './MemoryChannel.js';
import { MemoryPaths } from './MemoryPaths.js';

/** What the room says about media: nothing real, unless a test wants it so. */
export interface MemoryMedia {
  readonly rtpCapabilities: object;
  readonly transport: (id: string) => object;
  readonly consumerParameters: (kind: TrackKind) => object;
}

interface MemoryProducer {
  readonly id: string;
  readonly peerId: string;
  readonly kind: TrackKind;
  readonly appData: Record<string, unknown>;
  paused: boolean;
}

export interface MemoryPeer {
  readonly id: string;
  readonly displayName: string;
  readonly resumeToken: string;
  channel: MemoryChannel;
  /** Consumer id to producer id. */
  readonly consumers: Map<string, string>;
  /** Receives whatever is published, without asking. */
  follows: boolean;
  /** Changes over when media takes another path. */
  readonly paths: boolean;
}

type Data = Record<string, unknown>;

const refuse = (code: string, status: number) => new ParlorError(code, code, { status });
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What the rooms of one `MemoryServer` share. */
export interface MemoryRoomContext {
  readonly media: MemoryMedia;
  /** Peers without the right to send messages. */
  readonly silent: ReadonlySet<string>;
  readonly iceServers: () => readonly object[];
  readonly newId: (kind: string) => string;
}

/** How long the others may take to come back to a room that is formed anew, ms. */
const REFORMING = 15_000;

/** One room of a `MemoryServer`. */
export class MemoryRoom {
  readonly peers = new Map<string, MemoryPeer>();
  readonly producers = new Map<string, MemoryProducer>();
  readonly paths = new MemoryPaths(this.peers);
  /** Requests about media that has no effect here, for tests to look at. */
  readonly log: { peerId: string; method: string; data: Data }[] = [];
  /** Resume tokens that it has given out. */
  readonly #tokens = new Set<unknown>();
  /** Peers that have come with a token of a room of before. */
  readonly #returned = new Set<string>();

  constructor(
    readonly id: string,
    private readonly context: MemoryRoomContext,
  ) {}

  handle(channel: MemoryChannel, method: string, data: unknown): unknown {
    const body = (data ?? {}) as Data;
    if (method === 'joinRoom') return this.#join(channel, body);
    const peer = [...this.peers.values()].find((each) => each.channel === channel);
    if (method === 'ping') return {};
    if (!peer) throw refuse('NOT_JOINED', 409);
    this.log.push({ peerId: peer.id, method, data: body });
    return this.#request(peer, method, body);
  }

  leave(channel: MemoryChannel, reason: ParticipantLeftReason): void {
    const peer = [...this.peers.values()].find((each) => each.channel === channel);
    if (!peer) return;
    for (const { id, peerId } of [...this.producers.values()])
      if (peerId === peer.id) this.#closeProducer(id);
    this.peers.delete(peer.id);
    this.broadcast('peerLeft', { peerId: peer.id, reason });
    this.paths.left(peer.id);
  }

  /** Tells everyone but `except`. */
  broadcast(method: string, data: object, except?: string): void {
    for (const peer of this.peers.values()) if (peer.id !== except) peer.channel.notify(method, data);
  }

  /** Ends somebody's track as a moderator does. */
  closeProducer(producerId: string): void {
    this.#closeProducer(producerId);
  }

  #request(peer: MemoryPeer, method: string, data: Data): unknown {
    switch (method) {
      case 'createWebRtcTransport':
        return this.context.media.transport(this.#newId('transport'));
      case 'produce':
        return this.#produce(peer, data);
      case 'subscribe':
        if (typeof data['follow'] === 'boolean') peer.follows = data['follow'];
        return this.#subscribe(peer, strings(data['producerIds']));
      case 'pauseProducer':
      case 'resumeProducer':
        return this.#pause(this.#own(peer, data), method === 'pauseProducer');
      case 'closeProducer':
        return this.#closeProducer(this.#own(peer, data).id);
      case 'closeConsumer':
        for (const id of strings(data['consumerIds'])) peer.consumers.delete(id);
        return {};
      case 'signal':
        return this.#signal(peer, data);
      case 'sendMessage':
        return this.#relay(peer, data);
      case 'restartIce':
        return { iceParameters: { usernameFragment: this.#newId('ufrag'), password: 'secret' } };
      case 'getIceServers':
        return { iceServers: this.context.iceServers() };
      case 'leave':
        this.leave(peer.channel, 'left');
        return {};
      case 'openPath':
        return { ...this.paths.open(peer.id, data['path']), ...this.#media(peer.id) };
      case 'pathReady':
        this.paths.ready(peer.id, data['path']);
        return {};
      case 'pathFailed':
        this.paths.failed(data);
        return {};
      case 'setTopology':
        return this.#pin(String(data['topology']));
      case 'connectWebRtcTransport':
      case 'pause':
      case 'resume':
      case 'setPreferredLayers':
      case 'setForwarding':
      case 'requestKeyFrame':
        return {};
      default:
        throw refuse('UNKNOWN_METHOD', 404);
    }
  }

  #join(channel: MemoryChannel, data: Data): unknown {
    const id = String(data['peerId']);
    const present = this.peers.get(id);
    if (present) {
      if (data['resumeToken'] !== present.resumeToken) throw refuse('PEER_ID_TAKEN', 409);
      if (present.paths && data['paths'] === true) return this.#joinAnew(present, channel);
      this.leave(present.channel, 'replaced');
      present.channel.end(refuse('PEER_REPLACED', 409), true);
    }
    const displayName = typeof data['displayName'] === 'string' ? data['displayName'] : '';
    const former = data['resumeToken'];
    const isReforming = former !== undefined && !this.#tokens.has(former);
    if (former === undefined) this.#returned.delete(id);
    else this.#returned.add(id);
    const resumeToken = this.#newId('resume');
    this.#tokens.add(resumeToken);
    this.paths.joining(id, data);
    const paths = data['paths'] === true;
    const peer = { id, displayName, resumeToken, channel, paths, consumers: new Map(), follows: false };
    this.peers.set(id, peer);
    this.broadcast('peerJoined', { peerId: id, displayName, ...this.#rights(id) }, id);
    return { ...this.#answer(peer), ...(isReforming ? { reforming: REFORMING } : {}) };
  }

  /** Nobody hears of it, but for clients that have a connection to its browser. */
  #joinAnew(peer: MemoryPeer, channel: MemoryChannel): Data {
    const former = peer.channel;
    peer.channel = channel;
    former.end(refuse('PEER_REPLACED', 409), true);
    peer.consumers.clear();
    peer.follows = false;
    this.paths.open(peer.id, this.paths.number);
    this.paths.ready(peer.id, this.paths.number);
    for (const { id, peerId } of this.producers.values()) if (peerId === peer.id) this.paths.lost(id);
    for (const other of this.peers.values())
      if (other !== peer && other.paths) other.channel.notify('peerReturned', { peerId: peer.id });
    return this.#answer(peer);
  }

  #answer({ id, displayName, resumeToken, paths }: MemoryPeer): Data {
    return {
      roomId: this.id,
      peerId: id,
      displayName,
      ...this.#rights(id),
      ...this.#media(id),
      topology: this.paths.topology,
      ...(paths ? { path: this.paths.number, auto: this.paths.auto } : {}),
      resumeToken,
    };
  }

  /** What somebody needs to send and receive by the current path. */
  #media(peerId: string): Data {
    const others = [...this.peers.values()].filter(({ id }) => id !== peerId);
    return {
      rtpCapabilities: this.context.media.rtpCapabilities,
      peers: others.map(({ id, displayName }) => ({ id, displayName, ...this.#rights(id) })),
      producers: [...this.producers.values()].map(({ id: producerId, ...rest }) => ({
        producerId,
        ...rest,
        ...this.#pending(producerId),
      })),
      iceServers: this.context.iceServers(),
      transports: {
        send: this.context.media.transport(this.#newId('transport')),
        recv: this.context.media.transport(this.#newId('transport')),
      },
    };
  }

  #pending(producerId: string): { pending?: true } {
    return this.paths.isPending(producerId) ? { pending: true } : {};
  }

  #pin(topology: string): Data {
    this.paths.auto = topology === 'auto';
    if (topology !== 'auto' && topology !== this.paths.topology)
      this.paths.move(topology === 'p2p' ? 'p2p' : 'sfu', 'pinned');
    return {};
  }

  #rights(peerId: string): { data?: false } {
    return this.context.silent.has(peerId) ? { data: false } : {};
  }

  #produce(peer: MemoryPeer, data: Data): unknown {
    if (data['producerId'] !== undefined) return this.#move(peer, data);
    const { formerId } = data;
    const known = this.producers.get(String(formerId));
    if (known?.peerId === peer.id) {
      if (known.paused !== (data['paused'] === true)) this.#pause(known, !known.paused);
      return data['rtpParameters']
        ? this.#move(peer, { producerId: formerId })
        : { id: known.id, producerId: known.id };
    }
    const mayHave = this.#returned.has(peer.id) && !this.producers.has(String(formerId));
    const id = mayHave && typeof formerId === 'string' ? formerId : this.#newId('producer');
    const kind = data['kind'] === 'audio' ? 'audio' : 'video';
    const appData = (data['appData'] ?? {}) as Data;
    const paused = data['paused'] === true;
    const producer: MemoryProducer = { id, peerId: peer.id, kind, appData, paused };
    this.producers.set(id, producer);
    if (data['rtpParameters']) this.paths.brought(id);
    const announcement = { producerId: id, peerId: peer.id, kind, appData, paused, ...this.#pending(id) };
    this.#announce(producer, 'newProducer', announcement);
    return { id, producerId: id };
  }

  /** A publication goes on by another path. */
  #move(peer: MemoryPeer, data: Data): unknown {
    const producer = this.#own(peer, data);
    const { id: producerId, peerId } = producer;
    this.paths.brought(producerId);
    this.#announce(producer, 'producerMoved', { producerId, peerId });
    return { id: producerId, producerId };
  }

  /** With a consumer for those who follow and can have one. */
  #announce(producer: MemoryProducer, method: 'newProducer' | 'producerMoved', data: Data): void {
    for (const other of this.peers.values()) {
      if (other.id === producer.peerId || (method === 'producerMoved' && !other.paths)) continue;
      const canHave = other.follows && this.paths.isOn(other.id) && !this.paths.isPending(producer.id);
      const consumer = canHave ? { consumer: this.#consumer(other, producer) } : {};
      other.channel.notify(method, { ...data, ...consumer });
    }
  }

  #subscribe(peer: MemoryPeer, producerIds: readonly string[]): unknown {
    const consumers: object[] = [];
    const failed: object[] = [];
    for (const producerId of producerIds) {
      const producer = this.producers.get(producerId);
      if (!producer) failed.push({ producerId, code: 'PRODUCER_NOT_FOUND' });
      else if (this.paths.isPending(producerId)) failed.push({ producerId, code: 'PRODUCER_PENDING' });
      else consumers.push(this.#consumer(peer, producer));
    }
    return { consumers, failed };
  }

  #consumer(peer: MemoryPeer, { id: producerId, kind, paused }: MemoryProducer): object {
    const consumerId = this.#newId('consumer');
    const first = peer.consumers.size === 0;
    peer.consumers.set(consumerId, producerId);
    const rtpParameters = this.context.media.consumerParameters(kind);
    const ids = { id: consumerId, consumerId, producerId };
    return { ...ids, kind, rtpParameters, type: 'simple', paused: !first, producerPaused: paused };
  }

  #pause(producer: MemoryProducer, paused: boolean): unknown {
    producer.paused = paused;
    const { id: producerId, peerId } = producer;
    this.broadcast(paused ? 'producerPaused' : 'producerResumed', { producerId, peerId }, peerId);
    return {};
  }

  #closeProducer(producerId: string): unknown {
    const producer = this.producers.get(producerId);
    if (!producer) return {};
    this.producers.delete(producerId);
    this.broadcast('producerClosed', { producerId, peerId: producer.peerId });
    return {};
  }

  #relay(peer: MemoryPeer, { to, topic, payload }: Data): unknown {
    if (this.context.silent.has(peer.id)) throw refuse('FORBIDDEN', 403);
    const receivers = to === undefined ? undefined : typeof to === 'string' ? [to] : strings(to);
    for (const other of this.peers.values()) {
      if (other === peer || (receivers && !receivers.includes(other.id))) continue;
      other.channel.notify('message', { from: peer.id, topic, payload });
    }
    return {};
  }

  #signal(peer: MemoryPeer, { to, ...signal }: Data): unknown {
    const other = this.peers.get(String(to));
    if (!other) throw refuse('PEER_NOT_FOUND', 404);
    other.channel.notify('signal', { from: peer.id, ...signal });
    return {};
  }

  #own(peer: MemoryPeer, { producerId }: Data): MemoryProducer {
    const producer = this.producers.get(String(producerId));
    if (producer?.peerId !== peer.id) throw refuse('PRODUCER_NOT_FOUND', 404);
    return producer;
  }

  #newId(kind: string): string {
    return this.context.newId(kind);
  }
}
