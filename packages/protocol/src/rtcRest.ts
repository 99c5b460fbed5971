import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import {
  AppData,
  DisplayName,
  IceServer,
  MediaKind,
  ObjectId,
  PeerInfo,
  ProducerInfo,
  RoomId,
  type PeerLeftReason,
} from './model.js';
import type { ProtooNotifications } from './protoo.js';
import {
  ConsumerType,
  DtlsParameters,
  IceCandidate,
  IceParameters,
  RtpCapabilities,
  RtpParameters,
} from './rtp.js';
import { UsageRecord } from './usage.js';

/**
 * Calls over plain HTTP, as `rtc-transport-connect.ja.md` has them: requests that do one thing each, and server-sent
 * events (WHATWG HTML §9.2) for what others do. The source specifies `connect`; the rest follows its style.
 */

interface RtcRoute {
  method: 'GET' | 'POST' | 'DELETE';
  /** Parameters in braces. */
  path: string;
  summary: string;
  body?: z.ZodType;
  answer: z.ZodType;
  /** What it refuses by, besides what every route may answer. */
  errors: readonly ErrorCode[];
}

/** Schemas of the parameters in paths. */
export const RtcPathParameters = {
  roomId: RoomId,
  transportId: ObjectId,
  consumerId: ObjectId,
  producerId: ObjectId,
} as const;

/** What a room looks like to one who is in it. */
const picture = {
  roomId: z.string(),
  peerId: z.string(),
  /** Everyone else. */
  peers: z.array(PeerInfo),
  /** What everyone else publishes. */
  producers: z.array(ProducerInfo),
};

const done = <const K extends string>(what: K) =>
  z.object({ [what]: z.literal(true) } as Record<K, z.ZodLiteral<true>>);

/** After `reset`, what the client has built on events counts no more: this does. */
export const RtcSnapshot = z
  .object({
    ...picture,
    /** What this user receives. */
    consumers: z.array(z.object({ id: z.string(), producerId: z.string(), paused: z.boolean() })),
  })
  .meta({ id: 'RtcSnapshot' });
export type RtcSnapshot = z.infer<typeof RtcSnapshot>;

