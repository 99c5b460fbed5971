import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import { DisplayName, MediaKind, RoomId } from './model.js';

/**
 * The Socket.IO events of `peer-signal.fr.md`: browsers that call each other and let the server pass on what they
 * have to say. Members of a room are known by their socket ids.
 */

/** What an application may add to a signal: small values, so that nothing large hides in them. */
const extra = z.union([z.string().max(256), z.number(), z.boolean(), z.null()]);
const MAX_MEMBERS = 16;

const fewMembers = (signal: object): boolean => Object.keys(signal).length <= MAX_MEMBERS;
const TOO_MANY = `must have at most ${String(MAX_MEMBERS)} members`;

/** Longest session description, UTF-16 code units; one of a browser with 20 tracks has about half of it. */
export const MAX_SDP_LENGTH = 64 * 1024;

const sdp = z.string().max(MAX_SDP_LENGTH);

/** RFC 8839 §5.1, as `RTCIceCandidateInit` has it; the empty text says that there are no more. */
const candidateInit = {
  candidate: z.string().max(2048),
  sdpMid: z.string().max(64).nullish(),
  sdpMLineIndex: z.number().int().min(0).max(1024).nullish(),
  usernameFragment: z.string().max(256).nullish(),
};

const encoding = z.record(z.string().max(64), extra).refine(fewMembers, TOO_MANY);

/** Shapes of signals by their `type`. `renegotiate` and `transceiverRequest` are what simple-peer sends besides. */
const SIGNALS = {
  offer: z.object({ type: z.literal('offer'), sdp }).catchall(extra),
  answer: z.object({ type: z.literal('answer'), sdp }).catchall(extra),
  pranswer: z.object({ type: z.literal('pranswer'), sdp }).catchall(extra),
  candidate: z
    .object({ type: z.literal('candidate'), candidate: z.object(candidateInit).nullable() })
    .catchall(extra),
  transceiverRequest: z
    .object({
      type: z.literal('transceiverRequest'),
      transceiverRequest: z.object({
        kind: MediaKind,
        init: z
          .object({
            direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
            sendEncodings: z.array(encoding).max(8).optional(),
          })
          .optional(),
      }),
    })
    .catchall(extra),
};

/** An ICE candidate as the source document has it: without a type. */
const BareCandidate = z.object(candidateInit).catchall(extra);
/** The same as many write it: `{ candidate: event.candidate }`. */
const WrappedCandidate = z.object({ candidate: z.object(candidateInit).nullable() }).catchall(extra);

/** `reject`, `hangup`, `busy`, and whatever an application wants to say besides. */
const Control = z.object({ type: z.string().min(1).max(64) }).catchall(extra);

const shapeOf = (signal: object) => {
  const type = 'type' in signal ? signal.type : undefined;
  if (type === undefined) {
    return 'candidate' in signal && typeof signal.candidate === 'object' ? WrappedCandidate : BareCandidate;
  }
  return typeof type === 'string' && Object.hasOwn(SIGNALS, type)
    ? SIGNALS[type as keyof typeof SIGNALS]
    : Control;
};

type KnownSignal = z.infer<(typeof SIGNALS)[keyof typeof SIGNALS]>;

/** What one browser tells another; the server reads the type only. */
export type PeerSignal =
  KnownSignal | z.infer<typeof BareCandidate> | z.infer<typeof WrappedCandidate> | z.infer<typeof Control>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Picks the shape by the type, so that what is wrong can be named. */
export const PeerSignal = z.unknown().transform((value, context): PeerSignal => {
  if (!isObject(value)) {
    context.addIssue({ code: 'custom', message: 'must be an object' });
    return z.NEVER;
  }
  if (!fewMembers(value)) {
    context.addIssue({ code: 'custom', message: TOO_MANY });
    return z.NEVER;
  }
  const parsed = shapeOf(value).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

/** A Socket.IO id: 20 characters of base64url, longer where a host application makes its own. */
export const SocketId = z.string().min(1).max(128);

/** Data of the events that clients send. Whatever they say of themselves in `peer-signal` is not read. */
export const PeerSignalRequests = {
  'join-room': z.object({ roomName: RoomId, pseudo: DisplayName }),
  'leave-room': z.object({ roomName: RoomId }),
  'peer-signal': z.object({ id: SocketId, roomName: RoomId, signal: PeerSignal }),
} as const;

export type PeerSignalRequest = keyof typeof PeerSignalRequests;

export interface Participant {
  /** The socket id: what signals are addressed to. */
  id: string;
  pseudo: string;
}

/** What an acknowledgement says when the request was not done. */
export interface PeerSignalFailure {
  error: { code: ErrorCode; message: string };
}

/** What acknowledgements say when all went well. */
export interface PeerSignalAnswers {
  'join-room': { id: string; participants: Participant[] };
  'leave-room': object;
  'peer-signal': object;
}

/** Events that the server sends. */
export interface PeerSignalEvents {
  /** A signal; `id`, `roomName` and `pseudo` are the sender's. */
  'peer-signal': { id: string; roomName: string; pseudo: string; signal: PeerSignal };
  /** Everybody in the room, whenever that changes. */
  participants: { roomName: string; participants: Participant[] };
  /** The server or the host application has ended the stay in the room. */
  'room-left': { roomName: string; code: ErrorCode; message: string };
  /** A request that asked for no acknowledgement was not done; `id` and `roomName` as far as they could be read. */
  'peer-signal-error': {
    event: PeerSignalRequest;
    code: ErrorCode;
    message: string;
    id?: string;
    roomName?: string;
  };
}

/**
 * Why the server ends a call in the name of one side, in the `reason` of a `hangup`. A hangup of a client has none,
 * unless it gives one.
 */
export type ServerHangupReason =
  'noAnswer' | 'takenElsewhere' | 'connectionLost' | 'left' | 'rejected' | 'cancelled' | 'closed';
