import type { Access } from '../../access/types.js';
import type { JoinOptions, Peer } from '../../core/types.js';
import type { Logger } from '../../logger.js';
import type { SignalEngine } from './socketIo.js';

/** The rooms as this dialect needs them. */
export interface SignalRooms {
  join(roomId: string, options: JoinOptions): Promise<Peer>;
}

/** Time, injected so that tests need not wait for it. */
export interface SignalClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `done` once, after `ms`; keeps no process alive. Returns how to prevent it. */
  after(ms: number, done: () => void): () => void;
}

/** Keeps one socket within what it may send. */
export interface SignalGate {
  /** `cost` is what a message takes of the allowance, 1 for a small one. `end`: it has gone on for too long. */
  judge(cost: number): 'pass' | 'refuse' | 'end';
}

export interface PeerSignalOptions {
  readonly rooms: SignalRooms;
  readonly access: Access;
  readonly logger: Logger;
  readonly clock: SignalClock;
  readonly newGate: () => SignalGate;
  /** The client's own address; behind proxies it is not that of the socket. */
  readonly addressOf: (request: Request, remoteAddress: string) => string | undefined;
  /** Refuses handshakes that show a bad token; returns how to stop that. */
  readonly guardHandshakes: (engine: SignalEngine) => () => void;
}

/** How `peer-signal` is mounted on a Socket.IO server. */
export interface AttachOptions {
  /**
   * When tokens are looked at for the first time. They are checked at every `join-room` in any case.
   *
   * - `join-room` (default): not before. Right for a server or namespace that the host application uses for other
   *   things as well: whom it lets connect is its own affair.
   * - `connect`: before a socket is connected to the server or namespace. Who has no token, or a bad one, gets
   *   `connect_error` with `{code, message}` in its `data`. For a namespace that is Parlor's alone.
   * - `handshake`: in addition, HTTP requests and upgrades that show a bad token (`Authorization` or `?token=`) are
   *   answered 401. They are not yet for any namespace: for a Socket.IO server that is Parlor's alone.
   */
  checkTokensAt?: 'join-room' | 'connect' | 'handshake';
}

/** Somebody who can call and be called. */
export interface CallPeer {
  /** The socket id. */
  readonly id: string;
  /** The user of the token; where there is none, everybody is their own. */
  readonly userId: string;
}
