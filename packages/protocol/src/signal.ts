import { z } from 'zod';
import { ObjectId, PeerId } from './model.js';

/**
 * What two browsers say to each other to connect directly; the server passes it on unread. Lengths are in UTF-16
 * code units.
 */

/** Half of the largest message: what JSON adds to line ends fits as well. */
const MAX_SDP = 128 * 1024;
const MAX_TRACKS = 512;

/** W3C WebRTC §4.4.1 RTCSessionDescription, with the publications behind its media sections. */
export const SignalDescription = z.object({
  /** `rollback`: the sender cannot go on with this connection, and asks for a new one. */
  type: z.enum(['offer', 'answer', 'rollback']),
  sdp: z.string().max(MAX_SDP),
  /** Media section (its `mid`, RFC 5888) to producer id, of either side. */
  tracks: z
    .record(z.string().min(1).max(64), ObjectId)
    .refine((tracks) => Object.keys(tracks).length <= MAX_TRACKS, 'too many tracks')
    .optional(),
});
export type SignalDescription = z.infer<typeof SignalDescription>;

/** W3C WebRTC §4.8.1 RTCIceCandidate. */
export const SignalCandidate = z.object({
  candidate: z.string().max(2048),
  sdpMid: z.string().max(64).nullish(),
  sdpMLineIndex: z.number().int().min(0).max(65_535).nullish(),
  usernameFragment: z.string().max(256).nullish(),
});
export type SignalCandidate = z.infer<typeof SignalCandidate>;

/** Exactly one of the two; a candidate of `null` is the end of candidates. */
const signalFields = {
  /** Tells one attempt to connect from the next: what belongs to an earlier one is to be ignored. */
  connection: ObjectId.optional(),
  description: SignalDescription.optional(),
  candidate: SignalCandidate.nullable().optional(),
};

const isOneOfTwo = ({ description, candidate }: { description?: unknown; candidate?: unknown }) =>
  (description === undefined) !== (candidate === undefined);
const ONE_OF_TWO = 'send a description or a candidate, not both';

export const Signal = z.object(signalFields).refine(isOneOfTwo, ONE_OF_TWO);
export type Signal = z.infer<typeof Signal>;

/** With whom it is for. */
export const AddressedSignal = z.object({ to: PeerId, ...signalFields }).refine(isOneOfTwo, ONE_OF_TWO);
