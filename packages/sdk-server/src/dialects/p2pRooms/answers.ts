import type { P2pFailure, P2pSuccess } from '@parlor/protocol';
import { TooManyGuesses } from '../../access/GuessLimiter.js';
import { toWireError } from '../../errors.js';
import type { Language } from '../language.js';
import { errorText } from './texts.js';

/** Passwords and tokens are in these answers. */
const NEVER_STORED = { 'cache-control': 'no-store' };

export function success<T>(data: T): Response {
  return Response.json({ success: true, data } satisfies P2pSuccess<T>, { headers: NEVER_STORED });
}

export function failure(error: unknown, language: Language, allow?: string): Response {
  const { code, message: detail, http } = toWireError(error);
  const message = errorText({ code, message: detail }, language);
  const body: P2pFailure = { success: false, code, message, ...(message !== detail && { detail }) };
  const headers = new Headers({
    ...NEVER_STORED,
    'content-language': language,
    vary: 'Accept-Language',
  });
  // RFC 6585 §4, RFC 6750 §3, RFC 9110 §15.5.6 and §15.5.22.
  if (error instanceof TooManyGuesses) headers.set('retry-after', String(error.retryAfterSeconds));
  if (http === 401 && code !== 'PASSWORD_WRONG') headers.set('www-authenticate', 'Bearer');
  if (http === 405 && allow !== undefined) headers.set('allow', allow);
  if (http === 426) headers.set('upgrade', 'websocket');
  return Response.json(body, { status: http, headers });
}
