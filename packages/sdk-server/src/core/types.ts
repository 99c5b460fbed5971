import type {
  AppData,
  ConsumerType,
  DtlsParameters,
  ErrorCode,
  HoldReason,
  IceParameters,
  IceServer,
  MediaKind,
  PeerInfo,
  PeerLeftReason,
  ProducerInfo,
  RoomClosedReason,
  RtpCapabilities,
  RtpParameters,
  Signal,
  SpeakerInfo,
  Topology,
  TopologyReason,
  TransportInfo,
  UsageRecord,
  WantedTopology,
} from '@parlor/protocol';
import type { EventSource } from '../events.js';
import type { PeerLink } from './ports.js';

/**
 * The public abstractions. Types only, so that applications can mock them and the classes behind may change.
 * Methods that can fail reject with a `ParlorError`; the codes stand at each method.
 */

/** What a peer may do. */
export interface Grants {
  /** Open a room that does not exist yet. */
  create: boolean;
  /** Sources that may be published: `audio` covers microphones, `video` cameras, `screen` both screen sources. */
  publish: readonly ('audio' | 'video' | 'screen')[];
  subscribe: boolean;
  /** Send messages. */
  data: boolean;
  /** Reserved for moderators. */
  moderate: boolean;
}

/** One plain, serializable picture of a room: what a joiner gets and what a later state is compared with. */
export interface RoomSnapshot {
  roomId: string;
  topology: Topology;
  peers: PeerInfo[];
  producers: ProducerInfo[];
}

export interface RoomMessage {
  /** The sender's peer id; undefined: the host application. */
  from: string | undefined;
  /** Peer ids; undefined: everyone. */
  to: readonly string[] | undefined;
  topic: string;
  payload: unknown;
}

export interface RoomEvents {
  peerJoined: [peer: Peer];
  peerLeft: [peer: Peer, reason: PeerLeftReason];
  /** It is over for the peer, also because the room was closed. */
  peerClosed: [peer: Peer, reason: PeerLeftReason];
  transportCreated: [transport: Transport, peer: Peer];
  producerAdded: [producer: Producer];
  producerPaused: [producer: Producer];
  producerResumed: [producer: Producer];
  producerClosed: [producer: Producer];
  message: [message: RoomMessage];
  activeSpeakers: [speakers: SpeakerInfo[]];
  topologyChanged: [topology: Topology, reason: TopologyReason];
  closed: [reason: RoomClosedReason];
}

export interface Place {
  /** In the words of `TurnServer.region`. */
  region?: string | undefined;
  /** IP address. */
  address?: string | undefined;
}

export interface JoinOptions {
  peerId: string;
  displayName?: string;
  /** The user behind the peer (the token's `sub`); one user may be several peers. */
  userId?: string;
  /** Where the client is: the best TURN servers for it follow from that. */
  place?: Place;
  grants?: Partial<Grants>;
  /** Receives everything that the room has to tell this peer. Absent: a silent peer of the host application. */
  link?: PeerLink;
  /**
   * From an earlier join of this peer: takes the place of the session that is still there, and is its token from now on.
   */
  resumeToken?: string;
  /**
   * How the client carries media; `auto`: either way, and it changes over live. Absent: it takes what the room has, and
   * needs the server where that is still open.
   */
  topology?: WantedTopology;
  /** The client changes over when media of the room takes another path; `auto` implies it. Default false. */
  paths?: boolean;
  /**
   * What a room that this join opens shall be, where it does not matter what one is that is there, nor what it becomes:
   * while only such peers are in a P2P room that was opened so, it moves to the server for the first who needs that.
   */
  preferredTopology?: Topology;
  /** The peer has a transport for each other one, as in a mesh: it may have as many. */
  transportPerPeer?: boolean;
}

