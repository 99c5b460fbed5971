import type { IceServer, WantedTopology } from '@parlor/protocol';
import type { ForwardingLimits } from './forwarding/RoomForwarding.js';
import type { Logger } from '../logger.js';
import type { Pacer } from './Pacer.js';
import type { MediaBackend } from './ports.js';
import type { Timer } from './timer.js';
import type { DuplicatePolicy, Hooks, JoinOptions, Limits, Place } from './types.js';

/** What every room of one server shares. Ids and secrets come from outside, so that tests can fix them. */
export interface CoreContext {
  readonly backend: MediaBackend;
  /** Of rooms that are opened without saying; default `sfu`. */
  readonly topology?: WantedTopology;
  /** Up to how many a room whose topology is `auto` is peer to peer; default 2. */
  readonly maxP2pParticipants?: number | undefined;
  /** Default: that of the system. */
  readonly timer?: Timer;
  /** Of rooms that are opened without saying; default: no limits. */
  readonly forwarding?: ForwardingLimits;
  /** Milliseconds, to measure how much time has passed. Default: those of the system. */
  readonly now?: () => number;
  /** Of rooms that are opened without saying; default `allow`. */
  readonly onDuplicate?: DuplicatePolicy | undefined;
  readonly hooks: Hooks;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly pacer: Pacer;
  /** Before a client joins: rooms that were arranged for are opened, or refused to it, by whoever did so. */
  readonly prepareRoom?: (roomId: string, options: JoinOptions) => Promise<void>;
  readonly newSecret: () => string;
  readonly iceServers: (peer: { id: string; userId: string | undefined } & Place) => IceServer[];
}

export const DEFAULT_LIMITS: Limits = {
  maxRooms: 10_000,
  maxPeersPerRoom: 1000,
  maxTransportsPerPeer: 8,
  maxProducersPerPeer: 16,
  maxConsumersPerPeer: 4096,
};
