import { DisplayName } from '@parlor/protocol';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ParlorError } from '../errors.js';

/**
 * Tokens of guests, who have shown a room's password and nothing else of themselves. Each room has a key of its own:
 * what is signed with it opens this room and nothing else, and is worth nothing once the room is gone.
 */

/** RFC 8725 §3.11: says what kind of token it is, so that none is taken for another. */
const TYPE = 'parlor-guest+jwt';
const MAX_TOKEN_LENGTH = 4096;

const GuestClaims = z.object({ sub: z.string().min(1).max(64), name: DisplayName });

export interface Guest {
  /** Participant id. */
  id: string;
  name: string;
}

/** A key for the tokens of one room, as it can be stored. */
export const newGuestKey = (): string => randomBytes(32).toString('base64url');

/** @param expiresAt milliseconds since 1970 */
export function signGuestToken(guest: Guest, { key, expiresAt }: { key: string; expiresAt: number }) {
  return new SignJWT({ name: guest.name })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setSubject(guest.id)
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(Buffer.from(key, 'base64url'));
}

/** Whether it says of itself that it is a guest's; whether it is one, `readGuestToken` tells. */
export function isGuestToken(token: string): boolean {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  try {
    return decodeProtectedHeader(token).typ === TYPE;
  } catch {
    // No token at all; whoever checks other tokens says so.
    return false;
  }
}

/**
 * @param now milliseconds since 1970
 * @throws TOKEN_EXPIRED, TOKEN_INVALID
 */
export async function readGuestToken(
  token: string,
  { key, now }: { key: string; now: number },
): Promise<Guest> {
  try {
    const { payload } = await jwtVerify(token, Buffer.from(key, 'base64url'), {
      algorithms: ['HS256'],
      typ: TYPE,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    });
    const { sub, name } = GuestClaims.parse(payload);
    return { id: sub, name };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired)
      throw new ParlorError('TOKEN_EXPIRED', 'the token has expired: join again', { cause });
    throw new ParlorError('TOKEN_INVALID', 'the token is not one of this room: join it first', { cause });
  }
}
