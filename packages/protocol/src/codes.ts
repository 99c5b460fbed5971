/**
 * Every error that a Parlor wire can carry. Codes are stable strings and never reused: clients compare them.
 *
 * `http` is the status of an HTTP answer (and protoo's numeric `errorCode`), `ws` the WebSocket close code when
 * the error ends a connection (RFC 6455 §7.4.2, private range), `final` says that trying again cannot help.
 */
export interface CodeMapping {
  readonly http: number;
  readonly ws: number;
  readonly final: boolean;
}

const code = (http: number, final = true): CodeMapping => ({ http, ws: 4000 + http, final });

export const CODES = {
  // The message
  BAD_REQUEST: code(400),
  INVALID_JSON: code(400),
  MESSAGE_TOO_LARGE: code(413),
  BINARY_NOT_SUPPORTED: code(415),
  CONTENT_TYPE_UNSUPPORTED: code(415),
  NOT_ACCEPTABLE: code(406),
  UNKNOWN_METHOD: code(404),
  RATE_LIMITED: code(429, false),
  UPGRADE_REQUIRED: code(426),
  METHOD_NOT_ALLOWED: code(405),
  PRECONDITION_FAILED: code(412),
  PRECONDITION_REQUIRED: code(428),
  // Who may
  UNAUTHORIZED: code(401),
  TOKEN_INVALID: code(401),
  TOKEN_EXPIRED: code(401),
  FORBIDDEN: code(403),
  ROOM_NOT_ALLOWED: code(403),
  JOIN_REFUSED: code(403),
  PUBLISH_REFUSED: code(403),
  CALL_REFUSED: code(403),
  PEER_REMOVED: code(403),
  PASSWORD_WRONG: code(401),
  CREATOR_ONLY: code(403),
  // What it is about
  NOT_FOUND: code(404),
  ROOM_NOT_FOUND: code(404),
  PEER_NOT_FOUND: code(404),
  TRANSPORT_NOT_FOUND: code(404),
  SESSION_NOT_FOUND: code(404),
  PRODUCER_NOT_FOUND: code(404),
  CONSUMER_NOT_FOUND: code(404),
  NOT_JOINED: code(409),
  ALREADY_JOINED: code(409),
  ALREADY_CONNECTED: code(409),
  PEER_ID_TAKEN: code(409),
  PEER_REPLACED: code(409),
  CALL_NOT_FOUND: code(404),
  ALREADY_IN_CALL: code(409),
  TOPOLOGY_MISMATCH: code(409),
  PATH_GONE: code(409),
  PRODUCER_PENDING: code(409, false),
  USER_OFFLINE: code(404),
  IDEMPOTENCY_KEY_REUSED: code(422),
  CANNOT_CONSUME: code(422),
  ALREADY_SENT: code(409),
  UNSUPPORTED_MEDIA: code(422),
  SDP_INVALID: code(400),
  SDP_UNSUPPORTED: code(422),
  ANSWER_TIMEOUT: code(408, false),
  LIMIT_REACHED: code(429),
  ROOM_FULL: code(400, false),
  ROOM_EXPIRED: code(400),
  // The server's side
  ROOM_CLOSED: code(410),
  IDLE_TIMEOUT: code(408, false),
  SLOW_RECEIVER: code(408, false),
  MEDIA_SERVER_DIED: code(503, false),
  MEDIA_UNAVAILABLE: code(503, false),
  SERVER_CLOSING: code(503, false),
  INTERNAL: code(500, false),
} as const satisfies Record<string, CodeMapping>;

export type ErrorCode = keyof typeof CODES;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(CODES, value);
