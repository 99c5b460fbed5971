export { ParlorError, isParlorError, type ClientErrorCode, type ParlorErrorCode } from './errors.js';
export type { EventSource } from './emitter.js';
export type { Logger } from './logger.js';
export { CallClient } from './calls/CallClient.js';
export type * from './calls/types.js';
export { Room } from './Room.js';
export {
  createLocalAudioTrack,
  createLocalTracks,
  createLocalVideoTrack,
} from './tracks/createLocalTracks.js';
export * from './options.js';
export type { Platform } from './platform.js';
export {
  defaultReconnectPolicy,
  type ReconnectContext,
  type ReconnectPolicy,
} from './signaling/reconnectPolicy.js';
export type * from './stats/types.js';
export type * from './types.js';
