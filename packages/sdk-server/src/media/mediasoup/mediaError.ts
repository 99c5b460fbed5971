import { ParlorError, type ErrorCode } from '../../errors.js';

/**
 * mediasoup says no by TypeError and UnsupportedError for parameters it cannot use and by InvalidStateError for
 * something that is closed. Its messages name the parameter and hold nothing secret.
 */
export function mediaError(code: ErrorCode, error: unknown): ParlorError {
  const message = error instanceof Error ? error.message : String(error);
  const closed = error instanceof Error && error.name === 'InvalidStateError';
  return new ParlorError(closed ? 'MEDIA_UNAVAILABLE' : code, message, { cause: error });
}
