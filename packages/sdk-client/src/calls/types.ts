import type { CallEndedReason } from '@parlor/protocol';
import type { EventSource } from '../emitter.js';
import type { RoomOptions } from '../options.js';
import type { ConnectionState, DisconnectReason, RoomLike } from '../types.js';

export type { CallEndedReason };

/** Who a call is with. */
export interface CallParty {
  readonly userId: string;
  readonly name: string;
}

/** Somebody who can be rung. */
export interface CallUser extends CallParty {
  /** In a call, or calling: ringing them ends in `busy`. */
  readonly busy: boolean;
}

/** Of the line to the server; calls have a state of their own. */
export type PhoneState = Exclude<ConnectionState, 'signalReconnecting'>;

export type CallState = 'ringing' | 'active' | 'ended';

/** Events of one call. Whatever ends it is told by an event of its own where there is one, then by `ended`. */
export interface CallEvents {
  stateChanged: [state: CallState];
  /** Outgoing: the other side has taken it. Incoming: `accept` has. */
  accepted: [];
  /** The other side does not want it, or this user has refused it on another device. */
  rejected: [];
  /** The other side is in another call. */
  busy: [];
  /** Incoming: the caller has called it off, or has lost the connection. */
  cancelled: [];
  /** Nobody has answered in time. */
  unanswered: [];
  /** Incoming: another device of this user has taken it. */
  takenElsewhere: [];
  /** The other side has added video to the call, or taken it out. */
  videoChanged: [video: boolean];
  ended: [reason: CallEndedReason];
}

export interface JoinCallOptions {
  /**
   * Join with this room, e.g. one with a preview; it must not be connected. Default: a new one, with the options of
   * the `CallClient`. Either is disconnected when the call ends.
   */
  room?: RoomLike;
  /** Open the microphone (default true). */
  audio?: boolean;
  /** Open the camera. Default: `call.video`. */
  video?: boolean;
}

/** One call with one other user. */
export interface CallLike extends EventSource<CallEvents> {
  readonly id: string;
  readonly direction: 'outgoing' | 'incoming';
  readonly user: CallParty;
  readonly state: CallState;
  /** Undefined until it has ended. */
  readonly endedBecause: CallEndedReason | undefined;
  /** Whether it is a call with video. */
  readonly video: boolean;
  /** The room that it is held in, after `join`. */
  readonly room: RoomLike | undefined;
  /**
   * Takes a call that rings here; the other devices of this user stop ringing.
   * @throws ParlorError `CALL_NOT_FOUND` (over, or taken elsewhere), `ALREADY_IN_CALL`, `NOT_CONNECTED`
   */
  accept(): Promise<void>;
  /** Refuses a call that rings here, for all devices of this user. Never fails: the call is over here at once. */
  reject(): Promise<void>;
  /** Ends the call, or calls it off. Never fails: it is over here at once. */
  hangUp(): Promise<void>;
  /**
   * Joins the room of an accepted call, with the microphone and, where it is a call with video, the camera. What
   * the devices refuse is told by the room's `mediaDevicesError` and ends nothing.
   * @throws ParlorError `CALL_NOT_ACTIVE`, and what `room.connect` throws: the call is hung up then
   */
  join(options?: JoinCallOptions): Promise<RoomLike>;
  /**
   * Opens the camera and makes it a call with video.
   * @throws ParlorError `CALL_NOT_ACTIVE`, `NOT_CONNECTED`, and what `setCameraEnabled` throws
   */
  addVideo(): Promise<void>;
}

/** Options of the signalling, and those of the rooms that calls are held in. */
export interface CallClientOptions extends RoomOptions {
  /** Chosen at random and told to nobody; kept over reconnects. */
  deviceId?: string;
}

export interface CallConnectOptions {
  /** Who this is, for a server in development mode; otherwise the token says it. */
  userId?: string;
  /** What the others see where the token has no name. Default: the user id. */
  displayName?: string;
}

/** All events of a `CallClient`. */
export interface CallClientEvents {
  connectionStateChanged: [state: PhoneState];
  incomingCall: [call: CallLike];
  /** After `watchUsers`: who can be rung has changed. */
  usersChanged: [users: ReadonlyMap<string, CallUser>];
  /** No calls any more: closed, refused, or the reconnect policy gave up. */
  disconnected: [reason: DisconnectReason];
}

/** Calls other users and is called, on one connection outside of any room. */
export interface CallClientLike extends EventSource<CallClientEvents> {
  readonly state: PhoneState;
  /** '' until connected. */
  readonly userId: string;
  /** Calls that ring or are held here, by id. */
  readonly calls: ReadonlyMap<string, CallLike>;
  /** By user id, after `watchUsers`. */
  readonly users: ReadonlyMap<string, CallUser>;
  /**
   * Waits for calls from now on. A second call while connecting or connected returns the same promise.
   * @throws ParlorError the server's refusal, or `INVALID_URL`, `SERVER_UNREACHABLE`, `CONNECT_TIMEOUT`, `CANCELLED`
   */
  connect(url: string, token?: string, options?: CallConnectOptions): Promise<void>;
  /** No calls any more; what rings or is held here is hung up. */
  disconnect(): Promise<void>;
  /**
   * Rings all devices of a user. Who is busy is told by the call's `busy`.
   * @throws ParlorError `USER_OFFLINE`, `ALREADY_IN_CALL`, `CALL_REFUSED`, `RATE_LIMITED`, `NOT_CONNECTED`
   */
  call(userId: string, options?: { video?: boolean }): Promise<CallLike>;
  /**
   * Who can be rung, kept up to date from then on.
   * @throws ParlorError `FORBIDDEN` where the server does not show it, `NOT_CONNECTED`
   */
  watchUsers(): Promise<ReadonlyMap<string, CallUser>>;
}
