import { DEFAULT_LIMITS } from '../../src/core/context.js';
import { Pacer } from '../../src/core/Pacer.js';
import { RoomRegistry } from '../../src/core/RoomRegistry.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { NoMedia } from '../../src/media/NoMedia.js';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { createAccess } from '../../src/access/access.js';
import { createToken, type TokenClaims } from '../../src/access/tokens.js';
import type { AccessOptions } from '../../src/access/types.js';
import { attachParlor, parlorNode } from '../../src/adapters/node.js';
import { createParlor } from '../../src/createParlor.js';
import type { P2pRoomsOptions } from '../../src/dialects/p2pRooms/options.js';
import { P2pRooms } from '../../src/dialects/p2pRooms/P2pRooms.js';
import { p2pRoomsDialect } from '../../src/dialects/p2pRooms/p2pRoomsDialect.js';
import { createRequestHandler } from '../../src/http/handleRequest.js';
import type { SocketLimits } from '../../src/http/limits.js';
import { createUpgradeHandler } from '../../src/http/upgrade.js';
import { createIceServers } from '../../src/ice/iceServers.js';
import { ManualClock } from '../../src/ice/testing/ManualClock.js';
import type { Logger } from '../../src/logger.js';
import { P2pClient } from './P2pClient.js';

export const SECRET = 'a secret that is as long as it has to be';
/** When the examples of the document happen. */
export const NOON = Date.parse('2025-12-06T12:00:00Z');

export interface Answer {
  status: number;
  headers: Headers;
  body: {
    success: boolean;
    code?: string;
    message?: string;
    detail?: string;
    data?: Record<string, unknown>;
  };
}

export interface Ask {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface P2pServerOptions {
  access?: AccessOptions;
  options?: P2pRoomsOptions;
  socketLimits?: Partial<SocketLimits>;
  /** Absent: a fake one. */
  media?: 'none';
}

/** The dialect on real HTTP and real WebSockets, with time that the test lets pass. */
export async function p2pServer(given: P2pServerOptions = {}) {
  const { access: accessOptions = { jwtSecret: SECRET }, options = {}, socketLimits = {}, media } = given;
  const clock = new ManualClock(NOON);
  const errors: unknown[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  const ice = createIceServers(
    {
      stunUrls: ['stun:stun.example.org:19302'],
      turnUrls: ['turn:turn.example.org:3478'],
      turnSecret: 'north',
      turnProbe: false,
    },
    { clock },
  );
  const registry: RoomRegistry = new RoomRegistry({
    backend: media === 'none' ? new NoMedia() : new FakeBackend(),
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger,
    // However busy the machine is, nothing waits for a later turn.
    pacer: new Pacer({ now: () => 0 }),
    prepareRoom: (id, joining) => rooms.prepare(id, joining),
    newSecret: () => 'secret',
    iceServers: ice.serversFor,
  });
  const rooms: P2pRooms = new P2pRooms({
    options,
    iceServers: ice.serversFor,
    rooms: registry,
    carriesMedia: media === undefined,
    clock,
    logger,
  });
  const dialects = [p2pRoomsDialect({ rooms, access: createAccess(accessOptions), logger })];
  const upgrades = createUpgradeHandler({
    dialects,
    logger,
    trustedProxies: 1,
    limits: { closeTimeoutMs: 50, ...socketLimits },
  });
  const parlor = {
    ...(await createParlor({ access: accessOptions, media: 'none' })),
    handleRequest: createRequestHandler({ dialects, logger, trustedProxies: 1 }),
    handleUpgrade: (...args: Parameters<typeof upgrades.handle>) => upgrades.handle(...args),
  };
  const http = createServer(parlorNode({ parlor }));
  attachParlor(http, parlor);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;

  const ask = async (method: string, path: string, { token, body, headers }: Ask = {}): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answer['body'],
    };
  };
  const dial = (roomId: string, token?: string, headers: Record<string, string> = {}): P2pClient => {
    const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
    return new P2pClient(
      new WebSocket(`${url.replace('http', 'ws')}/ws/webrtc/rooms/${encodeURIComponent(roomId)}${query}`, {
        headers,
      }),
    );
  };
  const user = (claims: TokenClaims = { sub: 'alice', name: '小明' }) => createToken(claims, SECRET);

  /** A room of alice's. */
  const createRoom = async (
    body: object = {},
  ): Promise<{ roomId: string; password: string; token: string }> => {
    const token = await user();
    const answer = await ask('POST', '/api/webrtc/rooms', { token, body });
    if (!answer.body.data) throw new Error(JSON.stringify(answer.body));
    const { room_id: roomId, password } = answer.body.data;
    return { roomId: String(roomId), password: String(password), token };
  };
  const join = (
    roomId: string,
    password: string,
    more: { name?: string; headers?: Record<string, string> } = {},
  ) =>
    ask('POST', `/api/webrtc/rooms/${roomId}/join`, {
      body: { password, ...(more.name !== undefined && { display_name: more.name }) },
      ...(more.headers && { headers: more.headers }),
    });
  /** A guest that is connected. */
  const enter = async (
    room: { roomId: string; password: string },
    name: string,
  ): Promise<P2pClient & { id: string }> => {
    const { body } = await join(room.roomId, room.password, { name });
    const client = await dial(room.roomId, String(body.data?.['ws_token'])).opened();
    return Object.assign(client, { id: String(body.data?.['participant_id']) });
  };

  return {
    url,
    clock,
    errors,
    rooms,
    registry,
    ask,
    dial,
    user,
    createRoom,
    join,
    enter,
    async close() {
      rooms.close();
      await upgrades.close();
      await parlor.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

export type P2pServer = Awaited<ReturnType<typeof p2pServer>>;