/** Audio, video and data between the peers that joined it. */
export interface Room extends EventSource<RoomEvents> {
  readonly id: string;
  /** `sfu`: media goes through the server. `p2p`: from browser to browser; the server announces and relays. It may change. */
  readonly topology: Topology;
  /** Which way media travels, counted from 1 for as long as there is the room. */
  readonly path: number;
  /** Nobody has said how media is to travel: it changes as it suits the room. */
  readonly auto: boolean;
  readonly closed: boolean;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly producers: ReadonlyMap<string, Producer>;
  /** What media travels with now: no codecs while it goes from browser to browser. */
  readonly rtpCapabilities: RtpCapabilities;
  readonly snapshot: RoomSnapshot;
  /** What media can travel with once it goes through the server, where it may. @throws MEDIA_UNAVAILABLE */
  serverCapabilities(): Promise<RtpCapabilities>;
  /**
   * Adds a peer.
   * @throws ROOM_CLOSED, JOIN_REFUSED (a hook said no), PEER_REMOVED (the user was removed from this room before),
   * PEER_ID_TAKEN, ALREADY_JOINED (`onDuplicate: 'reject'`), LIMIT_REACHED, TOPOLOGY_MISMATCH, FORBIDDEN (a P2P room
   * cannot keep media from a peer without `subscribe`)
   */
  join(options: JoinOptions): Promise<Peer>;
  /** Lets a user who was removed (a peer, if it came without a user id) come back. */
  readmit(userOrPeerId: string): void;
  /** Sends a message from the host application, to everyone or to the peers named. */
  sendMessage(topic: string, payload: unknown, to?: readonly string[]): void;
  /**
   * Makes media travel so from now on; clients change over live. `auto`: as it suits the room.
   * @throws TOPOLOGY_MISMATCH (somebody's client can do it only the other way), MEDIA_UNAVAILABLE
   */
  setTopology(topology: WantedTopology): Promise<void>;
  /** Ends the room for everybody; idempotent. */
  close(reason?: RoomClosedReason): void;
}

export interface PeerEvents {
  transportCreated: [transport: Transport];
  closed: [reason: PeerLeftReason];
}

/** One connection of one user to a room. */
export interface Peer extends EventSource<PeerEvents> {
  readonly id: string;
  readonly room: Room;
  readonly displayName: string;
  readonly userId: string | undefined;
  readonly grants: Grants;
  /** The dialect through which the peer came; `host` for a peer of the host application. */
  readonly dialect: string;
  readonly closed: boolean;
  /** Proves to a later `join` that it is the same client. */
  readonly resumeToken: string;
  readonly transports: ReadonlyMap<string, Transport>;
  readonly producers: ReadonlyMap<string, Producer>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  /** ICE servers for this peer; TURN credentials in it expire. */
  iceServers(): Promise<IceServer[]>;
  /**
   * @throws LIMIT_REACHED, MEDIA_UNAVAILABLE, TOPOLOGY_MISMATCH (the room is peer to peer), BAD_REQUEST (payload types for
   * a transport that sends)
   */
  createTransport(options: TransportOptions): Promise<Transport>;
  /**
   * Publishes media on a send transport (the peer's only one where `transportId` is absent). In a P2P room, without
   * `transportId` and `rtpParameters`: announces what the peer sends to the others by itself.
   * @throws PUBLISH_REFUSED, TRANSPORT_NOT_FOUND, UNSUPPORTED_MEDIA, LIMIT_REACHED, TOPOLOGY_MISMATCH, BAD_REQUEST
   */
  produce(options: ProduceOptions): Promise<Producer>;
  /**
   * Receives producers on the peer's receive transport; one result per producer, in their order. Those of video
   * that flows already start paused once the transport is connected: the client resumes them when it is ready for
   * the key frame.
   * @throws FORBIDDEN, TRANSPORT_NOT_FOUND, BAD_REQUEST (no rtpCapabilities yet), LIMIT_REACHED, TOPOLOGY_MISMATCH
   */
  subscribe(producerIds: readonly string[], options?: SubscribeOptions): Promise<SubscribeResult[]>;
  /** Replaces what it asked for before. Costs nothing where it changes nothing. */
  setForwarding(wish: ForwardingWish): void;
  /**
   * Sends a message to everyone else, or to the peers named.
   * @throws FORBIDDEN, PEER_NOT_FOUND
   */
  sendMessage(topic: string, payload: unknown, to?: readonly string[]): void;
  /**
   * Passes a session description or an ICE candidate to one other peer.
   * @throws PEER_NOT_FOUND
   */
  signal(to: string, signal: Signal): void;
  /**
   * Removes the peer from the room (host application's decision) and keeps its user out until `room.readmit()`;
   * idempotent.
   */
  remove(message?: string): void;
  /** The peer leaves of its own accord, or its connection was lost; idempotent. */
  leave(reason?: 'left' | 'disconnected'): void;
}

