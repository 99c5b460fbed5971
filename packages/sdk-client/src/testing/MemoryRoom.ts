import { ParlorError } from '../errors.js';
import type { ParticipantLeftReason, TrackKind } from '../types.js';
import type { MemoryChannel } from './MemoryChannel.js';

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
  readonly channel: MemoryChannel;
  /** Consumer id to producer id. */
  readonly consumers: Map<string, string>;
  /** Receives whatever is published, without asking. */
  follows: boolean;
}

type Data = Record<string, unknown>;

const refuse = (code: string, status: number) => new ParlorError(code, code, { status });
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What the rooms of one `MemoryServer` share. */
export interface MemoryRoomContext {
  readonly media: MemoryMedia;
  /** Peers without the right to send messages. */
  readonly silent: ReadonlySet<string>;
  readonly newId: (kind: string) => string;
}

/** How long the others may take to come back to a room that is formed anew, ms. */
const REFORMING = 15_000;

/** One room of a `MemoryServer`. */
export class MemoryRoom {
  readonly peers = new Map<string, MemoryPeer>();
  readonly producers = new Map<string, MemoryProducer>();
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
      case 'leave':
        this.leave(peer.channel, 'left');
        return {};
      case 'connectWebRtcTransport':
      case 'pause':
      case 'resume':
      case 'setPreferredLayers':
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
    const others = [...this.peers.values()];
    this.peers.set(id, { id, displayName, resumeToken, channel, consumers: new Map(), follows: false });
    this.broadcast('peerJoined', { peerId: id, displayName, ...this.#rights(id) }, id);
    return {
      roomId: this.id,
      peerId: id,
      displayName,
      ...this.#rights(id),
      rtpCapabilities: this.context.media.rtpCapabilities,
      peers: others.map(({ id: other, displayName: name }) => ({
        id: other,
        displayName: name,
        ...this.#rights(other),
      })),
      producers: [...this.producers.values()].map(({ id: producerId, ...rest }) => ({ producerId, ...rest })),
      iceServers: [],
      topology: data['topology'] === 'p2p' ? 'p2p' : 'sfu',
      transports: {
        send: this.context.media.transport(this.#newId('transport')),
        recv: this.context.media.transport(this.#newId('transport')),
      },
      resumeToken,
      ...(isReforming ? { reforming: REFORMING } : {}),
    };
  }

  #rights(peerId: string): { data?: false } {
    return this.context.silent.has(peerId) ? { data: false } : {};
  }

  #produce(peer: MemoryPeer, data: Data): unknown {
    const { formerId } = data;
    const mayHave = this.#returned.has(peer.id) && !this.producers.has(String(formerId));
    const id = mayHave && typeof formerId === 'string' ? formerId : this.#newId('producer');
    const kind = data['kind'] === 'audio' ? 'audio' : 'video';
    const appData = (data['appData'] ?? {}) as Data;
    const paused = data['paused'] === true;
    const producer: MemoryProducer = { id, peerId: peer.id, kind, appData, paused };
    this.producers.set(id, producer);
    const announcement = { producerId: id, peerId: peer.id, kind, appData, paused };
    for (const other of this.peers.values()) {
      if (other === peer) continue;
      const consumer = other.follows ? { consumer: this.#consumer(other, producer) } : {};
      other.channel.notify('newProducer', { ...announcement, ...consumer });
    }
    return { id, producerId: id };
  }

  #subscribe(peer: MemoryPeer, producerIds: readonly string[]): unknown {
    const found = producerIds
      .map((id) => this.producers.get(id))
      .filter((producer) => producer !== undefined);
    const consumers = found.map((producer) => this.#consumer(peer, producer));
    const failed = producerIds
      .filter((id) => !this.producers.has(id))
      .map((producerId) => ({ producerId, code: 'PRODUCER_NOT_FOUND' }));
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
