import { z } from 'zod';
import { DisplayName, PeerId } from './model.js';

/**
 * WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): a session description in, its answer out, everything else in headers.
 * `/whip/{roomId}` to publish, `/whep/{roomId}` to watch; each session lives below its endpoint.
 */

/** RFC 8866 §8.1. */
export const SDP_TYPE = 'application/sdp';
/** RFC 8840 §9. */
export const SDP_FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** As long as an offer may be, bytes. */
export const MAX_OFFER_BYTES = 64 * 1024;
/** Of the body of a PATCH: a few candidates. */
export const MAX_FRAGMENT_BYTES = 16 * 1024;

/** `POST /whip/{roomId}` */
export const WhipQuery = z.object({
  /** What others are shown, unless the token says. */
  name: DisplayName.optional(),
});

/** `POST /whep/{roomId}` */
export const WhepQuery = WhipQuery.extend({
  /** Show this participant and nobody else. Default: who publishes video first, and whoever is next after that. */
  peer: PeerId.optional(),
});