export const RtcRoutes = {
  joinRoom: {
    method: 'POST',
    path: '/rtc/rooms/{roomId}/join',
    summary: 'Enter a room (RTC-01). A user is in one room at a time: this leaves another one.',
    body: z.object({ displayName: DisplayName.optional() }),
    answer: z.object({
      ...picture,
      rtpCapabilities: RtpCapabilities,
      iceServers: z.array(IceServer),
    }),
    errors: [
      'ROOM_NOT_FOUND',
      'JOIN_REFUSED',
      'PEER_REMOVED',
      'ALREADY_JOINED',
      'LIMIT_REACHED',
      'TOPOLOGY_MISMATCH',
      'MEDIA_UNAVAILABLE',
      'SERVER_CLOSING',
    ],
  },
  createTransport: {
    method: 'POST',
    path: '/rtc/transports',
    summary: 'Make a transport on which to send or to receive (RTC-02).',
    body: z.object({ direction: z.enum(['send', 'recv']) }),
    answer: z.object({
      id: z.string(),
      iceParameters: IceParameters,
      iceCandidates: z.array(IceCandidate),
      dtlsParameters: DtlsParameters,
      iceServers: z.array(IceServer),
    }),
    errors: ['ROOM_NOT_FOUND', 'LIMIT_REACHED', 'MEDIA_UNAVAILABLE'],
  },
  connectTransport: {
    method: 'POST',
    path: '/rtc/transports/{transportId}/connect',
    summary: "Hand in the client's DTLS parameters (RTC-03).",
    body: z.object({ dtlsParameters: DtlsParameters }),
    answer: done('connected'),
    errors: ['ROOM_NOT_FOUND', 'TRANSPORT_NOT_FOUND', 'ALREADY_CONNECTED'],
  },
  produce: {
    method: 'POST',
    path: '/rtc/transports/{transportId}/produce',
    summary: 'Publish audio or video (RTC-04).',
    body: z.object({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      appData: AppData.optional(),
      paused: z.boolean().optional(),
    }),
    answer: z.object({ id: z.string() }),
    errors: [
      'ROOM_NOT_FOUND',
      'TRANSPORT_NOT_FOUND',
      'FORBIDDEN',
      'PUBLISH_REFUSED',
      'UNSUPPORTED_MEDIA',
      'LIMIT_REACHED',
    ],
  },
  consume: {
    method: 'POST',
    path: '/rtc/transports/{transportId}/consume',
    summary:
      'Receive what somebody publishes (RTC-05). It starts paused: resume it when the client has set it up.',
    body: z.object({
      producerId: ObjectId,
      /** Needed once a join. */
      rtpCapabilities: RtpCapabilities.optional(),
    }),
    answer: z.object({
      id: z.string(),
      producerId: z.string(),
      kind: MediaKind,
      rtpParameters: RtpParameters,
      type: ConsumerType,
      paused: z.boolean(),
      producerPaused: z.boolean(),
    }),
    errors: [
      'ROOM_NOT_FOUND',
      'TRANSPORT_NOT_FOUND',
      'PRODUCER_NOT_FOUND',
      'FORBIDDEN',
      'CANNOT_CONSUME',
      'LIMIT_REACHED',
    ],
  },
  restartIce: {
    method: 'POST',
    path: '/rtc/transports/{transportId}/restart-ice',
    summary: 'New ICE credentials, after the network of the client has changed.',
    answer: z.object({ iceParameters: IceParameters }),
    errors: ['ROOM_NOT_FOUND', 'TRANSPORT_NOT_FOUND'],
  },
  closeTransport: {
    method: 'DELETE',
    path: '/rtc/transports/{transportId}',
    summary: 'Close a transport with all that is on it.',
    answer: done('closed'),
    errors: ['ROOM_NOT_FOUND', 'TRANSPORT_NOT_FOUND'],
  },
  resumeConsumer: {
    method: 'POST',
    path: '/rtc/consumers/{consumerId}/resume',
    summary: 'Let media of a consumer flow.',
    answer: done('resumed'),
    errors: ['ROOM_NOT_FOUND', 'CONSUMER_NOT_FOUND'],
  },
  pauseConsumer: {
    method: 'POST',
    path: '/rtc/consumers/{consumerId}/pause',
    summary: 'Hold media of a consumer back.',
    answer: done('paused'),
    errors: ['ROOM_NOT_FOUND', 'CONSUMER_NOT_FOUND'],
  },
  closeConsumer: {
    method: 'DELETE',
    path: '/rtc/consumers/{consumerId}',
    summary: 'Stop receiving.',
    answer: done('closed'),
    errors: ['ROOM_NOT_FOUND', 'CONSUMER_NOT_FOUND'],
  },
  resumeProducer: {
    method: 'POST',
    path: '/rtc/producers/{producerId}/resume',
    summary: 'Unmute what one publishes.',
    answer: done('resumed'),
    errors: ['ROOM_NOT_FOUND', 'PRODUCER_NOT_FOUND'],
  },
  pauseProducer: {
    method: 'POST',
    path: '/rtc/producers/{producerId}/pause',
    summary: 'Mute what one publishes.',
    answer: done('paused'),
    errors: ['ROOM_NOT_FOUND', 'PRODUCER_NOT_FOUND'],
  },
  closeProducer: {
    method: 'DELETE',
    path: '/rtc/producers/{producerId}',
    summary: 'Stop publishing.',
    answer: done('closed'),
    errors: ['ROOM_NOT_FOUND', 'PRODUCER_NOT_FOUND'],
  },
  listProducers: {
    method: 'GET',
    path: '/rtc/rooms/{roomId}/producers',
    summary: 'What the others in a room publish.',
    answer: z.object({ producers: z.array(ProducerInfo) }),
    errors: ['ROOM_NOT_FOUND'],
  },
  leave: {
    method: 'POST',
    path: '/rtc/leave',
    summary: 'Leave the room.',
    answer: done('left'),
    errors: ['ROOM_NOT_FOUND'],
  },
  getUsage: {
    method: 'GET',
    path: '/rtc/rooms/{roomId}/usage',
    summary:
      'Who was connected when, how long, with how many bytes: of everybody with the right to moderate, else of oneself.',
    answer: z.object({ roomId: z.string(), records: z.array(UsageRecord) }),
    errors: ['ROOM_NOT_FOUND'],
  },
} as const satisfies Record<string, RtcRoute>;

export type RtcOperation = keyof typeof RtcRoutes;
/** What the server answers. */
export type RtcAnswer<K extends RtcOperation> = z.output<(typeof RtcRoutes)[K]['answer']>;

/** `GET /rtc/events`, `text/event-stream`. */
export const RTC_EVENTS_PATH = '/rtc/events';

/** Names of the server-sent events and their data, JSON. */
export type RtcEvents = Omit<ProtooNotifications, 'signal' | 'error'> & {
  /** Events were missed that are not kept any more: this is how things stand. */
  reset: RtcSnapshot;
  /** To moderators, when somebody has left. */
  usage: UsageRecord;
  /** The last event: the user is not in the room any more. `error`: why the server ended it. */
  ended: { reason: PeerLeftReason; error?: ErrorCode; message?: string };
};
