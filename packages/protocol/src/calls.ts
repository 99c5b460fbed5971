import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import { DisplayName, ObjectId, PeerId, UserId } from './model.js';

/**
 * Calls between users: who rings, accepts, rejects, hangs up. One WebSocket on `/calls` for each device that wants to
 * call or be called, outside of any room, with the framing of the native protocol. An accepted call is held in a room
 * of its own, which admits these two users for as long as the call lasts.
 */

/** Ids of the rooms of calls begin with it. */
export const CALL_ROOM_PREFIX = 'call:';

const byCall = z.object({ callId: ObjectId });
const nothing = z.unknown().transform(() => ({}));

/** Schema of the data of each request. `openLine` comes first. */
export const CallRequests = {
  openLine: z.object({
    /** Chosen at random by the device and told to nobody: who comes back with it has the same calls. */
    deviceId: PeerId,
    displayName: DisplayName.optional(),
    /** The device comes back when its connection breaks: until then what rings there goes on ringing. */
    resumable: z.boolean().optional(),
  }),
  /** Rings all devices of the user. */
  call: z.object({
    userId: UserId,
    video: z.boolean().optional(),
    /** Of a call that rang when the server was started anew: this one is the same, where nobody has the id. */
    callId: z
      .string()
      .regex(/^[\w-]{8,64}$/)
      .optional(),
  }),
  acceptCall: byCall,
  rejectCall: byCall,
  /** Also calls off a call that rings, or rejects it. */
  hangUpCall: byCall,
  /** Video is added to the call, or taken out of it. */
  updateCall: z.object({ callId: ObjectId, video: z.boolean() }),
  /** Who can be rung; from then on `usersChanged` tells of every change. */
  listUsers: nothing,
  ping: nothing,
  /** The user no longer wants to be called here; ends the calls of this device. */
  closeLine: nothing,
} as const satisfies Record<string, z.ZodType>;

export type CallMethod = keyof typeof CallRequests;
/** What a client sends. */
export type CallRequestData<M extends CallMethod> = z.input<(typeof CallRequests)[M]>;
/** The same after validation on the server. */
export type CallRequestParsed<M extends CallMethod> = z.output<(typeof CallRequests)[M]>;

/** Who a call is with. */
export interface CallParty {
  userId: string;
  displayName: string;
}

/** Somebody who can be rung. */
export interface CallUser extends CallParty {
  /** In a call, or calling: ringing them ends in `busy`. */
  busy: boolean;
}

/** A call as one device sees it. */
export interface CallInfo {
  callId: string;
  direction: 'outgoing' | 'incoming';
  state: 'ringing' | 'active';
  /** The other side. */
  user: CallParty;
  video: boolean;
  /** The room that the call is held in, once it is accepted. */
  roomId: string;
  /** `?ticket=` of the room's URL: opens it to this side, also without a token. Absent while it rings. */
  ticket?: string;
}

/** Why a call is over, or why it is over for this device. */
export type CallEndedReason =
  | 'rejected'
  /** The callee is in another call. */
  | 'busy'
  /** The caller has called it off. */
  | 'cancelled'
  | 'hungUp'
  | 'noAnswer'
  /** Another device of the same user has taken it. */
  | 'takenElsewhere'
  /** The other side no longer takes calls on this device. */
  | 'left'
  /** The connection of the other side was lost and did not come back in time. */
  | 'connectionLost'
  /** The server could not hold the call, or the application has ended it. */
  | 'closed';

/** The answer to each request. */
export interface CallAnswers {
  /** With the calls that ring here or are held here already. */
  openLine: CallParty & {
    calls: CallInfo[];
    /** To a device that comes back: another one each time that the server is started. It forgets what rang before. */
    server?: string;
  };
  call: CallInfo;
  acceptCall: CallInfo;
  rejectCall: Record<string, never>;
  hangUpCall: Record<string, never>;
  updateCall: Record<string, never>;
  listUsers: { users: CallUser[] };
  ping: Record<string, never>;
  closeLine: Record<string, never>;
}

/** Notifications of the server; the data of each also carries `seq`, counted from 1 per connection. */
export interface CallNotifications {
  incomingCall: CallInfo;
  /** To the caller. */
  callAccepted: { callId: string; roomId: string; ticket: string };
  /** By the other side. */
  callUpdated: { callId: string; video: boolean };
  callEnded: { callId: string; reason: CallEndedReason };
  /** To those who have asked with `listUsers`: who is new or has changed, and ids of who is gone. */
  usersChanged: { users: CallUser[]; gone: string[] };
  /** A message of the client was refused and had no id to answer to. */
  error: { code: ErrorCode; message: string };
}

export type CallNotificationMethod = keyof CallNotifications;
