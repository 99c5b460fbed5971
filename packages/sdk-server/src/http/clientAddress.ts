import { isIP } from 'node:net';

export interface Hop {
  /** Who is at the other end of the socket; undefined: not known. */
  remoteAddress: string | undefined;
  /** How many reverse proxies every request passes that add the address they see to X-Forwarded-For. */
  trustedProxies: number;
}

/**
 * The IP address of a client. Behind proxies it is what the outermost trusted one has seen: that entry of
 * X-Forwarded-For, counted from the end. Entries before it are what the client says of itself.
 */
export function clientAddress(headers: Headers, { remoteAddress, trustedProxies }: Hop): string | undefined {
  if (trustedProxies === 0) return withoutMapping(remoteAddress);
  const seen = (headers.get('x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const outermost = seen.at(-trustedProxies);
  return withoutMapping(outermost !== undefined && isIP(outermost) !== 0 ? outermost : remoteAddress);
}

/** IPv4 addresses as such, also where the server listens on IPv6 (RFC 4291 §2.5.5.2). */
const withoutMapping = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d+\.)/i, '');
