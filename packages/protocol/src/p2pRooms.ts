import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import { DisplayName } from './model.js';
import { MAX_SDP_LENGTH } from './peerSignal.js';

/**
 * Rooms with a password, as `webrtc-rooms.zh.md` has them: REST to open and enter a room, a WebSocket on which the
 * server passes on what browsers say to each other. Times in names are what they say; instants are ISO 8601 in UTC, to
 * the second.
 */

export const MAX_P2P_PARTICIPANTS = 50;
export const MAX_P2P_MINUTES = 1440;

/** What a form sends for a field that was left empty is as good as no field. */
const textField = z
  .union([z.literal('').transform(() => undefined), DisplayName])
  .nullish()
  .transform((text) => text ?? undefined);

/** Six characters of any script. */
const sixCharacters = z.string().regex(/^[^\p{Cc}\p{Cs}]{6}$/u, 'must have 6 characters');

/** `POST /api/webrtc/rooms` */
export const P2pCreateBody = z.object({
  name: textField,
  password: z
    .union([z.literal('').transform(() => undefined), sixCharacters])
    .nullish()
    .transform((password) => password ?? undefined),
  max_participants: z.number().int().min(1).max(MAX_P2P_PARTICIPANTS).nullish(),
  expires_minutes: z.number().int().min(1).max(MAX_P2P_MINUTES).nullish(),
  /**
   * `p2p`: media goes from browser to browser, and clients of other dialects are refused. `sfu`: through the server, where
   * clients of all dialects meet; browsers notice no difference, to them the server plays all the others. `auto`
   * (default): from browser to browser until somebody comes by another dialect, from then on through the server.
   */
  topology: z
    .enum(['p2p', 'sfu', 'auto'])
    .nullish()
    .transform((topology) => topology ?? undefined),
});

/** `POST /api/webrtc/rooms/{room_id}/join` */
export const P2pJoinBody = z.object({
  /** Whatever was typed: what has not six characters is a wrong password like any other. */
  password: z.string().min(1).max(256),
  display_name: textField,
});

export interface P2pParticipant {
  id: string;
  name: string;
  is_creator: boolean;
}
export const P2pParticipant: z.ZodType<P2pParticipant> = z
  .object({ id: z.string(), name: z.string(), is_creator: z.boolean() })
  .meta({ id: 'P2pParticipant' });

/** W3C WebRTC §4.2.2 RTCIceServer. */
export interface P2pIceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export const P2pIceServer: z.ZodType<P2pIceServer> = z
  .object({
    urls: z.array(z.string()),
    username: z.string().exactOptional(),
    credential: z.string().exactOptional(),
  })
  .meta({ id: 'P2pIceServer' });

const instant = z.iso.datetime();

/** Answer to the creation of a room: the only time that its password can be seen. */
export interface P2pRoomCreated {
  room_id: string;
  password: string;
  name: string;
  max_participants: number;
  expires_at: string;
}
export const P2pRoomCreated: z.ZodType<P2pRoomCreated> = z.object({
  room_id: z.string(),
  password: z.string(),
  name: z.string(),
  max_participants: z.number().int(),
  expires_at: instant,
});

export interface P2pRoomJoined {
  participant_id: string;
  /** Opens the WebSocket of this one room. */
  ws_token: string;
  room_name: string;
  ice_servers: P2pIceServer[];
  token_expires_at: string;
}
export const P2pRoomJoined: z.ZodType<P2pRoomJoined> = z.object({
  participant_id: z.string(),
  ws_token: z.string(),
  room_name: z.string(),
  ice_servers: z.array(P2pIceServer),
  token_expires_at: instant,
});

/** `GET /api/webrtc/rooms/{room_id}`, for its creator. */
export interface P2pRoomState {
  room_id: string;
  name: string;
  max_participants: number;
  created_at: string;
  expires_at: string;
  /** Who is connected. */
  participants: P2pParticipant[];
  /** For the creator's own connections: whoever joins by password gets them with the token. */
  ice_servers: P2pIceServer[];
}
export const P2pRoomState: z.ZodType<P2pRoomState> = z.object({
  room_id: z.string(),
  name: z.string(),
  max_participants: z.number().int(),
  created_at: instant,
  expires_at: instant,
  participants: z.array(P2pParticipant),
  ice_servers: z.array(P2pIceServer),
});

/** `DELETE /api/webrtc/rooms/{room_id}`, for its creator. */
export interface P2pRoomDeleted {
  room_id: string;
}
export const P2pRoomDeleted: z.ZodType<P2pRoomDeleted> = z.object({ room_id: z.string() });

export interface P2pSuccess<T> {
  success: true;
  data: T;
}

/** `message` is for the user, in the language of `Accept-Language`; `detail` for the developer, in English. */
export interface P2pFailure {
  success: false;
  code: ErrorCode;
  message: string;
  detail?: string;
}

/** `RTCIceCandidateInit` (W3C WebRTC §4.8.1.1); the empty text says that there are no more. */
export const P2pCandidate = z.object({
  candidate: z.string().max(2048),
  sdpMid: z.string().max(64).nullish(),
  sdpMLineIndex: z.number().int().min(0).max(1024).nullish(),
  usernameFragment: z.string().max(256).nullish(),
});
export type P2pCandidate = z.infer<typeof P2pCandidate>;

const to = z.string().min(1).max(64);
const sdp = z.string().min(1).max(MAX_SDP_LENGTH);

/** What a client may send on the WebSocket. */
export const P2pClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offer'), to, sdp }),
  z.object({ type: z.literal('answer'), to, sdp }),
  z.object({ type: z.literal('candidate'), to, candidate: P2pCandidate }),
  z.object({ type: z.literal('leave') }),
]);
export type P2pClientMessage = z.infer<typeof P2pClientMessage>;

/** Why the server ends a connection; the same codes as everywhere. */
export type P2pClosedCode = 'ROOM_CLOSED' | 'ROOM_EXPIRED' | 'SERVER_CLOSING';

/**
 * The one code that the source document names is kept: a message that makes no sense is `invalid_message`. All others
 * are those of every wire.
 */
export type P2pSocketErrorCode = 'invalid_message' | ErrorCode;

/** What the server sends on the WebSocket. */
export type P2pServerMessage =
  | { type: 'joined'; participant_id: string; participants: P2pParticipant[] }
  | { type: 'peer_joined'; participant: P2pParticipant }
  | { type: 'peer_left'; participant_id: string }
  | { type: 'offer'; from: string; sdp: string }
  | { type: 'answer'; from: string; sdp: string }
  | { type: 'candidate'; from: string; candidate: P2pCandidate }
  | { type: 'room_closed'; reason: string; code: P2pClosedCode }
  | {
      type: 'error';
      code: P2pSocketErrorCode;
      message: string;
      detail?: string;
      /** Whom the message was for that could not be passed on. */
      to?: string;
    };