/** As the client sees it; `both`: one RTCPeerConnection that sends and receives. */
export type TransportDirection = 'send' | 'recv' | 'both';

/**
 * Of the room's RTP payload types (those in `rtpCapabilities`, retransmission included) the ones that a client can
 * receive, each with the number that the client knows it by.
 */
export type PayloadTypes = ReadonlyMap<number, number>;

export interface TransportOptions {
  direction: TransportDirection;
  /**
   * For a client that fixes the payload types by itself, because it offers once and takes no offer: what it receives on
   * this transport comes under its own. With direction `recv` only. Default: the room's.
   */
  payloadTypes?: PayloadTypes | undefined;
  /** The client may have data channels: see `Transport.openData`. Default false. */
  data?: boolean | undefined;
}

export interface ProduceOptions {
  /** Of the producer to be; one that nobody guesses. Default: chosen by what carries the media. */
  id?: string | undefined;
  transportId?: string | undefined;
  kind: MediaKind;
  rtpParameters?: RtpParameters | undefined;
  appData?: AppData | undefined;
  paused?: boolean | undefined;
}

export interface SubscribeOptions {
  /** What the client can receive; remembered by the peer. */
  rtpCapabilities?: RtpCapabilities | undefined;
  /** Start paused whatever the state of the transport. */
  paused?: boolean | undefined;
  /** From now on, receive whatever is published too (true), or what is asked for only (false). */
  follow?: boolean | undefined;
  /** Where to receive; default: the peer's only transport that can. */
  transportId?: string | undefined;
  /**
   * The media section (RFC 8843 §15) in which it is received, where the client's sections are known; for one producer at
   * a time. Default: counted per transport.
   */
  mid?: string | undefined;
}

export type SubscribeResult =
  | { producerId: string; consumer: Consumer }
  /** `held`: to a `lazy` peer: none is made before it is forwarded. */
  | { producerId: string; error: { code: ErrorCode; message: string; held?: HoldReason } };

/** What a peer wants of what its room forwards. */
export interface ForwardingWish {
  /** At most so many videos, screens aside; the room may allow fewer. Default: as the room. */
  lastN?: number | undefined;
  /** Producer ids, the most wanted first: these come before those of who speaks. Default: none. */
  pinned?: readonly string[] | undefined;
}

/** As RTCPeerConnectionState (W3C WebRTC §4.3.3), seen from the server. */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface TransportStats {
  /** All that arrived on the wire from the client, RTCP and retransmissions included, bytes. */
  bytesReceived: number;
  bytesSent: number;
  /** Media alone: RTP without RTCP and retransmissions, bytes. */
  rtpBytesReceived: number;
  rtpBytesSent: number;
  /** Estimated from the client's feedback, bits per second; undefined: the client gives none. */
  availableOutgoingBitrate?: number | undefined;
}

/** Figures of one RTP stream, between a client and the server. */
export interface StreamStats {
  ssrc: number;
  /** Which of the simulcast layers it is (RFC 8852); absent: it is the only one. */
  rid?: string;
  /** 0 (nothing arrives) to 10. */
  score: number;
  /** At the moment, bits per second. */
  bitrate: number;
  bytes: number;
  packets: number;
  /** Since the beginning (RFC 3550 §6.4.1). */
  packetsLost: number;
  /** Of the packets between the last two RTCP reports (RFC 3550 §6.4.1), 0 to 1. */
  fractionLost: number;
  /** Interarrival jitter (RFC 3550 §6.4.1), seconds. */
  jitter: number;
  /** Seconds; absent: the client has told nothing that it could be worked out from. */
  roundTripTime?: number;
}

