import type { PeerConnectionLike } from '../platform.js';
import { FakeDataChannel } from './FakeDataChannel.js';
import { FakeMediaStreamTrack } from './fakeMedia.js';

/*
 * WebRTC without a network: offers and answers are JSON, and two connections that hold each other's descriptions are
 * connected. Signalling states, rollback, recycling of nothing, and directions follow JSEP (RFC 9429).
 */

interface Section {
  mid: string;
  kind: string;
  direction: RTCRtpTransceiverDirection;
}

interface Sdp {
  connection: string;
  /** ICE restarts so far. */
  generation: number;
  sections: Section[];
}

const REVERSED: Record<string, RTCRtpTransceiverDirection> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  sendrecv: 'sendrecv',
  inactive: 'inactive',
};

/** What both sides want. */
const agreed = (ours: string, theirs: string): RTCRtpTransceiverDirection => {
  const reversed = REVERSED[theirs] ?? 'inactive';
  if (ours === 'sendrecv') return reversed;
  return reversed === 'sendrecv' || reversed === ours ? (ours as RTCRtpTransceiverDirection) : 'inactive';
};

class FakeSender {
  track: MediaStreamTrack | null;
  streams: MediaStream[] = [];
  /** What statistics tell. */
  stats: RTCStatsReport = new Map();
  #parameters: object = { encodings: [{}], transactionId: '1', codecs: [], headerExtensions: [], rtcp: {} };

