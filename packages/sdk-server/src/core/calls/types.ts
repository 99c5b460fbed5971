import type { CallEndedReason, CallInfo, CallUser } from '@parlor/protocol';
import type { Logger } from '../../logger.js';
import type { LinkEnd } from '../ports.js';
import type { Grants, Hooks, Rooms } from '../types.js';

/** How users call each other. Times are milliseconds. */
export interface CallOptions {
  /** How long a call rings before nobody is taken to be there. Default 30 000. */
  ringTimeoutMs?: number;
  /** How long a side of an accepted call may be without a connection before the call is over. Default 30 000, as in rooms. */
  graceMs?: number;
  /** Calls that one user may begin in a minute. Default 20. */
  callsPerMinute?: number;
  /** Devices on which one user may wait for calls. Default 10. */
  maxDevicesPerUser?: number;
  /** Devices of everybody. Default 10 000. */
  maxDevices?: number;
  /** Let everybody who may call see who can be rung. Default false: whom to call is for the application to say. */
  presence?: boolean;
  /** Devices that may watch who can be rung: each of them hears of every change. Default 1000. */
  maxWatchers?: number;
}

export const DEFAULT_CALL_OPTIONS: Required<CallOptions> = {
  ringTimeoutMs: 30_000,
  graceMs: 30_000,
  callsPerMinute: 20,
  maxDevicesPerUser: 10,
  maxDevices: 10_000,
  presence: false,
  maxWatchers: 1000,
};

/** What a device is told. */
export type CallUpdate =
  | { type: 'incomingCall'; call: CallInfo }
  | { type: 'callAccepted'; callId: string; roomId: string; ticket: string }
  | { type: 'callUpdated'; callId: string; video: boolean }
  | { type: 'callEnded'; callId: string; reason: CallEndedReason }
  | { type: 'usersChanged'; users: CallUser[]; gone: string[] };

/** A device as the calls see it: the seam to whatever carries its messages. */
export interface CallLink {
  send(update: CallUpdate): void;
  /** The device is no longer wanted here. */
  end(end: LinkEnd): void;
}

/** Who opens a line. */
export interface LineOptions {
  readonly userId: string;
  readonly displayName: string;
  readonly deviceId: string;
  readonly grants: Grants;
  /** Where the user is, as `Place.region`. */
  readonly region?: string | undefined;
  /** It comes back when its connection breaks. Default false. */
  readonly resumable?: boolean | undefined;
  readonly link: CallLink;
}

/** What is asked for with a call. */
export interface Wish {
  readonly video: boolean;
  /** That it had on a server that was there before. */
  readonly callId?: string | undefined;
}

/** Time, injected so that tests need not wait for it. */
export interface CallClock {
  /** Milliseconds. */
  now(): number;
  /** Calls back once; keeps no process alive. Returns how to stop. */
  after(ms: number, callback: () => void): () => void;
}

export interface CallContext {
  readonly rooms: Pick<Rooms, 'open'>;
  readonly hooks: Hooks;
  readonly logger: Logger;
  readonly newSecret: () => string;
  readonly clock: CallClock;
  readonly options: Required<CallOptions>;
}

/** Somebody whom a call lets into its room. */
export interface Invitation {
  readonly userId: string;
  readonly name: string;
  readonly grants: Grants;
  readonly region: string | undefined;
}
