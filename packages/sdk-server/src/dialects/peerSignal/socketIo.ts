import type { IncomingHttpHeaders } from 'node:http';

/**
 * The parts of Socket.IO (4.x) that are used, so that the SDK works with the host application's copy of it and
 * needs none of its own. A `Server` fits `SignalServer`, and so does a namespace, `io.of('/calls')`.
 */
export interface SignalServer {
  on(event: 'connection', listener: (socket: SignalSocket) => void): unknown;
  off(event: 'connection', listener: (socket: SignalSocket) => void): unknown;
}

export interface SignalSocket {
  readonly id: string;
  readonly handshake: SignalHandshake;
  /** The connection below, of Engine.IO. */
  readonly conn: unknown;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(close?: boolean): unknown;
}

/** What a client said when it connected. */
export interface SignalHandshake {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** What the client gave as `auth`. */
  readonly auth: Readonly<Record<string, unknown>>;
  readonly secure: boolean;
  /** Who is at the other end of the socket: IP address. */
  readonly address: string;
}

/** How many packets wait for a client that reads too slowly. Engine.IO keeps them in `writeBuffer`. */
export function waitingPackets({ conn }: Pick<SignalSocket, 'conn'>): number {
  if (typeof conn !== 'object' || conn === null || !('writeBuffer' in conn)) return 0;
  return Array.isArray(conn.writeBuffer) ? conn.writeBuffer.length : 0;
}
