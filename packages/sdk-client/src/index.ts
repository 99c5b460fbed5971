export { ParlorError, isParlorError, type ClientErrorCode, type ParlorErrorCode } from './errors.js';
export type { EventSource } from './emitter.js';
export type { Logger } from './logger.js';
export * from './options.js';
export type * from './stats/types.js';
export type * from './types.js';
