import type { ErrorCode } from '@parlor/protocol';

/** What the tool itself finds: besides these, clients fail with the codes of the server. */
export type LoadErrorCode =
  /** An option is wrong. */
  | 'BAD_OPTION'
  /** Nobody answers at the address, or not with the native protocol. */
  | 'SERVER_UNREACHABLE'
  /** The server did not answer a request in time. */
  | 'REQUEST_TIMEOUT'
  /** The socket was closed by the other end. */
  | 'CONNECTION_LOST'
  /** ICE or DTLS did not get through. */
  | 'MEDIA_NOT_CONNECTED'
  /** A stream that ought to flow brought nothing. */
  | 'NO_MEDIA'
  | ErrorCode;

export class LoadError extends Error {
  override readonly name = 'LoadError';

  /** @param message names the fix, where there is one */
  constructor(
    readonly code: LoadErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What went wrong with a client. */
export interface Failure {
  code: LoadErrorCode;
  message: string;
}

export const failureOf = (error: unknown): Failure => ({
  code: error instanceof LoadError ? error.code : 'INTERNAL',
  message: error instanceof Error ? error.message : String(error),
});
