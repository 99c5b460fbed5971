import { createHmac } from 'node:crypto';

export interface TurnCredentials {
  username: string;
  credential: string;
}

/** How to log in at a TURN server: with credentials made from its secret, or always with the same ones. */
export type TurnAccess = { secret: string } | TurnCredentials;

/**
 * Time-limited TURN credentials (draft-uberti-behave-turn-rest-00 §2.2; coturn's `use-auth-secret`): the user name
 * carries the expiry, the password proves that somebody with the secret wrote it.
 *
 * @param user.expiresAt seconds since 1970
 */
export function turnCredentials(user: { name: string; expiresAt: number }, secret: string): TurnCredentials {
  const username = `${String(user.expiresAt)}:${user.name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
