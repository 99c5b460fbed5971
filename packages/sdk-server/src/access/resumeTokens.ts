import { DisplayName, PeerId, RoomId } from '@parlor/protocol';
import { jwtVerify } from 'jose';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { GrantsClaim } from './grants.js';
import { signHs256 } from './hs256.js';
import { secretKey } from './tokens.js';
import type { AccessOptions } from './types.js';

/**
 * What a client that has joined can prove of itself later, also to another process that has the same key: after a
 * restart, or on another node.
 */

/** RFC 8725 §3.11: says what kind of token it is, so that none is taken for another. */
const TYPE = 'parlor-resume+jwt';
/** How long who came without an expiry can prove it, ms: longer than a meeting. */
const DEFAULT_TTL_MS = 24 * 60 * 60 * 1000;

const Claims = z.object({
  room: RoomId,
  peer: PeerId,
  name: DisplayName,
  user: z.string().min(1).max(256).optional(),
  can: GrantsClaim,
  region: z.string().max(64).optional(),
  /** What proves to the room that it is the same client: `Peer.resumeToken`. */
  proof: z.string().min(1).max(64),
  /** Which room of that id it was: one that is opened anew is another. */
  formation: z.string().min(1).max(64),
});
export type ResumeClaims = z.infer<typeof Claims>;

export interface ResumeTokens {
  /** @param expiresAt of the right to be in the room, milliseconds since 1970; undefined: it is asked for each time */
  sign(claims: ResumeClaims, expiresAt: number | undefined): string;
  /** Undefined: it is none, or not any more. `expiresAt`: as it was signed with, in whole seconds. */
  read(token: string): Promise<(ResumeClaims & { expiresAt: number }) | undefined>;
}

export interface ResumeTokenOptions {
  readonly key: Uint8Array<ArrayBuffer>;
  /** How long it is good after the right has expired, ms. */
  readonly graceMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The key for resume tokens: the same in every process with the same secret. Without one, tokens are worth nothing once
 * this process has ended.
 *
 * @throws Error when the secret is too short
 */
export function resumeKey({
  resumeSecret,
  access,
}: {
  resumeSecret?: string | undefined;
  access: Pick<AccessOptions, 'jwtSecret'>;
}): Uint8Array<ArrayBuffer> {
  const secret = resumeSecret ?? access.jwtSecret;
  if (secret === undefined) return Uint8Array.from(randomBytes(32));
  const name = resumeSecret === undefined ? 'JWT secret' : 'resume secret';
  // Its own key: a resume token opens nothing that an access token does.
  return Uint8Array.from(createHmac('sha256', secretKey(secret, name)).update(TYPE).digest());
}

export function createResumeTokens({ key, graceMs, now }: ResumeTokenOptions): ResumeTokens {
  // Imported once: jose would do it again for every token.
  const imported = crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return {
    sign(claims, expiresAt = now() + DEFAULT_TTL_MS) {
      const [iat, exp] = [Math.floor(now() / 1000), Math.ceil((expiresAt + graceMs) / 1000)];
      return signHs256({ ...claims, jti: randomUUID(), iat, exp }, { typ: TYPE, key });
    },

    async read(token) {
      try {
        const { payload } = await jwtVerify(token, await imported, {
          algorithms: ['HS256'],
          typ: TYPE,
          currentDate: new Date(now()),
          requiredClaims: ['exp'],
        });
        const { data } = Claims.safeParse(payload);
        return data && { ...data, expiresAt: (payload.exp ?? 0) * 1000 - graceMs };
      } catch {
        // Tampered with, expired or made by who has another key: it proves nothing, and who shows it joins as anybody.
        return undefined;
      }
    },
  };
}
