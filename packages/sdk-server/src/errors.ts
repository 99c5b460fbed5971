import { CODES, isErrorCode, type CodeMapping, type ErrorCode } from '@parlor/protocol';

export type { ErrorCode };

/**
 * Every error that Parlor raises on purpose. Compare `code`, never `instanceof`: two copies of the package may
 * be loaded. The message is meant for the client's developer and goes on the wire.
 */
export class ParlorError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ParlorError';
    this.code = code;
  }
}

const hasCode = (error: unknown): error is { code: ErrorCode; message: string } =>
  error instanceof Error && 'code' in error && isErrorCode(error.code);

/** What may be told to a client: coded errors as they are, anything else a bare INTERNAL. */
export function toWireError(error: unknown): { code: ErrorCode; message: string } & CodeMapping {
  if (hasCode(error)) return { code: error.code, message: error.message, ...CODES[error.code] };
  return { code: 'INTERNAL', message: 'the server failed; its log has the details', ...CODES.INTERNAL };
}

/** Whether `error` is one of ours: its message may be shown and it needs no entry in the error log. */
export const isParlorError = hasCode;
