import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Rooms } from './core/types.js';
import type { AttachOptions } from './dialects/peerSignal/ports.js';
import type { SignalServer } from './dialects/peerSignal/socketIo.js';
import type { DrainOptions } from './drain.js';

/** A running Parlor: rooms, and the two entrances that a web server hands requests to. */
export interface Parlor {
  readonly rooms: Rooms;
  /**
   * Answers a request that is Parlor's; `null`: not ours, let the host application answer. Never rejects.
   *
   * @param remoteAddress Who is at the other end of the socket: guessing passwords is slowed by address.
   */
  handleRequest(request: Request, remoteAddress?: string): Promise<Response | null>;
  /**
   * Takes over an upgrade that is Parlor's (or refuses it with an HTTP answer) and resolves true; false: not ours,
   * nothing was touched. Never rejects.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean>;
  /**
   * Figures of rooms, tracks, workers and this process, for Prometheus (`METRICS_CONTENT_TYPE`). All names begin with
   * `parlor_`: they can stand beside those of the host application. Asks the media workers.
   */
  metrics(): Promise<string>;
  /**
   * Serves calls between browsers (`peer-signal`) on a Socket.IO server of yours, or on a namespace of it; returns
   * how to stop. Socket.IO needs `destroyUpgrade: false` next to Parlor's own WebSockets.
   *
   * @throws Error when tokens are to be checked at the handshake and Socket.IO is on no web server yet
   */
  attachPeerSignal(server: SignalServer, options?: AttachOptions): () => void;
  /**
   * Before the end of the server: from now on nobody gets in any more (`SERVER_CLOSING`, and `/health` answers 503, so that
   * load balancers send them elsewhere), and clients are told `serverRestarting`; their media goes on, here or at the
   * server that `url` names. Resolves after `ms`, or as soon as nobody is in a room; `close()` comes next. Idempotent.
   *
   * @param options a number: milliseconds.
   * @throws ParlorError BAD_REQUEST: `url` is none that a client can go to
   */
  drain(options?: number | DrainOptions): Promise<void>;
  /** Closes rooms (clients are told), sockets and workers; idempotent. */
  close(): Promise<void>;
}