  constructor(track: MediaStreamTrack | null) {
    this.track = track;
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  setStreams(...streams: MediaStream[]): void {
    this.streams = streams;
  }

  getParameters(): object {
    return structuredClone(this.#parameters);
  }

  setParameters(parameters: object): Promise<void> {
    this.#parameters = structuredClone(parameters);
    return Promise.resolve();
  }

  getStats(): Promise<RTCStatsReport> {
    return Promise.resolve(this.stats);
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  #direction: RTCRtpTransceiverDirection;
  currentDirection: RTCRtpTransceiverDirection | 'stopped' | null = null;
  stopping = false;
  /** Whether media comes: a frame or a packet for each look at the statistics. */
  arrives = (): boolean => false;
  #arrived = 0;
  readonly sender: FakeSender;
  readonly receiver;

  constructor(
    readonly kind: string,
    track: MediaStreamTrack | null,
    direction: RTCRtpTransceiverDirection,
  ) {
    this.#direction = direction;
    this.sender = new FakeSender(track);
    const received = new FakeMediaStreamTrack({ kind: kind === 'audio' ? 'audio' : 'video' });
    this.receiver = {
      track: received,
      getStats: () => Promise.resolve(this.#received()),
      /** Set in tests: what has arrived last, and how loud it was. */
      sources: [] as { timestamp: number; audioLevel?: number }[],
      getSynchronizationSources() {
        return this.sources;
      },
    };
  }

  get direction(): RTCRtpTransceiverDirection {
    return this.stopping ? 'stopped' : this.#direction;
  }

  /** W3C WebRTC §5.4: not any more once it is stopped. */
  set direction(direction: RTCRtpTransceiverDirection) {
    if (this.stopping) throw new DOMException('stopped', 'InvalidStateError');
    this.#direction = direction;
  }

  #received(): RTCStatsReport {
    if (this.currentDirection === 'recvonly' && this.arrives()) this.#arrived += 1;
    const counters = { packetsReceived: this.#arrived, framesDecoded: this.#arrived };
    return new Map([
      ['in', { id: 'in', type: 'inbound-rtp', codecId: 'codec', kind: this.kind, ...counters }],
    ]);
  }

  stop(): void {
    this.stopping = true;
    this.receiver.track.end();
  }

  /** Ended for good on both sides. */
  end(): void {
    this.stop();
    this.currentDirection = 'stopped';
  }
}

type Listener = (event: never) => void;

/** Where fake connections find each other. Cut, nothing connects and what is connected is not any more. */
export class FakeNetwork {
  readonly connections = new Map<string, FakePeerConnection>();
  /** False: what is connected carries nothing. */
  flows = true;
  #cut = false;
  #ids = 0;

  get open(): FakePeerConnection[] {
    return [...this.connections.values()].filter(({ connectionState }) => connectionState !== 'closed');
  }

  get isCut(): boolean {
    return this.#cut;
  }

  readonly create = (configuration: RTCConfiguration): PeerConnectionLike => {
    const connection = new FakePeerConnection(this, `pc-${String(++this.#ids)}`, configuration);
    this.connections.set(connection.id, connection);
    return connection as unknown as PeerConnectionLike;
  };

  cut(state: 'disconnected' | 'failed' = 'disconnected'): void {
    this.#cut = true;
    for (const connection of this.open)
      if (connection.connectionState === 'connected') connection.setState(state);
  }

  mend(): void {
    this.#cut = false;
  }
}

export class FakePeerConnection {
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  readonly candidates: unknown[] = [];
  sctp = { maxMessageSize: 262_144 };
  /** By id: only negotiated ones. */
  readonly channels = new Map<number, FakeDataChannel>();
  restarts = 0;
  /** What statistics tell. */
  stats: RTCStatsReport = new Map();
  readonly #transceivers: FakeTransceiver[] = [];
  readonly #listeners: { type: string; listener: Listener }[] = [];
  #stable: { local: RTCSessionDescriptionInit | null; remote: RTCSessionDescriptionInit | null } = {
    local: null,
    remote: null,
  };
  #mids = 0;
  #peer: Sdp | undefined;

  constructor(
    readonly network: FakeNetwork,
    readonly id: string,
    private configuration: RTCConfiguration,
  ) {}

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  addTransceiver(what: MediaStreamTrack | string, init: RTCRtpTransceiverInit = {}): FakeTransceiver {
    const track = typeof what === 'string' ? null : what;
    const kind = typeof what === 'string' ? what : what.kind;
    return this.#add(new FakeTransceiver(kind, track, init.direction ?? 'sendrecv'));
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers.filter(({ currentDirection }) => currentDirection !== 'stopped');
  }

  createDataChannel(label: string, init: RTCDataChannelInit): FakeDataChannel {
    const { id = 0 } = init;
    const channel = new FakeDataChannel(label, init, (text) => {
      queueMicrotask(() => {
        if (this.connectionState === 'connected') this.#other?.channels.get(id)?.receive(text);
      });
    });
    this.channels.set(id, channel);
    return channel;
  }

  restartIce(): void {
    this.restarts += 1;
  }

  createOffer(): Promise<RTCSessionDescriptionInit> {
    return Promise.resolve({ type: 'offer', sdp: '' });
  }

  createAnswer(): Promise<RTCSessionDescriptionInit> {
    return Promise.resolve({ type: 'answer', sdp: '' });
  }

  /** What is set is always what it makes itself. */
  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    this.#assertOpen();
    if (this.signalingState === 'have-remote-offer') this.#answer();
    else this.#offer();
    // Gathering begins.
    const candidate = { candidate: `candidate of ${this.id}`, sdpMid: '0' };
    queueMicrotask(() => {
      this.#emit('icecandidate', { candidate: { toJSON: () => candidate } });
      this.#emit('icecandidate', { candidate: null });
    });
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve();
    this.#assertOpen();
    const sdp = JSON.parse(description.sdp ?? '') as Sdp;
    if (description.type === 'offer') {
      if (this.signalingState === 'have-local-offer') this.#rollback();
      this.#onOffer(sdp);
      this.remoteDescription = description;
      this.signalingState = 'have-remote-offer';
    } else {
      if (this.signalingState !== 'have-local-offer')
        throw new DOMException('no offer to answer', 'InvalidStateError');
      this.remoteDescription = description;
      this.#settle(sdp);
    }
  }

  addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription)
      return Promise.reject(new DOMException('no description yet', 'InvalidStateError'));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  getStats(): Promise<RTCStatsReport> {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.connectionState = 'closed';
    this.signalingState = 'closed';
    for (const transceiver of this.#transceivers) transceiver.end();
    for (const channel of this.channels.values()) channel.close();
    this.#listeners.length = 0;
  }

  setState(state: RTCPeerConnectionState): void {
    if (state === this.connectionState || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.#emit('connectionstatechange', undefined);
    if (state === 'connected') for (const channel of this.channels.values()) channel.open();
  }

  /** As when offer and answer have met: connected, if both mean each other and there is a way. */
  meet(): void {
    const other = this.#other;
    if (!other || other.#peer?.connection !== this.id) {
      this.setState('connecting');
      return;
    }
    for (const each of [this, other]) each.setState('connecting');
    if (this.network.isCut) return;
    for (const each of [this, other]) each.setState('connected');
  }

  get #other(): FakePeerConnection | undefined {
    return this.network.connections.get(this.#peer?.connection ?? '');
  }

  #offer(): void {
    for (const transceiver of this.#transceivers) transceiver.mid ??= `${this.id}/${String(this.#mids++)}`;
    this.localDescription = this.#describe('offer', this.#transceivers);
    this.signalingState = 'have-local-offer';
  }

  #answer(): void {
    this.localDescription = this.#describe('answer', this.#transceivers);
    this.#settle(JSON.parse(this.remoteDescription?.sdp ?? '') as Sdp);
  }

  #describe(type: 'offer' | 'answer', transceivers: readonly FakeTransceiver[]): RTCSessionDescriptionInit {
    const sections = transceivers
      .filter(({ mid }) => mid !== null)
      .map(({ mid, kind, direction }): Section => ({ mid: String(mid), kind, direction }));
    const sdp: Sdp = { connection: this.id, generation: this.restarts, sections };
    return { type, sdp: JSON.stringify(sdp) };
  }

  #onOffer({ sections }: Sdp): void {
    for (const { mid, kind, direction } of sections) {
      const known = this.#transceivers.find((each) => each.mid === mid);
      if (direction === 'stopped') known?.stop();
      if (known) continue;
      this.#add(new FakeTransceiver(kind, null, 'recvonly')).mid = mid;
    }
  }

  #settle(remote: Sdp): void {
    const restarted = this.#peer !== undefined && remote.generation !== this.#peer.generation;
    this.#peer = remote;
    for (const { mid, direction } of remote.sections) {
      const transceiver = this.#transceivers.find((each) => each.mid === mid);
      if (!transceiver) continue;
      if (direction === 'stopped' || transceiver.stopping) transceiver.end();
      else transceiver.currentDirection = agreed(transceiver.direction, direction);
    }
    this.signalingState = 'stable';
    this.#stable = { local: this.localDescription, remote: this.remoteDescription };
    if (this.connectionState !== 'connected' || restarted) this.meet();
  }

  #add(transceiver: FakeTransceiver): FakeTransceiver {
    transceiver.arrives = () => this.connectionState === 'connected' && this.network.flows;
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #rollback(): void {
    this.localDescription = this.#stable.local;
    this.remoteDescription = this.#stable.remote;
    this.signalingState = 'stable';
  }

  #assertOpen(): void {
    if (this.connectionState === 'closed') throw new DOMException('closed', 'InvalidStateError');
  }

  #emit(type: string, event: unknown): void {
    for (const each of [...this.#listeners]) if (each.type === type) each.listener(event as never);
  }
}
