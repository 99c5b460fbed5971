import { ParlorError, type ParlorErrorCode } from '../errors.js';

/** Refusals of the client that no second attempt can change. */
const FINAL_HERE: ReadonlySet<string> = new Set(['INVALID_URL', 'BROWSER_UNSUPPORTED', 'CANCELLED']);

/** Statuses that ask to come again later (RFC 9110 §15.5.9, RFC 6585 §4). */
const temporary = (status: number, code: string) =>
  status >= 500 || status === 408 || (status === 429 && code !== 'LIMIT_REACHED');

/** Whether trying to join again cannot help: the server said no and will go on saying so. */
export function isFinal({ code, status }: Pick<ParlorError, 'code' | 'status'>): boolean {
  if (FINAL_HERE.has(code)) return true;
  // Who comes back after an answer was lost meets their own ghost; the server lays it to rest in time.
  if (code === 'PEER_ID_TAKEN') return false;
  return status !== undefined && status >= 400 && !temporary(status, code);
}

const REASONS: Partial<Record<ParlorErrorCode, string>> = {
  PEER_REMOVED: 'This participant was removed from the room.',
  PEER_REPLACED: 'The same peer id joined from somewhere else. Give each device its own peer id.',
  ROOM_CLOSED: 'The room was closed.',
  TOKEN_EXPIRED: 'The token has expired. Get a new one and connect again.',
  SERVER_CLOSING: 'The server is shutting down.',
  MEDIA_SERVER_DIED: 'The media server of this room died; joining again uses another one.',
  IDLE_TIMEOUT: 'The server heard nothing for too long.',
  CONNECTION_LOST: 'The connection to the server was lost.',
};

/** Close code of the server for refusals that are final whatever their reason. */
const FINAL_CLOSE = 4000;

/**
 * What a WebSocket close says. The server gives its error code as the reason, with or without a sentence after it; the
 * close code is 4000 when it is final, 4000 + HTTP status otherwise. Anything else is a connection that broke (RFC 6455 §7.4.1).
 */
export function readClose(closeCode: number, reason: string): { error: ParlorError; final: boolean } {
  const given = /^([A-Z][A-Z_]+)(?::|$)/.exec(reason)?.[1];
  const ours = closeCode >= 4000 && closeCode < 5000 ? given : undefined;
  const code: ParlorErrorCode = ours ?? 'CONNECTION_LOST';
  const status = ours ? (closeCode === FINAL_CLOSE ? 400 : closeCode - FINAL_CLOSE) : undefined;
  const message = REASONS[code] ?? `The server ended the connection (${code}).`;
  const error = new ParlorError(code, message, status === undefined ? {} : { status });
  return { error, final: isFinal(error) };
}
