import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import {
  AppData,
  DisplayName,
  MediaKind,
  ObjectId,
  PeerId,
  RoomId,
  WantedTopology,
  type HoldReason,
  type IceServer,
  type PeerInfo,
  type PeerLeftReason,
  type ProducerInfo,
  type RoomClosedReason,
  type SpeakerInfo,
  type Topology,
  type TopologyReason,
} from './model.js';
import {
  DtlsParameters,
  RtpCapabilities,
  RtpParameters,
  type ConsumerType,
  type IceParameters,
  type TransportInfo,
} from './rtp.js';
import { AddressedSignal, type Signal } from './signal.js';

/**
 * The native protocol: protoo v4 framing (protoo.versatica.com) with the method names of
 * `mediasoup-protoo.en.md`. One JSON object a WebSocket text message, subprotocol `protoo`.
 */
export const PROTOO_SUBPROTOCOL = 'protoo';

/** The largest message either side may send, bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/* Framing */

const requestId = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const ProtooRequest = z.object({
  request: z.literal(true),
  id: requestId,
  method: z.string().min(1).max(64),
  data: z.unknown().optional(),
});
export type ProtooRequest = z.infer<typeof ProtooRequest>;

export interface ProtooSuccess {
  response: true;
  id: number;
  ok: true;
  data: unknown;
}

/** `errorCode` is the HTTP status (what protoo clients show as `error.code`), `code` is Parlor's stable string. */
export interface ProtooFailure {
  response: true;
  id: number;
  ok: false;
  errorCode: number;
  errorReason: string;
  code: ErrorCode;
}

export interface ProtooNotification {
  notification: true;
  method: string;
  data: { seq: number };
}

/* Requests of the client */

const consumerIds = z
  .union([z.object({ consumerId: ObjectId }), z.object({ consumerIds: z.array(ObjectId).min(1).max(512) })])
  .transform((data) => ('consumerIds' in data ? data.consumerIds : [data.consumerId]));

/** The answer is to name ICE servers: credentials for TURN that came with an earlier answer may have expired. */
const wantsIceServers = z.boolean().optional();
const pathNumber = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const byProducer = z.object({ producerId: ObjectId });
const nothing = z.unknown().transform(() => ({}));

