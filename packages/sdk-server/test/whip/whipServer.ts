import { createAccess } from '../../src/access/access.js';
import { createToken, type TokenClaims } from '../../src/access/tokens.js';
import { DEFAULT_LIMITS } from '../../src/core/context.js';
import { Pacer } from '../../src/core/Pacer.js';
import type { MediaBackend } from '../../src/core/ports.js';
import { RoomRegistry } from '../../src/core/RoomRegistry.js';
import type { Hooks, Limits, Peer } from '../../src/core/types.js';
import { whipDialect } from '../../src/dialects/whip/whipDialect.js';
import { createRequestHandler } from '../../src/http/handleRequest.js';
import { ManualClock } from '../../src/ice/testing/ManualClock.js';
import type { IceServer } from '@parlor/protocol';
import type { Logger } from '../../src/logger.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { CAPABILITIES } from '../sdp/capabilities.js';
import { capture } from '../sdp/captures.js';

export const SECRET = 'a secret that is as long as it has to be';
export const PUBLISHER_OFFER = capture('chromium-whip-offer');
export const VIEWER_OFFER = capture('chromium-whep-offer');
/** ICE credentials of `PUBLISHER_OFFER` and of one that restarts ICE. */
export const fragmentOf = (offer: string, ufrag?: string): string =>
  [
    /a=group:BUNDLE.*/.exec(offer)?.[0],
    /m=.*/.exec(offer)?.[0],
    /a=mid:.*/.exec(offer)?.[0],
    ufrag === undefined ? /a=ice-ufrag:.*/.exec(offer)?.[0] : `a=ice-ufrag:${ufrag}`,
    ufrag === undefined ? /a=ice-pwd:.*/.exec(offer)?.[0] : 'a=ice-pwd:0123456789abcdefghijklmn',
    'a=candidate:1 1 udp 2122260223 192.0.2.7 61764 typ host generation 0 network-id 1',
    'a=end-of-candidates',
    '',
  ].join('\r\n');

export interface Ask {
  token?: string | undefined;
  body?: string;
  headers?: Record<string, string | undefined>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export interface WhipServerOptions {
  backend?: MediaBackend;
  hooks?: Hooks;
  limits?: Partial<Limits>;
  iceServers?: IceServer[];
  basePath?: string;
}

const TYPES: Record<string, string> = { POST: 'application/sdp', PATCH: 'application/trickle-ice-sdpfrag' };

/** The dialect behind the HTTP entrance, in rooms on a backend in memory, with time that the test lets pass. */
export function whipServer(options: WhipServerOptions = {}) {
  const {
    backend = new FakeBackend({ rtpCapabilities: CAPABILITIES }),
    hooks = {},
    limits,
    basePath = '',
  } = options;
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  let secrets = 0;
  const rooms = new RoomRegistry({
    backend,
    hooks,
    limits: { ...DEFAULT_LIMITS, ...limits },
    logger,
    // However busy the machine is, nothing waits for a later turn.
    pacer: new Pacer({ now: () => 0 }),
    newSecret: () => `secret-${String((secrets += 1))}`,
    iceServers: () => options.iceServers ?? [{ urls: ['stun:stun.example.com'] }],
  });
  const access = createAccess({ jwtSecret: SECRET });
  const handle = createRequestHandler({
    dialects: [whipDialect({ rooms, access, timer: clock, logger })],
    basePath,
    logger,
  });

  /** As a client would ask; a token that may do everything, and the right content type, unless said otherwise. */
  const ask = async (
    method: string,
    path: string,
    { token, body, headers = {} }: Ask = {},
  ): Promise<Answer> => {
    const given = new Headers();
    const type = TYPES[method];
    if (type !== undefined) given.set('content-type', type);
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) given.delete(name);
      else given.set(name, value);
    }
    if (token !== '') given.set('authorization', `Bearer ${token ?? (await tokenOf())}`);
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: given,
      ...(body !== undefined && { body }),
    });
    const response = await handle(request, '192.0.2.7');
    if (!response) throw new Error(`${path} is nobody's`);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  const tokenOf = (claims: TokenClaims = { sub: 'alice' }): Promise<string> => createToken(claims, SECRET);

  /** A session that was let in. */
  const open = async (path: string, offer: string) => {
    const answer = await ask('POST', path, { body: offer });
    if (answer.status !== 201) throw new Error(`${String(answer.status)} ${answer.body}`);
    const { headers, body } = answer;
    return {
      location: headers.get('location') ?? '',
      etag: headers.get('etag') ?? '',
      answer: body,
      headers,
    };
  };
  const peers = (roomId = 'room'): Peer[] => [...(rooms.get(roomId)?.peers.values() ?? [])];
  return { rooms, backend, clock, errors, ask, open, tokenOf, peers };
}

export type WhipServer = ReturnType<typeof whipServer>;

/** Code and status of a refusal. */
export const refusal = ({ status, body }: Answer): [number, string] => [
  status,
  (JSON.parse(body) as { error: string }).error,
];
