import { DEFAULT_LIMITS, type CoreContext } from '../../src/core/context.js';
import { Pacer } from '../../src/core/Pacer.js';
import { RoomRegistry } from '../../src/core/RoomRegistry.js';
import type { Hooks, Limits } from '../../src/core/types.js';
import type { MediaBackend } from '../../src/core/ports.js';
import { createAccess } from '../../src/access/access.js';
import { createToken, type TokenClaims } from '../../src/access/tokens.js';
import type { AccessOptions } from '../../src/access/types.js';
import { rtcRestDialect } from '../../src/dialects/rtcRest/rtcRestDialect.js';
import { RtcSessions } from '../../src/dialects/rtcRest/RtcSessions.js';
import { createRequestHandler } from '../../src/http/handleRequest.js';
import { ManualClock } from '../../src/ice/testing/ManualClock.js';
import type { Logger } from '../../src/logger.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { UsageRecorder } from '../../src/observe/UsageRecorder.js';
import { EventReader } from './EventReader.js';

export const SECRET = 'a secret that is as long as it has to be';
const NOON = Date.parse('2026-01-01T12:00:00Z');

export interface RtcServerOptions {
  access?: AccessOptions;
  backend?: MediaBackend;
  hooks?: Hooks;
  limits?: Partial<Limits>;
}

export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
}

export interface RtcAnswered {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

/** Rooms and the REST dialect without a network, with time that the test lets pass. */
export function rtcServer(options: RtcServerOptions = {}) {
  const { access: accessOptions = { jwtSecret: SECRET }, hooks = {}, limits } = options;
  const clock = new ManualClock(NOON);
  const fake = new FakeBackend();
  const backend = options.backend ?? fake;
  const errors: unknown[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  const context: CoreContext = {
    backend,
    hooks,
    limits: { ...DEFAULT_LIMITS, ...limits },
    logger,
    // However busy the machine is, nothing waits for a later turn.
    pacer: new Pacer({ now: () => 0 }),
    newSecret: () => 'secret',
    iceServers: () => [{ urls: ['stun:stun.example.com'] }],
  };
  const rooms = new RoomRegistry(context);
  const usage = new UsageRecorder({ rooms, clock, hooks, logger });
  let peers = 0;
  const sessions = new RtcSessions({ rooms, clock, newPeerId: () => `peer-${String((peers += 1))}` });
  usage.on('recorded', (record) => {
    sessions.tellUsage(record);
  });
  const access = createAccess(accessOptions);
  const dialect = rtcRestDialect({ sessions, rooms, usage, access, logger, now: clock.now });
  const handle = createRequestHandler({ dialects: [dialect], logger });

  const send = async (request: Request): Promise<Response> => {
    const response = await handle(request);
    if (!response) throw new Error(`${request.method} ${request.url} is nobody's`);
    return response;
  };

  /** A client of one user. */
  const user = async (sub: string, claims: TokenClaims = {}) => {
    const token = await createToken({ sub, ...claims }, SECRET);
    const request = (method: string, path: string, { body, headers }: Ask = {}) =>
      new Request(`http://localhost${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'accept-language': 'en', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    const ask = async (method: string, path: string, how?: Ask): Promise<RtcAnswered> => {
      const { status, headers, ...response } = await read(await send(request(method, path, how)));
      return { status, headers, ...response };
    };
    return {
      token,
      ask,
      /** The body of an answer that must be a success. */
      async did(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
        const answer = await ask(method, path, { body });
        if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.text}`);
        return answer.body;
      },
      async listen(headers: Record<string, string> = {}): Promise<EventReader> {
        const response = await send(request('GET', '/rtc/events', { headers }));
        if (response.status !== 200) throw new Error(await response.text());
        return new EventReader(response);
      },
    };
  };
  const close = async (): Promise<void> => {
    rooms.close('serverClosing');
    sessions.close();
    await usage.close();
  };
  return { clock, backend: fake, rooms, sessions, usage, errors, send, user, close };
}

export type RtcServer = ReturnType<typeof rtcServer>;
export type RtcUser = Awaited<ReturnType<RtcServer['user']>>;

async function read(response: Response): Promise<RtcAnswered> {
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, body: JSON.parse(text) as Record<string, unknown> };
}