/** Schema of the data of each request. */
export const ProtooRequests = {
  joinRoom: z.object({
    roomId: RoomId,
    peerId: PeerId,
    displayName: DisplayName.optional(),
    rtpCapabilities: RtpCapabilities.optional(),
    /**
     * How the client carries media. `sfu`, `p2p`: must be the room's, and a room that this join opens is of that kind.
     * `auto`: either, as the server decides, now and later (implies `paths`).
     */
    topology: WantedTopology.optional(),
    /** The client follows when media of the room takes another path (`topologyChanged`). */
    paths: z.boolean().optional(),
    /**
     * The client takes consumers that it has not asked for (`newConsumer`): where the room forwards only some of what is
     * published, none is made of the rest. To other clients all are made, and those that are held send nothing.
     */
    lazy: z.boolean().optional(),
    /** The client sends of its video no more than `producerDemand` asks for. */
    dynacast: z.boolean().optional(),
    /** Transports to make at once, so that joining costs one round trip. */
    transports: z
      .array(z.enum(['send', 'recv']))
      .max(2)
      .optional(),
    /**
     * From an earlier `joinRoom` of the same peer: takes the place of a session that is still there (a client that follows
     * paths goes on as the same peer then), and proves whose publications `formerId` speaks of.
     */
    resumeToken: z.string().max(4096).optional(),
    /** The client comes back with `resumeSession` when its connection breaks: until then it is still in the room. */
    resumable: z.boolean().optional(),
  }),
  /** On a new connection, instead of `joinRoom`: takes up the session where the lost connection left it. */
  resumeSession: z.object({
    resumeToken: z.string().max(4096),
    /** Of the last notification that arrived: those after it follow the answer. */
    seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  createWebRtcTransport: z
    .object({
      direction: z.enum(['send', 'recv']).optional(),
      producing: z.boolean().optional(),
      consuming: z.boolean().optional(),
      iceServers: wantsIceServers,
    })
    .transform((data, context) => {
      const { iceServers } = data;
      const direction = data.direction ?? (data.producing ? 'send' : data.consuming ? 'recv' : undefined);
      if (direction) return { direction, iceServers };
      context.addIssue({ code: 'custom', message: 'direction must be "send" or "recv"' });
      return z.NEVER;
    }),
  connectWebRtcTransport: z.object({ transportId: ObjectId, dtlsParameters: DtlsParameters }),
  restartIce: z.object({ transportId: ObjectId, iceServers: wantsIceServers }),
  getTransportStats: z.object({ transportId: ObjectId }),
  closeTransport: z.object({ transportId: ObjectId }),
  /** Those of the join may have expired; for connections from browser to browser. */
  getIceServers: nothing,
  produce: z.object({
    transportId: ObjectId.optional(),
    kind: MediaKind,
    /**
     * Needed where the server carries the media; absent in a P2P room, where it only announces, and of what is `paused` and
     * has nothing to send yet, by a client that follows paths: `producerId` brings its media later.
     */
    rtpParameters: RtpParameters.optional(),
    /** Of an own publication that goes on by this transport from now on, with its id and its paused state. */
    producerId: ObjectId.optional(),
    /**
     * The id that a publication had in an earlier session of this peer: it goes on, or has the same again, where the
     * `resumeToken` of `joinRoom` was good for that; else it is new.
     */
    formerId: ObjectId.optional(),
    appData: AppData.optional(),
    paused: z.boolean().optional(),
  }),
  consume: z.object({ producerId: ObjectId, rtpCapabilities: RtpCapabilities.optional() }),
  subscribe: z.object({
    producerIds: z.array(ObjectId).max(512),
    /**
     * Receive whatever is published from now on as well: each `newProducer` brings its `consumer` along. False ends
     * that.
     */
    follow: z.boolean().optional(),
    /** Needed once a session: remembered after `joinRoom`, `consume` or `subscribe` has given them. */
    rtpCapabilities: RtpCapabilities.optional(),
  }),
  pause: consumerIds,
  resume: consumerIds,
  closeConsumer: consumerIds,
  pauseProducer: byProducer,
  resumeProducer: byProducer,
  closeProducer: byProducer,
  setPreferredLayers: z.object({
    consumerId: ObjectId,
    spatialLayer: z.number().int().min(0).max(8),
    temporalLayer: z.number().int().min(0).max(8).optional(),
  }),
  requestKeyFrame: z.object({ consumerId: ObjectId }),
  /** What the client wants of what the room forwards, from now on; replaces what it asked for before. */
  setForwarding: z.object({
    /** At most so many videos, screens aside; the room may allow fewer. Absent: as the room. */
    lastN: z.number().int().min(0).max(10_000).optional(),
    /** These before those of who speaks, the most wanted first. Absent: none. */
    pinned: z.array(ObjectId).max(64).optional(),
  }),
  sendMessage: z.object({
    /** Peer ids; absent: everyone else in the room. */
    to: z.union([PeerId, z.array(PeerId).min(1).max(512)]).optional(),
    topic: z.string().max(128),
    payload: z.unknown(),
  }),
  /** To one peer, so that both connect directly. */
  signal: AddressedSignal,
  /** After `topologyChanged`: what is needed to send and receive by the path it named. */
  openPath: z.object({
    path: pathNumber,
    /** Taken where the path leads over the server. */
    transports: z
      .array(z.enum(['send', 'recv']))
      .max(2)
      .optional(),
    rtpCapabilities: RtpCapabilities.optional(),
    /** As in `joinRoom`. */
    dynacast: z.boolean().optional(),
  }),
  /** Everything that the client receives and publishes is on this path now: the former is not needed any more. */
  pathReady: z.object({ path: pathNumber }),
  /** The path does not work for this client; `peerId`: towards this peer. The server decides what follows. */
  pathFailed: z.object({ path: pathNumber, code: z.string().min(1).max(64), peerId: PeerId.optional() }),
  /** How media of the room is to travel from now on; for moderators. */
  setTopology: z.object({ topology: WantedTopology }),
  /** Liveness probe for browsers, which cannot see WebSocket pings (RFC 6455 §5.5.2). */
  ping: nothing,
  leave: nothing,
} as const satisfies Record<string, z.ZodType>;

export type ProtooMethod = keyof typeof ProtooRequests;

/** Schema of the data of each notification that a client may send: what wants no answer. Others are ignored. */
export const ProtooClientNotifications = {
  /** As the request; consumers that are gone are passed over. */
  resume: consumerIds,
  /** As the request; a target that has left is told by the notification `error`. */
  signal: AddressedSignal,
} as const satisfies Record<string, z.ZodType>;
export type ProtooClientNotification = keyof typeof ProtooClientNotifications;
/** The same after validation on the server. */
export type ProtooClientNotificationParsed<M extends ProtooClientNotification> = z.output<
  (typeof ProtooClientNotifications)[M]
>;
/** What a client sends. */
export type ProtooRequestData<M extends ProtooMethod> = z.input<(typeof ProtooRequests)[M]>;
/** The same after validation on the server. */
export type ProtooRequestParsed<M extends ProtooMethod> = z.output<(typeof ProtooRequests)[M]>;

export interface ConsumerInfo {
  id: string;
  consumerId: string;
  producerId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  type: ConsumerType;
  /** The consumer itself is paused: nothing flows until `resume`. */
  paused: boolean;
  /** The producer is paused by its owner. */
  producerPaused: boolean;
  /** The room does not forward it now: `consumerResumed` with this reason follows when it does. */
  held?: HoldReason;
}

type Empty = Record<string, never>;

/** Where the request asks for them. */
interface WithIceServers {
  iceServers?: IceServer[];
}

/** The answer to each request. */
export interface ProtooAnswers {
  joinRoom: {
    roomId: string;
    peerId: string;
    displayName: string;
    /** Only where the right is missing: the client may not send messages. */
    data?: false;
    rtpCapabilities: RtpCapabilities;
    /** Everyone else, in the order in which they joined. */
    peers: PeerInfo[];
    producers: ProducerInfo[];
    iceServers: IceServer[];
    topology: Topology;
    /** To clients that follow paths: counts those of the room so far; `topologyChanged` names the next. */
    path?: number;
    /** To clients that follow paths: the server changes the topology as it suits the room. */
    auto?: boolean;
    transports?: { send?: TransportInfo; recv?: TransportInfo };
    /** For `resumeSession`, and for a later `joinRoom` of the same peer. */
    resumeToken: string;
    /**
     * Milliseconds. To a client that comes back to a room which is formed anew, as after a restart of the server: so long
     * may it take until the others are back as well, and their publications.
     */
    reforming?: number;
  };
  /** `heard`: how many notifications of the client arrived, so that it can say the others again. */
  resumeSession: { heard: number };
  createWebRtcTransport: TransportInfo & WithIceServers;
  connectWebRtcTransport: Empty;
  restartIce: { iceParameters: IceParameters } & WithIceServers;
  /** What went over it so far, bytes: all of it, and media alone (RTP without RTCP and retransmissions). */
  getTransportStats: {
    bytesReceived: number;
    bytesSent: number;
    rtpBytesReceived: number;
    rtpBytesSent: number;
  };
  closeTransport: Empty;
  getIceServers: { iceServers: IceServer[] };
  produce: { id: string; producerId: string };
  consume: ConsumerInfo;
  subscribe: {
    consumers: ConsumerInfo[];
    /**
     * `PRODUCER_PENDING`: it has not failed, `producerMoved` follows; or, with `held`, to `lazy` clients, `newConsumer`
     * when it is forwarded.
     */
    failed: { producerId: string; code: ErrorCode; held?: HoldReason }[];
  };
  pause: Empty;
  resume: Empty;
  closeConsumer: Empty;
  pauseProducer: Empty;
  resumeProducer: Empty;
  closeProducer: Empty;
  setPreferredLayers: Empty;
  requestKeyFrame: Empty;
  setForwarding: Empty;
  sendMessage: Empty;
  signal: Empty;
  openPath: Pick<
    ProtooAnswers['joinRoom'],
    'topology' | 'rtpCapabilities' | 'iceServers' | 'peers' | 'producers' | 'transports'
  > & { path: number };
  pathReady: Empty;
  pathFailed: Empty;
  setTopology: Empty;
  ping: Empty;
  leave: Empty;
}

/* Notifications of the server. The data of each also carries `seq`, counted from 1 per session. */

export interface ProtooNotifications {
  /** `data` as in `PeerInfo`. */
  peerJoined: { peerId: string; displayName: string; data?: false };
  peerLeft: { peerId: string; reason: PeerLeftReason };
  /**
   * To clients that follow paths: the peer has joined anew without having left, and its publications go on under their ids.
   * Connections of before to its browser are of no use any more.
   */
  peerReturned: { peerId: string };
  newProducer: {
    producerId: string;
    kind: MediaKind;
    peerId: string;
    appData: AppData;
    paused: boolean;
    pending?: true;
    /**
     * To those who follow the room. It runs, or waits for `resume` (`paused`). Absent when none could be made:
     * `subscribe` tells why.
     */
    consumer?: ConsumerInfo;
    /** To `lazy` clients: why there is no consumer as yet; `newConsumer` follows when it is forwarded. */
    held?: HoldReason;
  };
  producerClosed: { producerId: string; peerId: string };
  /**
   * To clients that follow paths: a publication that is known has reached the server by another transport. With a
   * consumer, or why there is none as yet, as `newProducer`.
   */
  producerMoved: { producerId: string; peerId: string; consumer?: ConsumerInfo; held?: HoldReason };
  /** To `lazy` clients: what was held is forwarded from now on. It waits for `resume` where it is `paused`. */
  newConsumer: { consumer: ConsumerInfo };
  /**
   * To those who do not consume the producer (they get `consumerPaused`/`consumerResumed` instead), and to its
   * owner when somebody else did it.
   */
  producerPaused: { producerId: string; peerId: string };
  producerResumed: { producerId: string; peerId: string };
  /** To the owner: the quality that the server receives, 0 to 10 per encoding. */
  producerScore: { producerId: string; scores: { ssrc: number; rid?: string; score: number }[] };
  /**
   * To an owner that takes it (`dynacast`): nobody wants more than this spatial layer of its video, counted from 0; absent:
   * nobody wants any. Until something is said, all of it is to be sent, also when it goes on by another transport.
   */
  producerDemand: { producerId: string; spatialLayer?: number };
  /** Without `reason`: by its publisher. With: by the room, which to `lazy` clients is another matter. */
  consumerPaused: { consumerId: string; producerId: string; reason?: HoldReason };
  consumerResumed: { consumerId: string; producerId: string; reason?: HoldReason };
  /** `held`, to `lazy` clients: to save a media section; `newConsumer` follows when it is forwarded. */
  consumerClosed: { consumerId: string; producerId: string; held?: HoldReason };
  consumerScore: { consumerId: string; score: number; producerScore: number };
  /** Absent layers: nothing is being forwarded. */
  consumerLayersChanged: { consumerId: string; spatialLayer?: number; temporalLayer?: number };
  /** Without `from`: from the host application. */
  message: { from?: string; topic: string; payload: unknown };
  /** As `signal` of the peer `from`. */
  signal: { from: string } & Signal;
  activeSpeakers: { speakers: SpeakerInfo[] };
  transportClosed: { transportId: string };
  /**
   * Media of the room travels another way from now on. A `path` that is new is opened with `openPath`, while the former
   * goes on until `pathSettled`; the former one's number again calls the change off.
   */
  topologyChanged: { topology: Topology; reason: TopologyReason; path: number };
  /** Everybody is on this path: former ones are to be closed. */
  pathSettled: { path: number };
  /**
   * The server is going to end: nothing is lost yet, and joining again is worth it then. `after`: milliseconds until
   * then. `url`: another server, for clients that can move to it.
   */
  serverRestarting: { after?: number; url?: string };
  roomClosed: { reason: RoomClosedReason };
  /** A message of the client was refused and had no id to answer to. */
  error: { code: ErrorCode; message: string };
}

export type ProtooNotificationMethod = keyof ProtooNotifications;
