import type {
  ConsumerType,
  DtlsParameters,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from '@parlor/protocol';
import type { EventSource } from '../events.js';
import type {
  ConsumerLayers,
  DataStreams,
  ProducerScore,
  StreamStats,
  TransportOptions,
  TransportState,
  TransportStats,
} from './types.js';
import type { RoomUpdate } from './updates.js';

/**
 * The two seams of the core: a room talks to a client through a `PeerLink` and to media through a `MediaBackend`.
 */

/** Why the core ends a link: an error code of the wire and a sentence for people. */
export interface LinkEnd {
  code: 'PEER_REMOVED' | 'PEER_REPLACED' | 'ROOM_CLOSED' | 'MEDIA_SERVER_DIED' | 'SERVER_CLOSING';
  message: string;
}

/** A client as the room sees it. Neither method may throw or wait. */
export interface PeerLink {
  readonly dialect: string;
  send(update: RoomUpdate): void;
  /** The room has let go of the peer; nothing is sent after this. */
  end(end: LinkEnd): void;
}

export interface MediaBackend {
  /** @throws MEDIA_UNAVAILABLE */
  createRoom(roomId: string): Promise<MediaRoom>;
  /** False: it has no media server at all, so that rooms can only be peer to peer. Default true. */
  readonly isAvailable?: boolean;
  /** The processes that carry media; absent: there are none. */
  readonly workers?: MediaWorkers;
  close(): void;
}

export interface MediaWorkers {
  readonly alive: number;
  /** How many have died so far. */
  readonly deaths: number;
  /** Process ids of those that are alive, where they are processes. */
  readonly pids?: readonly number[];
  /** What there is on each that is alive. */
  readonly loads?: readonly WorkerLoad[];
}

export interface WorkerLoad {
  /** Its number, from 0; a worker that takes the place of a dead one has the same. */
  slot: number;
  /** Rooms that are on it, or on it too. */
  rooms: number;
  routers: number;
  consumers: number;
  /** Producers that come to it from other routers of their rooms. */
  piped: number;
}

export interface MediaRoomEvents {
  /** The process that carried the room's media is gone. */
  died: [];
  /** Who speaks now, the loudest first; empty: silence. `level` is linear, 0 to 1. */
  activeSpeakers: [speakers: { producerId: string; level: number }[]];
}

export interface MediaRoom extends EventSource<MediaRoomEvents> {
  /** What clients may be told and sent. */
  readonly rtpCapabilities: RtpCapabilities;
  createTransport(options: TransportOptions): Promise<MediaTransport>;
  /** Prepares what one client can receive, once, for all its consumers. */
  receiver(rtpCapabilities: RtpCapabilities): MediaReceiver;
  close(): void;
}

/** What one client can receive; made by and meant for the same backend. */
export interface MediaReceiver {
  readonly rtpCapabilities: RtpCapabilities;
}

export interface MediaTransportEvents {
  /** It is about to end by itself: the last moment to ask for its `stats()`. */
  closing: [];
  /** The transport ended by itself: DTLS closed or failed, ICE timed out. */
  closed: [];
  stateChanged: [state: TransportState];
}

export interface MediaTransport extends EventSource<MediaTransportEvents> {
  readonly info: TransportInfo;
  /** `connected`: media flows as soon as there is some. */
  readonly state: TransportState;
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(): Promise<IceParameters>;
  stats(): Promise<TransportStats>;
  /** @throws UNSUPPORTED_MEDIA */
  produce(options: MediaProduceOptions): Promise<MediaProducer>;
  /** @throws CANNOT_CONSUME, PRODUCER_NOT_FOUND */
  consume(options: MediaConsumeOptions): Promise<MediaConsumer>;
  /** As `Transport.openData`; called once. */
  openData(): Promise<DataStreams>;
  close(): void;
}

export interface MediaProduceOptions {
  /** Of the producer to be; free in its room. Default: chosen by the backend. */
  id?: string | undefined;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  paused: boolean;
}

export interface MediaConsumeOptions {
  producer: MediaProducer;
  receiver: MediaReceiver;
  paused: boolean;
  /** As `SubscribeOptions.mid`. */
  mid?: string | undefined;
}

export interface MediaProducerEvents {
  score: [scores: ProducerScore[]];
}

export interface MediaProducer extends EventSource<MediaProducerEvents> {
  readonly id: string;
  readonly kind: MediaKind;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** As `Producer.stats`. */
  stats(): Promise<StreamStats[]>;
  close(): void;
}

export interface MediaConsumerEvents {
  score: [score: { score: number; producerScore: number }];
  layersChanged: [layers: ConsumerLayers | undefined];
}

export interface MediaConsumer extends EventSource<MediaConsumerEvents> {
  readonly id: string;
  readonly kind: MediaKind;
  readonly type: ConsumerType;
  readonly rtpParameters: RtpParameters;
  pause(): Promise<void>;
  resume(): Promise<void>;
  setPreferredLayers(layers: ConsumerLayers): Promise<void>;
  /** Of video: which of what its client receives gives way later, 1 (the default) to 255, where the way down is narrow. */
  setPriority(priority: number): Promise<void>;
  requestKeyFrame(): Promise<void>;
  /** As `Consumer.stats`. */
  stats(): Promise<StreamStats>;
  close(): void;
}