export interface TransportEvents {
  /** Its end is certain, but it is still there: the last moment to ask for its `stats()`. */
  closing: [];
  closed: [];
  stateChanged: [state: TransportState];
}

/** One ICE and DTLS association between a peer and the server. */
export interface Transport extends EventSource<TransportEvents> {
  readonly id: string;
  readonly direction: TransportDirection;
  readonly info: TransportInfo;
  readonly state: TransportState;
  readonly closed: boolean;
  /** @throws ALREADY_CONNECTED, BAD_REQUEST */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  /** New ICE credentials (RFC 8445 §9). */
  restartIce(): Promise<IceParameters>;
  /** What went over it so far. @throws TRANSPORT_NOT_FOUND (it is closed) */
  stats(): Promise<TransportStats>;
  /**
   * What the client's data channels are made of. For a client that is known to have some, on a transport made with
   * `data`; the same for every call. @throws MEDIA_UNAVAILABLE
   */
  openData(): Promise<DataStreams>;
  close(): void;
}

/** One message on a stream of an SCTP association (RFC 8831 §6.6). */
export interface DataMessage {
  streamId: number;
  /** Payload protocol identifier (RFC 8831 §8): what `data` is. */
  ppid: number;
  data: Uint8Array;
}

export interface DataStreamsEvents {
  message: [message: DataMessage];
}

/** The numbered streams under data channels, both ways; of what a client sends only the first sixteen are heard. */
export interface DataStreams extends EventSource<DataStreamsEvents> {
  /**
   * Sends reliably and in order, whatever the client asked for its own direction.
   * @throws NOT_FOUND (the client has closed this channel), SLOW_RECEIVER, MEDIA_UNAVAILABLE
   */
  send(message: DataMessage): Promise<void>;
}

export interface ProducerEvents {
  /** The first of its media has arrived. */
  started: [];
  paused: [];
  resumed: [];
  score: [scores: ProducerScore[]];
  closed: [];
}

export interface ProducerScore {
  ssrc: number;
  rid?: string;
  /** 0 (nothing arrives) to 10. */
  score: number;
}

/** Media that a peer sends to the room. */
export interface Producer extends EventSource<ProducerEvents> {
  readonly id: string;
  readonly peer: Peer;
  readonly kind: MediaKind;
  readonly appData: AppData;
  readonly paused: boolean;
  /** Media of it has arrived at the server; a client may announce what it never sends. */
  readonly started: boolean;
  readonly closed: boolean;
  /** The room's media goes through the server, and this has not come there (again) yet. */
  readonly pending: boolean;
  /** False: its client was told that nobody receives it, and sends nothing until somebody does. */
  readonly watched: boolean;
  /** Stops the media for everybody, keeping the publication. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * What arrives of it, one entry per stream (a simulcast layer is one); empty: nothing has, or it goes from browser to
   * browser. @throws PRODUCER_NOT_FOUND (it is closed)
   */
  stats(): Promise<StreamStats[]>;
  close(): void;
}

export interface ConsumerEvents {
  paused: [];
  resumed: [];
  /** Whether it is to flow, or up to which layer, may have changed. */
  demandChanged: [];
  score: [score: { score: number; producerScore: number }];
  layersChanged: [layers: ConsumerLayers | undefined];
  closed: [];
}

export interface ConsumerLayers {
  spatialLayer: number;
  temporalLayer?: number | undefined;
}

/** What is sent of a consumer, and why. */
export interface Forwarding {
  active: boolean;
  /** `lastN`: too many videos are more wanted in the room. `notLoudest`: enough microphones are louder. */
  reason: 'active' | 'pausedByClient' | 'pausedByPublisher' | HoldReason;
  /** What was last asked for; absent: the highest. */
  preferredLayers?: ConsumerLayers;
  /** What is sent, where there are layers. */
  currentLayers?: ConsumerLayers;
  /** Of video, 1 to 255: what has less gives way first where the client's way down is narrow. Sound never does. */
  priority?: number;
}

