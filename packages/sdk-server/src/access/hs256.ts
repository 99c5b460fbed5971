import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * HS256 of compact tokens (RFC 7515 §7.1, RFC 7518 §3.2), at once: libraries for tokens go by Web Crypto, where each
 * signature is a job for another thread, which costs ten times the signature. Everybody who joins has one checked and
 * gets another.
 */

/** @param typ what kind of token it is. */
export function signHs256(claims: object, { typ, key }: { typ: string; key: Uint8Array }): string {
  const signed = `${encode({ alg: 'HS256', typ })}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, key)}`;
}

/** Whether a token ends in the signature of what comes before it. Says nothing of its header and its claims. */
export function isSignedHs256(token: string, key: Uint8Array): boolean {
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1));
  const made = Buffer.from(signatureOf(token.slice(0, Math.max(end, 0)), key));
  return given.length === made.length && timingSafeEqual(given, made);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signatureOf = (text: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(text).digest('base64url');
