import type { SignalHandshake } from './socketIo.js';

const HOST = /^[\w.\-:[\]]+$/;

/**
 * The handshake as a request for the access check: token in `auth: { token }`, in an `Authorization` header, or as
 * `?token=`; the first of them counts.
 */
export function handshakeRequest({ url, headers, auth, secure }: SignalHandshake): Request {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) copied.append(name, one);
  }
  const { token } = auth;
  // A header value has no line breaks and the like (RFC 9110 §5.5); a token has none either.
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) {
    copied.set('authorization', `Bearer ${token}`);
  }
  const host = HOST.test(headers.host ?? '') ? String(headers.host) : 'localhost';
  const origin = `${secure ? 'https' : 'http'}://${host}`;
  return new Request(URL.canParse(url, origin) ? new URL(url, origin) : origin, { headers: copied });
}
