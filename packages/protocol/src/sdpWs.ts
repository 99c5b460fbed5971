import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import { DisplayName, PeerId, type IceServer, type MediaKind } from './model.js';
import { SignalCandidate } from './signal.js';

/**
 * Calls over plain SDP, as `calls-api.ru.md` has them: one WebSocket and one RTCPeerConnection a client, on which the
 * server sends and receives for it. Clients ignore message types that they do not know: what the document does not name
 * is additional.
 */

/** Half of the largest message: what JSON adds to line ends fits as well. */
const MAX_SDP = 128 * 1024;

/** UTF-16 code units. */
export const MAX_TOPIC = 128;

/** `payload` is an object, or the same as JSON text. */
const payload = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be an object or JSON text' });
      return z.NEVER;
    }
  }, schema);

const addressed = {
  /** Of the chat or group, as in the address of the connection. */
  roomId: z.union([z.number(), z.string().max(128)]).nullish(),
  /** The client's own name for this connection; others know it by that. Until it has joined. */
  sessionId: PeerId.nullish(),
};

const description = z.object({ sdp: z.string().min(1).max(MAX_SDP) });

/** What a client may send. */
export const SdpWsClientMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('join'),
    ...addressed,
    /** What others are shown, unless the token says it. */
    name: DisplayName.nullish(),
  }),
  z.object({ type: z.literal('offer'), ...addressed, payload: payload(description) }),
  z.object({ type: z.literal('answer'), ...addressed, payload: payload(description) }),
  z.object({ type: z.literal('ice'), ...addressed, payload: payload(SignalCandidate.nullish()) }),
  z.object({ type: z.literal('leave'), ...addressed }),
]);
export type SdpWsClientMessage = z.infer<typeof SdpWsClientMessage>;

/** On a data channel, as JSON text. Any other text is the payload of a message for all, with the channel's label as topic. */
export const SdpWsDataMessage = z.object({
  /** Ids of participants; absent: everyone else. */
  to: z.union([PeerId, z.array(PeerId).min(1).max(512)]).nullish(),
  topic: z.string().max(MAX_TOPIC),
  payload: z.unknown(),
});
export type SdpWsDataMessage = z.infer<typeof SdpWsDataMessage>;

/** What comes on a data channel, as JSON text. */
export interface SdpWsDataUpdate {
  /** The participant's id; absent: the host application. */
  from?: string;
  topic: string;
  payload: unknown;
}

/** W3C WebRTC §4.3.3, as the server sees the client's connection. */
export type SdpWsState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface SdpWsParticipant {
  /** The `sessionId` of a client of this protocol. */
  id: string;
  name: string;
  /** The id of the MediaStream that its camera and microphone come in; those of further streams begin with it and `~`. */
  streamId: string;
}

/** A track of somebody, as it comes in `RTCTrackEvent.streams`. */
export interface SdpWsTrack {
  participantId: string;
  streamId: string;
  kind: MediaKind;
}

type Body =
  | { type: 'offer' | 'answer'; payload: { type: 'offer' | 'answer'; sdp: string } | string }
  /** Who is in the call already, and the ICE servers for `RTCConfiguration`. */
  | { type: 'joined'; participants: SdpWsParticipant[]; iceServers: IceServer[] }
  | { type: 'participantJoined'; participant: SdpWsParticipant }
  | { type: 'participantLeft'; participantId: string }
  | ({ type: 'muted'; muted: boolean } & SdpWsTrack)
  | { type: 'state'; state: SdpWsState }
  | {
      type: 'error';
      code: ErrorCode;
      message: string;
      /** Whose track does not come. */
      track?: SdpWsTrack;
      /** The media section of the own track that is not taken. */
      mid?: string;
    };

/** What the server sends; `roomId` as the client writes it. */
export type SdpWsServerMessage = Body & { roomId: string | number; sessionId: string };
export type SdpWsServerBody = Body;
