import type { ErrorCode as ServerErrorCode } from '@parlor/protocol';

/** Codes that arise in the client itself. Stable, never reused. */
export type ClientErrorCode =
  /* Connecting */
  | 'INVALID_URL'
  | 'SERVER_UNREACHABLE'
  | 'CONNECT_TIMEOUT'
  | 'CONNECTION_LOST'
  | 'REQUEST_TIMEOUT'
  | 'NOT_CONNECTED'
  | 'CANCELLED'
  | 'MESSAGE_MALFORMED'
  | 'CALL_NOT_ACTIVE'
  /* Devices and capture */
  | 'PERMISSION_DENIED'
  | 'DEVICE_NOT_FOUND'
  | 'DEVICE_IN_USE'
  | 'DEVICE_CONSTRAINTS'
  | 'DEVICE_LOST'
  | 'CAPTURE_FAILED'
  | 'CAPTURE_UNSUPPORTED'
  | 'OUTPUT_SELECTION_UNSUPPORTED'
  /* Media */
  | 'BROWSER_UNSUPPORTED'
  | 'TRACK_ENDED'
  | 'TRACK_NOT_PUBLISHED'
  | 'TRANSPORT_FAILED'
  | 'PEER_UNREACHABLE'
  | 'TURN_UNAUTHORIZED'
  | 'TURN_OVERLOADED'
  | 'TURN_UNREACHABLE'
  | 'TURN_FAILED'
  | 'PUBLISH_FAILED'
  | 'SUBSCRIBE_FAILED'
  | 'PLAYBACK_BLOCKED';

/** A code that this version knows, or the string of a newer server. */
export type ParlorErrorCode = ServerErrorCode | ClientErrorCode | (string & Record<never, never>);

/**
 * Every error that the SDK raises on purpose. Compare `code`, never `instanceof`: two copies of the package may
 * be loaded. `message` says what to do about it, in English, for the developer or a curious user.
 */
export class ParlorError extends Error {
  readonly code: ParlorErrorCode;
  /** HTTP status of the server's answer, when the server refused. */
  readonly status: number | undefined;

  constructor(code: ParlorErrorCode, message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ParlorError';
    this.code = code;
    this.status = options.status;
  }
}

/** Whether `error` is a `ParlorError`, also of another copy of the package. */
export const isParlorError = (error: unknown): error is ParlorError =>
  error instanceof Error && error.name === 'ParlorError' && 'code' in error && typeof error.code === 'string';

/** `error` as it is when it is ours, wrapped under `code` otherwise. */
export function toParlorError(error: unknown, code: ClientErrorCode): ParlorError {
  if (isParlorError(error)) return error;
  return new ParlorError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
