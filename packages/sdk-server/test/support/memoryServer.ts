import { resumeKey } from '../../src/access/resumeTokens.js';
import type { Authorization } from '../../src/access/types.js';
import { systemClock } from '../../src/ice/clock.js';
import { ManualClock } from '../../src/ice/testing/ManualClock.js';
import { DEFAULT_LIMITS, type CoreContext } from '../../src/core/context.js';
import { Pacer } from '../../src/core/Pacer.js';
import { DEFAULT_GRANTS } from '../../src/core/permissions.js';
import type { MediaBackend } from '../../src/core/ports.js';
import { RoomRegistry } from '../../src/core/RoomRegistry.js';
import type { Grants, Hooks, Limits } from '../../src/core/types.js';
import type { FramedSocket } from '../../src/dialects/dialect.js';
import { protooDialect } from '../../src/dialects/protoo/protooDialect.js';
import type { Logger } from '../../src/logger.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { TestClient } from './TestClient.js';

export interface MemoryServerOptions {
  backend?: MediaBackend;
  hooks?: Hooks;
  limits?: Partial<Limits>;
}

export interface ConnectOptions {
  roomId?: string;
  userId?: string;
  grants?: Partial<Grants>;
}

export interface MemoryServer {
  readonly rooms: RoomRegistry;
  /** Of the rooms. */
  readonly clock: ManualClock;
  /** What the server thought worth an error in its log: always a bug. */
  readonly errors: unknown[];
  connect(peerId: string, options?: ConnectOptions): Promise<TestClient>;
}

/** Rooms and the native protocol on sockets in memory: everything of a server but the network and the guard of it. */
export function memoryServer(options: MemoryServerOptions = {}): MemoryServer {
  const { backend = new FakeBackend(), hooks = {}, limits } = options;
  const errors: unknown[] = [];
  const clock = new ManualClock();
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  let secrets = 0;
  const context: CoreContext = {
    backend,
    hooks,
    limits: { ...DEFAULT_LIMITS, ...limits },
    logger,
    // However busy the machine is, nothing waits for a later turn.
    pacer: new Pacer({ now: () => 0 }),
    newSecret: () => `secret-${String((secrets += 1)).padStart(26, '0')}`,
    iceServers: () => [{ urls: ['stun:stun.example.com'] }],
    timer: clock,
  };
  const rooms = new RoomRegistry(context);

  let authorization: Authorization;
  const dialect = protooDialect({
    rooms,
    logger,
    // What is said of times is the same in each run.
    timer: { ...systemClock, now: () => 0 },
    resumeKey: resumeKey({ access: {} }),
    access: { authorize: () => Promise.resolve(authorization) },
  });

  const connect = async (peerId: string, to: ConnectOptions = {}): Promise<TestClient> => {
    const { roomId = 'room', userId, grants } = to;
    authorization = { userId, name: undefined, grants: { ...DEFAULT_GRANTS, ...grants } };
    const url = new URL('http://localhost/ws');
    url.searchParams.set('roomId', roomId);
    url.searchParams.set('peerId', peerId);
    const handler = await dialect.handleUpgrade?.(new Request(url), url, { address: undefined });
    if (!handler) throw new Error('the upgrade was not taken');
    const client = new TestClient(peerId, roomId);
    handler.open(memorySocket(client));
    return client;
  };
  return { rooms, errors, clock, connect };
}

/** The server's end of a connection whose other end is `client`. */
export function memorySocket(client: TestClient): FramedSocket {
  let receive: (text: string) => void = () => undefined;
  let lose: (code: number) => void = () => undefined;
  const end = (code: number, reason: string) => {
    if (client.closeFrame) return;
    client.ended(code, reason);
    lose(code);
  };
  client.attach({
    send: (text) => {
      receive(text);
    },
    close: () => {
      end(1005, '');
    },
    lose: () => {
      end(1006, '');
    },
  });
  const send = (text: string) => {
    if (!client.closeFrame) client.log.push(text);
  };
  return {
    send,
    sendSoon: send,
    isBehind: false,
    onCaughtUp: () => undefined,
    close: end,
    onMessage: (listener) => {
      receive = listener;
    },
    onRefused: () => undefined,
    onClose: (listener) => {
      lose = listener;
    },
  };
}