/** Media of another peer that a peer receives. */
export interface Consumer extends EventSource<ConsumerEvents> {
  readonly id: string;
  readonly peer: Peer;
  readonly producer: Producer;
  readonly kind: MediaKind;
  readonly type: ConsumerType;
  /** As the client gets them; not to be changed. */
  readonly rtpParameters: RtpParameters;
  /** The client's own wish; what the room holds back by itself is in `forwarding`. */
  readonly paused: boolean;
  /** Why the room holds it back now, if it does. */
  readonly held: HoldReason | undefined;
  readonly forwarding: Forwarding;
  readonly closed: boolean;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The highest layers to forward, of those that the producer has; bandwidth may lower them. */
  setPreferredLayers(layers: ConsumerLayers): Promise<void>;
  requestKeyFrame(): Promise<void>;
  /** What is sent of it, and what the client reports of its arrival. @throws CONSUMER_NOT_FOUND (it is closed) */
  stats(): Promise<StreamStats>;
  close(): void;
}

export interface RoomsEvents {
  opened: [room: Room];
  closed: [room: Room, reason: RoomClosedReason];
}

/**
 * A user who is in the room joins again as another peer: both may be there, the new one takes the place of the old one,
 * or the new one is refused. Peers without a user id are nobody's duplicates.
 */
export type DuplicatePolicy = 'allow' | 'replace' | 'reject';

export interface OpenOptions {
  /** Keep the room when its last peer leaves; otherwise it closes then. Default false. */
  keepWhenEmpty?: boolean;
  /**
   * How media is carried; `auto`: as it suits the room, changed live. Default: what `createParlor` was told. A room that
   * is there already must be of it; one that is `auto` is as with `setTopology`.
   */
  topology?: WantedTopology;
  /** As in `JoinOptions`, for a room that this opens. */
  preferredTopology?: Topology;
  /** How many peers may be in it, where that is fewer than the server allows. */
  maxPeers?: number;
  /** As in `ParlorOptions`; default: what `createParlor` was told. */
  lastN?: number;
  /** As in `ParlorOptions`; default: what `createParlor` was told. */
  maxAudible?: number;
  /** Default: what `createParlor` was told. */
  onDuplicate?: DuplicatePolicy;
}

/** All rooms of this server. */
export interface Rooms extends EventSource<RoomsEvents>, Iterable<Room> {
  readonly size: number;
  get(roomId: string): Room | undefined;
  /**
   * The room with this id, opened if there is none.
   * @throws SERVER_CLOSING, LIMIT_REACHED, MEDIA_UNAVAILABLE, TOPOLOGY_MISMATCH
   */
  open(roomId: string, options?: OpenOptions): Promise<Room>;
}

/** Decisions of the host application. Throwing (or rejecting) refuses; the message is shown to the client. */
export interface Hooks {
  /** Before a peer is in the room: JOIN_REFUSED. */
  onJoin?(join: {
    room: Room;
    peerId: string;
    displayName: string;
    userId: string | undefined;
  }): void | Promise<void>;
  /** Before a user's devices ring: CALL_REFUSED. */
  onCall?(call: {
    from: { userId: string; displayName: string };
    /** The user id of who is called. */
    to: string;
    video: boolean;
  }): void | Promise<void>;
  /** Before a producer is made: PUBLISH_REFUSED. */
  onPublish?(publish: { peer: Peer; kind: MediaKind; appData: AppData }): void | Promise<void>;
  /** After a peer has left: what its stay was, for the books. Decides nothing. */
  onUsage?(record: UsageRecord): void | Promise<void>;
}

/** Bounds that keep one peer from costing everybody; all per room or per peer. */
export interface Limits {
  maxRooms: number;
  maxPeersPerRoom: number;
  maxTransportsPerPeer: number;
  maxProducersPerPeer: number;
  maxConsumersPerPeer: number;
}
