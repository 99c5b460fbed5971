import { MAX_MESSAGE_BYTES } from '@parlor/protocol';

/** Bounds of one WebSocket connection. Times are milliseconds. */
export interface SocketLimits {
  /** Larger messages are refused; four times this ends the connection (RFC 6455 §7.4.1, 1009). */
  maxMessageBytes: number;
  /** How deep arrays and objects of a message may be nested. */
  maxNesting: number;
  /** Messages a second that a connection may keep up for ever. */
  messagesPerSecond: number;
  /**
   * Messages that may come at once before the rate counts. Messages over it are refused; a connection that has
   * earned refusals for four more bursts is closed.
   */
  messageBurst: number;
  /** How long a connection may be silent before it is pinged. */
  heartbeatMs: number;
  /** How long a connection may be silent, pongs included, before it is closed. */
  idleTimeoutMs: number;
  /** Bytes that may wait for a client that reads too slowly. */
  maxBufferedBytes: number;
  /** How long a client may take to answer a closing handshake. */
  closeTimeoutMs: number;
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxNesting: 64,
  // Joining a room of a hundred takes several hundred messages at once.
  messagesPerSecond: 200,
  messageBurst: 1000,
  heartbeatMs: 20_000,
  idleTimeoutMs: 60_000,
  maxBufferedBytes: 4 * 1024 * 1024,
  closeTimeoutMs: 2000,
};

/** How many bursts of refused messages a connection survives. */
export const FLOOD_BURSTS = 4;
