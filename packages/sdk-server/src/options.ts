import type { WantedTopology } from '@parlor/protocol';
import type { AccessOptions } from './access/types.js';
import type { CallOptions } from './core/calls/types.js';
import type { MediaBackend } from './core/ports.js';
import type { DuplicatePolicy, Hooks, Limits } from './core/types.js';
import type { P2pRoomsOptions } from './dialects/p2pRooms/options.js';
import type { SocketLimits } from './http/limits.js';
import type { IceOptions } from './ice/types.js';
import type { Logger } from './logger.js';
import type { MediasoupOptions } from './media/mediasoup/options.js';
import type { MetricsOptions } from './observe/metricsOptions.js';

/** Everything that `createParlor` can be told. The SDK reads no environment: the application decides. */
export interface ParlorOptions {
  /** Who may come in. */
  access: AccessOptions;
  /** ICE servers for the clients; default none, which is enough where clients can reach the server. */
  ice?: IceOptions;
  /**
   * How media is carried: options for mediasoup, or another backend (`FakeBackend` in tests). `none`: no media worker
   * is started and mediasoup need not be installed; rooms are peer to peer.
   */
  media?: MediasoupOptions | MediaBackend | 'none';
  /**
   * Of rooms that are opened without saying: `sfu` carries media through the server, `p2p` lets browsers send it to each
   * other, `auto` (default) changes between the two as it suits the room, while people talk. Default with
   * `media: 'none'`: `p2p`.
   */
  topology?: WantedTopology;
  /** Up to how many participants a room whose topology is `auto` is peer to peer. Default 2. */
  maxP2pParticipants?: number;
  /**
   * How many videos at most are forwarded to a peer, where media goes through the server: what it has pinned, then of who
   * spoke last, then in the order in which they came. Screens do not count, and neither does what the peer has paused.
   * Default: all. For rooms that differ: `rooms.open(id, { lastN })`.
   */
  lastN?: number;
  /**
   * How many microphones at most are forwarded, where media goes through the server: the loudest of the room, each for as
   * long as nobody else is clearly louder. Default: all. For rooms that differ: `rooms.open(id, { maxAudible })`.
   */
  maxAudible?: number;
  /** What happens when a user joins a room in which they are already, as another peer. Default `allow`. */
  onDuplicate?: DuplicatePolicy;
  /**
   * How long a client whose connection broke stays in its room and may take up its session where it was, ms. Default
   * 30 000; 0: not at all. Clients of the native protocol that ask for it, as the SDK does.
   */
  resumeGraceMs?: number;
  /**
   * Signs what clients prove with that they were in a room, at least 32 bytes. With it they come back after a restart, or
   * to another server with the same secret, as who they were, and their publications have the same ids. Default: made from
   * `access.jwtSecret`; without that a new one for each start.
   */
  resumeSecret?: string;
  /** How users call each other. */
  calls?: CallOptions;
  hooks?: Hooks;
  limits?: Partial<Limits>;
  socketLimits?: Partial<SocketLimits>;
  /** Figures for Prometheus: who may read them over HTTP (default: nobody), and of how much they are. */
  metrics?: MetricsOptions;
  /** Rooms with a password, in which media goes from browser to browser. */
  p2pRooms?: P2pRoomsOptions;
  /**
   * How many reverse proxies stand in front, each adding the address it sees to X-Forwarded-For. Default 0: the client
   * is who opened the socket.
   */
  trustedProxies?: number;
  /** Path in front of Parlor's own paths, e.g. `/rtc`. Default none. */
  basePath?: string;
  /** Default: silent. Takes a pino logger as it is. */
  logger?: Logger;
}
