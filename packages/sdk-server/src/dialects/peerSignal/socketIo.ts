import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/**
 * The parts of Socket.IO (4.x) that are used, so that the SDK works with the host application's copy of it and
 * needs none of its own. A `Server` fits `SignalServer`, and so does a namespace, `io.of('/calls')`.
 */
export interface SignalServer {
  on(event: 'connection', listener: (socket: SignalSocket) => void): unknown;
  off(event: 'connection', listener: (socket: SignalSocket) => void): unknown;
  /** Asked before a socket is connected; an error refuses it, and its `data` is told to the client. */
  use(middleware: (socket: SignalSocket, next: (error?: Error) => void) => void): unknown;
}

/** The connections below a Socket.IO server, of Engine.IO 6.3 and later. */
export interface SignalEngine {
  /** Asked for every HTTP request and upgrade. Whoever answers does not go on to `next`. */
  use(
    middleware: (request: IncomingMessage, response: object, next: (error?: unknown) => void) => void,
  ): unknown;
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

/**
 * The connections below a server, or below the server that a namespace is of.
 * @throws Error when there are none, or none that can be guarded; it names the fix
 */
export function engineOf(server: SignalServer): SignalEngine {
  const engine = memberOf(server, 'engine') ?? memberOf(memberOf(server, 'server'), 'engine');
  if (isSignalEngine(engine)) return engine;
  throw new Error(
    'peer-signal cannot check tokens at the handshake: attach Socket.IO (4.6 or later) to the web server first, ' +
      "then Parlor to Socket.IO, or use checkTokensAt: 'connect'",
  );
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const isSignalEngine = (value: unknown): value is SignalEngine =>
  typeof memberOf(value, 'use') === 'function';
