import type { EventSource } from '../emitter.js';
import type { ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { RoomOptions, TrackPublishOptions } from '../options.js';
import type { Platform } from '../platform.js';
import type {
  HoldReason,
  MediaRepair,
  Topology,
  TopologyReason,
  TrackKind,
  TrackSource,
  VideoLayers,
} from '../types.js';

/** What a driver may ask of signalling. Requests fail with coded errors. */
export type SignalRequest = (method: string, data?: unknown) => Promise<unknown>;

/** What wants no answer. Lost with the connection. */
export type SignalTell = (method: string, data: unknown) => void;

export interface DriverContext {
  readonly request: SignalRequest;
  readonly tell: SignalTell;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly rtcConfiguration: NonNullable<RoomOptions['rtcConfiguration']>;
  /** P2P: bits per second for all copies of what this page sends. */
  readonly uplinkBitrate?: number | undefined;
  /** Through a server: send what somebody watches. */
  readonly dynacast?: boolean | undefined;
}

/** What the room knows of somebody's track. */
export interface RemoteProducer {
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly paused: boolean;
}

export interface PublishRequest {
  readonly mediaStreamTrack: MediaStreamTrack;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly muted: boolean;
  readonly options: TrackPublishOptions;
  /** Of a publication that the room knows: it goes on by this driver, under its id. */
  readonly producerId?: string;
  /** That it had in an earlier stay: it may get it again. */
  readonly formerId?: string | undefined;
}

export interface SubscribeOptions {
  readonly follow?: boolean;
}

/** Layers by number, or by how often the full size is halved: each layer is twice as large as the one below it. */
export type WantedLayers = VideoLayers | { readonly halvings: number };

export interface DataMessage {
  /** Peer ids of the receivers. Absent: everyone else. */
  readonly to?: string | readonly string[];
  readonly topic: string;
  readonly payload: unknown;
}

export type SubscribeResult =
  | { readonly producerId: string; readonly mediaStreamTrack: MediaStreamTrack }
  | { readonly producerId: string; readonly error: ParlorError };

/** `failed` after the driver's own repairs have failed: a new join is due. */
export type DriverState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** Raw W3C statistics of one stream, with whose it is. */
export interface DriverTrackReport {
  readonly producerId: string;
  readonly direction: 'send' | 'recv';
  readonly report: RTCStatsReport;
}

export interface DriverReports {
  readonly tracks: readonly DriverTrackReport[];
  /** One per peer connection. */
  readonly transports: readonly RTCStatsReport[];
}

export interface MediaDriverEvents {
  stateChanged: [state: DriverState];
  /** The media of a subscribed producer is now another object. */
  trackReplaced: [producerId: string, mediaStreamTrack: MediaStreamTrack];
  /** The server does not forward it now, and why; or (undefined) again. Until there is media: `trackReplaced`. */
  held: [producerId: string, reason: HoldReason | undefined];
  /** A subscription ended by itself. */
  trackLost: [producerId: string];
  /** A publication ended by itself: the server closed it. */
  publicationLost: [producerId: string];
  /** 0 (nothing arrives) to 10. `own` is about a publication. */
  score: [producerId: string, score: number, own: boolean];
  /** P2P: others speak than before, the loudest first. Of rooms with a server it is the server that tells. */
  speakers: [speakers: readonly { readonly peerId: string; readonly level: number }[]];
  /** What is done for a path that does not carry what it should. P2P: to whom. */
  repair: [repair: MediaRepair, peerId?: string];
  error: [error: ParlorError];
  /** What somebody else has given to `sendData`. */
  data: [from: string, topic: string, payload: unknown];
  /** Media goes another way from now on; tracks follow as it comes. */
  topologyChanged: [topology: Topology, reason: TopologyReason];
  /** P2P: this pair has not connected in 5 s. It goes on being tried. */
  peerSlow: [peerId: string];
  /** P2P: this pair does not connect, and why. It goes on being tried. */
  peerUnreachable: [peerId: string, error: ParlorError];
  /** P2P: it does after all. */
  peerReachable: [peerId: string];
}

/**
 * How media travels for one stay in a room. Producer ids name streams in both directions, so that a room can
 * change from one driver to another without its tracks noticing. A driver is used once: `open`, work, `close`.
 */
export interface MediaDriver extends EventSource<MediaDriverEvents> {
  readonly topology: Topology;
  readonly state: DriverState;
  /** What needs no server (finding out what the browser can do): runs while the network is waited for. */
  prepare(): Promise<void>;
  /** Data of the `joinRoom` request that this driver wants to add. */
  joinRequest(): Record<string, unknown>;
  /** Takes its part of the `joinRoom` answer. Publishing and subscribing work from now on. */
  open(joinAnswer: unknown): Promise<void>;
  /** Resolves with the producer id. @throws ParlorError */
  publish(request: PublishRequest): Promise<string>;
  unpublish(producerId: string): Promise<void>;
  /** Sends other media under the same producer. */
  replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void>;
  setMuted(producerId: string, muted: boolean): Promise<void>;
  /**
   * Receives many with one request. One result for each, in the same order; never rejects for one of them. With
   * `follow`, whatever is announced from now on is going to be subscribed to as well: the driver may have it sent
   * without being asked.
   */
  subscribe(producers: readonly RemoteProducer[], options?: SubscribeOptions): Promise<SubscribeResult[]>;
  unsubscribe(producerIds: readonly string[]): Promise<void>;
  /** Pauses or resumes receiving. */
  setReceiving(producerId: string, receiving: boolean): Promise<void>;
  setPreferredLayers(producerId: string, layers: WantedLayers): Promise<void>;
  /**
   * Sends straight to the others what may be lost and may overtake. False: there is no such way to each of them, or not
   * for this, and nothing was sent: signalling carries it.
   * @throws TypeError when the payload is no JSON value
   */
  sendData(message: DataMessage): boolean;
  stats(): Promise<DriverReports>;
  /** Repairs the path in place (ICE restart). */
  restart(): Promise<void>;
  /** A notification of the server that is not about the room's state. Unknown ones are ignored. */
  handleNotification(method: string, data: Record<string, unknown>): void;
  close(): void;
}

/** @throws ParlorError `BROWSER_UNSUPPORTED` */
export type DriverFactory = (context: DriverContext) => MediaDriver;
