export { createParlor } from './createParlor.js';
export type { ParlorOptions } from './options.js';
export type { DrainOptions } from './drain.js';
export type { Parlor } from './parlor.js';
export type { AttachOptions as PeerSignalAttachOptions } from './dialects/peerSignal/ports.js';
export type { SignalHandshake, SignalServer, SignalSocket } from './dialects/peerSignal/socketIo.js';
export { ParlorError, type ErrorCode } from './errors.js';
export { createToken, type TokenClaims } from './access/tokens.js';
export type {
  AccessOptions,
  AccessScope,
  Authorization,
  Authorize,
  AuthorizeResult,
} from './access/types.js';
export type { IceOptions, TurnProbeOptions, TurnServer } from './ice/types.js';
export type { GuessLimits } from './access/GuessLimiter.js';
export type { P2pRoomsOptions } from './dialects/p2pRooms/options.js';
export type { P2pRoomStore, StoredP2pRoom } from './dialects/p2pRooms/store.js';
export type { SocketLimits } from './http/limits.js';
export type { MediasoupOptions } from './media/mediasoup/options.js';
export { METRICS_CONTENT_TYPE, type MetricsOptions } from './observe/metricsOptions.js';
export type { Logger } from './logger.js';
export type { EventSource } from './events.js';
export type { CallOptions } from './core/calls/types.js';
export type * from './core/types.js';
export type { RoomUpdate } from './core/updates.js';
export type { LinkEnd, MediaBackend, MediaWorkers, PeerLink, WorkerLoad } from './core/ports.js';
export type {
  AppData,
  ConsumerType,
  DtlsParameters,
  HoldReason,
  IceCandidate,
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
