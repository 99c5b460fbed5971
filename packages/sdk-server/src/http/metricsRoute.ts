import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Client, Dialect, RouteDescription } from '../dialects/dialect.js';
import { ParlorError } from '../errors.js';
import { METRICS_CONTENT_TYPE, type MetricsOptions } from '../observe/metricsOptions.js';

const PATH = '/metrics';
/** Something that a header can carry (RFC 6750 §2.1 and some more) and nobody guesses. */
const TOKEN = /^[\x21-\x7e]{16,}$/;

type Readers = NonNullable<MetricsOptions['readers']>;
/** @throws FORBIDDEN, UNAUTHORIZED, TOKEN_INVALID */
type Check = (request: Request, client: Client) => void;

/**
 * Serves `GET /metrics` to those who may read it. Users' tokens count for nothing here.
 *
 * @throws Error when the token is none that can be sent and kept secret
 */
export function metricsRoute(readers: Readers, scrape: () => Promise<string>): Dialect {
  const check = readers === 'local' ? assertLocal : tokenCheck(readers.token);
  return {
    name: 'metrics',
    routes: [readers === 'local' ? LOCAL_ROUTE : TOKEN_ROUTE],
    async handleRequest(request, url, client) {
      if (url.pathname !== PATH || request.method !== 'GET') return null;
      check(request, client);
      const headers = { 'content-type': METRICS_CONTENT_TYPE, 'cache-control': 'no-store' };
      return new Response(await scrape(), { headers });
    },
  };
}

const ROUTE = {
  operationId: 'getMetrics',
  method: 'GET',
  path: PATH,
  answer: {
    status: 200,
    contentType: 'text/plain',
    description: 'The text format of Prometheus, version 0.0.4.',
  },
  // What it takes is not a user's token.
  isOpen: true,
} as const;

const LOCAL_ROUTE: RouteDescription = {
  ...ROUTE,
  summary: 'Figures for Prometheus, for programs on the machine of the server.',
  errors: ['FORBIDDEN'],
};

const TOKEN_ROUTE: RouteDescription = {
  ...ROUTE,
  summary: 'Figures for Prometheus. Needs the bearer token of the metrics, which is none of a user.',
  errors: ['UNAUTHORIZED', 'TOKEN_INVALID'],
};

function tokenCheck(token: string): Check {
  if (!TOKEN.test(token))
    throw new Error('metrics.readers.token must have at least 16 characters, of ASCII and without spaces');
  // Of equal length, so that how long comparing takes tells nothing.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return ({ headers }) => {
    const sent = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (sent === undefined)
      throw new ParlorError('UNAUTHORIZED', 'send the token of the metrics: Authorization: Bearer …');
    if (!timingSafeEqual(digest(sent), expected))
      throw new ParlorError('TOKEN_INVALID', 'this is not the token of the metrics');
  };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** What proxies tell of who asks them (RFC 7239, RFC 9110 §7.6.3). */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * A program of this machine asks, for itself. A proxy on this machine asks for anybody; a browser may ask for a page from
 * anywhere: such a page either says where it is from (Origin) or has made its own name lead here (Host).
 */
function assertLocal({ headers }: Request, { address }: Client): void {
  const isDirect = !PROXY_HEADERS.some((name) => headers.has(name));
  const host = headers.get('host');
  if (isLoopback(address) && isDirect && !headers.has('origin') && (host === null || isLoopbackHost(host)))
    return;
  throw new ParlorError(
    'FORBIDDEN',
    'metrics are for programs on the machine of the server: give metrics a token to read them from elsewhere',
  );
}

function isLoopback(address: string | undefined): boolean {
  const version = isIP(address ?? '');
  return address !== undefined && version !== 0 && loopback.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

function isLoopbackHost(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
