import { generateKeyPair, SignJWT } from 'jose';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Server } from 'socket.io';
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createToken } from '../../src/access/tokens.js';
import { createParlor } from '../../src/createParlor.js';
import { signalServer, type SignalTestServer } from './signalServer.js';

/** When tokens are checked: at `join-room`, before a socket is connected, or before there is a connection at all. */

const SECRET = 'a secret that is long enough for HS256';
const access = { jwtSecret: SECRET };
const HANDSHAKE = '/socket.io/?EIO=4&transport=';

let good: string;
let expired: string;
beforeAll(async () => {
  good = await createToken({ sub: 'alice', rooms: ['team:*'] }, SECRET);
  expired = await new SignJWT({ sub: 'alice', exp: 1 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
});

let server: SignalTestServer;
let errorsExpected = false;
afterEach(async () => {
  await server.close();
  if (!errorsExpected) expect(server.errors).toEqual([]);
  errorsExpected = false;
});

/** What a client that is refused hears. */
async function refusal(
  options: Partial<ManagerOptions & SocketOptions>,
  namespace = '',
): Promise<{ message: string; data?: unknown }> {
  const socket = io(server.url + namespace, {
    forceNew: true,
    transports: ['websocket'],
    reconnection: false,
    ...options,
  });
  const error = await new Promise<Error & { data?: unknown }>((resolve, reject) => {
    socket.once('connect_error', resolve);
    socket.once('connect', () => {
      reject(new Error('connected'));
    });
  });
  expect([socket.connected, socket.active]).toEqual([false, false]);
  socket.close();
  return { message: error.message, data: error.data };
}

/** How an upgrade is answered: 101, or a refusal with its body. */
async function upgrade(path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  socket.on('error', () => undefined);
  const [, answer] = (await Promise.race([once(socket, 'open'), once(socket, 'unexpected-response')])) as [
    unknown,
    IncomingMessage | undefined,
  ];
  if (!answer) {
    socket.terminate();
    return { status: 101 };
  }
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: JSON.parse(await text(answer)) as object,
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const everywhere = (token: string) => [
  { auth: { token } },
  { query: { token } },
  { extraHeaders: bearer(token) },
];

describe('by default', () => {
  test('whoever the host lets in is connected, whatever its token is to Parlor', async () => {
    server = await signalServer({ access });
    for (const options of [{}, ...everywhere('of-the-host'), ...everywhere(expired)]) {
      const client = await server.connect(options);
      expect(await client.join('team:1', 'Eve')).toHaveProperty('error.code');
    }
  });
});

describe.each(['connect', 'handshake'] as const)('where tokens are checked at the %s', (checkTokensAt) => {
  const start = async () => {
    const connected: string[] = [];
    server = await signalServer({ access, attach: { checkTokensAt } });
    server.io.on('connection', ({ id }) => connected.push(id));
    return connected;
  };

  test('who has none, or a bad one in auth, gets its code and is never connected', async () => {
    const connected = await start();
    for (const [token, code] of [
      [undefined, 'UNAUTHORIZED'],
      ['nonsense', 'TOKEN_INVALID'],
      [{ $ne: null }, 'UNAUTHORIZED'],
      [expired, 'TOKEN_EXPIRED'],
    ] as const) {
      for (const transport of ['websocket', 'polling']) {
        const { message, data } = await refusal({ auth: { token }, transports: [transport] });
        expect(data).toEqual({ code, message });
      }
    }
    expect(connected).toEqual([]);
    expect(server.parlor.rooms.size).toBe(0);
  });

  test('a good one connects, wherever it is put; rooms are asked for one by one', async () => {
    await start();
    for (const options of everywhere(good)) {
      for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
        const client = await server.connect({ ...options, transports });
        expect(await client.join('team:1', 'Alice')).toMatchObject({ id: client.id });
        expect(await client.join('private', 'Alice')).toMatchObject({ error: { code: 'ROOM_NOT_ALLOWED' } });
      }
    }
  });

  test('nothing is checked after it was detached, and again when it is attached again', async () => {
    await start();
    server.parlor.attachPeerSignal(server.io)();
    await server.connect({ query: { token: 'nonsense' } });
    server.parlor.attachPeerSignal(server.io, { checkTokensAt });
    expect(await refusal({ auth: { token: 'nonsense' } })).toMatchObject({ data: { code: 'TOKEN_INVALID' } });
    await expect(server.connect({ query: { token: 'nonsense' } })).rejects.toThrow();
  });

  test('nobody needs a token where the application says so, but a bad one is refused', async () => {
    server = await signalServer({
      access: { ...access, allowAnonymous: true },
      attach: { checkTokensAt },
    });
    const client = await server.connect();
    expect(await client.join('general', 'Alice')).toMatchObject({ id: client.id });
    expect(await refusal({ auth: { token: expired } })).toMatchObject({ data: { code: 'TOKEN_EXPIRED' } });
  });
});

describe('where tokens are checked at the connect', () => {
  test('the other namespaces of the host are left alone', async () => {
    server = await signalServer({ access });
    server.parlor.attachPeerSignal(server.io.of('/calls'), { checkTokensAt: 'connect' });
    server.io.of('/chat').on('connection', (socket) => socket.emit('hello'));
    for (const options of everywhere('of-the-host')) {
      expect(await refusal(options, '/calls')).toMatchObject({ data: { code: 'TOKEN_INVALID' } });
      const chat = io(`${server.url}/chat`, { forceNew: true, transports: ['websocket'], ...options });
      await new Promise((resolve) => chat.once('hello', () => resolve(undefined)));
      chat.close();
      await server.connect(options);
    }
  });

  test('the application is asked whether somebody may connect, then for each room', async () => {
    const asked: string[] = [];
    server = await signalServer({
      attach: { checkTokensAt: 'connect' },
      access: {
        authorize: (request, { room, action }) => {
          asked.push(`${action} ${room}`);
          if (request.headers.get('cookie') === null) throw new Error('log in first');
          return {};
        },
      },
    });
    expect(await refusal({})).toEqual({
      message: 'log in first',
      data: { code: 'FORBIDDEN', message: 'log in first' },
    });
    const client = await server.connect({ extraHeaders: { cookie: 'session=1' } });
    await client.join('general', 'Alice');
    expect(asked).toEqual(['connect *', 'connect *', 'join general']);
  });
});

describe('where tokens are checked at the handshake', () => {
  const attach = { checkTokensAt: 'handshake' } as const;

  test.each(['node', 'fastify'] as const)(
    'a bad one is answered before the upgrade: %s',
    async (framework) => {
      server = await signalServer({ access, attach }, framework);
      let connections = 0;
      server.io.engine.on('connection', () => (connections += 1));
      for (const [token, error] of [
        ['nonsense', 'TOKEN_INVALID'],
        [expired, 'TOKEN_EXPIRED'],
      ] as const) {
        for (const [query, headers] of [
          [`&token=${token}`, {}],
          ['', bearer(token)],
          // Not a session, whatever it looks like.
          [`&token=${token}&sid=x&sid=`, {}],
        ] as const) {
          const polled = await fetch(`${server.url}${HANDSHAKE}polling${query}`, { headers });
          expect([polled.status, polled.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
          expect(await polled.json()).toEqual({ error, message: expect.any(String) });

          const upgraded = await upgrade(`${HANDSHAKE}websocket${query}`, headers);
          expect(upgraded).toMatchObject({ status: 401, body: { error, message: expect.any(String) } });
          expect(upgraded.headers).toMatchObject({ 'www-authenticate': 'Bearer' });
        }
      }
      expect(connections).toBe(0);
      for (const query of ['', `&token=${good}`]) {
        expect((await fetch(`${server.url}${HANDSHAKE}polling${query}`)).status).toBe(200);
        expect(await upgrade(`${HANDSHAKE}websocket${query}`)).toEqual({ status: 101 });
      }
      expect(connections).toBe(4);
    },
  );

  test('browsers on other pages may read why, as the CORS settings of Socket.IO have it', async () => {
    server = await signalServer({ access, attach });
    const withCors = new Server({ cors: { origin: '*' } }).listen(0);
    const parlor = await createParlor({ access, media: 'none' });
    parlor.attachPeerSignal(withCors, attach);
    const { httpServer } = withCors as unknown as { httpServer: { address(): { port: number } } };
    const url = `http://127.0.0.1:${String(httpServer.address().port)}${HANDSHAKE}polling&token=x`;
    const response = await fetch(url, { headers: { origin: 'https://example.com' } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    await withCors.close();
    await parlor.close();
  });

  test('a session that has begun is not asked again', async () => {
    const asked: string[] = [];
    server = await signalServer({
      attach,
      access: {
        authorize: (_request, { action }) => {
          asked.push(action);
          return {};
        },
      },
    });
    const client = await server.connect({ transports: ['polling', 'websocket'], query: { token: 'any' } });
    if (client.socket.io.engine.transport.name !== 'websocket')
      await new Promise((resolve) => client.socket.io.engine.once('upgrade', resolve));
    await client.join('general', 'Alice');
    // The handshake, the namespace, the room.
    expect(asked).toEqual(['connect', 'connect', 'join']);
  });

  test('namespaces of one server do not switch each other off', async () => {
    server = await signalServer({ access });
    const [one, two] = ['/one', '/two'].map((name) =>
      server.parlor.attachPeerSignal(server.io.of(name), attach),
    );
    one?.();
    one?.();
    const status = async () => (await fetch(`${server.url}${HANDSHAKE}polling&token=x`)).status;
    expect(await status()).toBe(401);
    two?.();
    expect(await status()).toBe(200);
  });

  test('keys that cannot be fetched are the fault of the server, which says no more', async () => {
    errorsExpected = true;
    server = await signalServer({ access: { jwksUrl: 'http://127.0.0.1:1/keys' }, attach });
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ sub: 'a', exp: 9e9 })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    const response = await fetch(`${server.url}${HANDSHAKE}polling&token=${token}`);
    expect([response.status, await response.json()]).toMatchObject([500, { error: 'INTERNAL' }]);
    expect(await upgrade(`${HANDSHAKE}websocket&token=${token}`)).toMatchObject({ status: 500 });
    expect(await refusal({ auth: { token } })).toMatchObject({ data: { code: 'INTERNAL' } });
    expect(server.errors).toHaveLength(3);
  });

  test('a client that breaks off meanwhile breaks nothing', async () => {
    let decide = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      decide = resolve;
    });
    let decided = (): void => undefined;
    const decision = new Promise<void>((resolve) => {
      decided = resolve;
    });
    server = await signalServer({
      attach,
      access: {
        authorize: async () => {
          decide();
          await decision;
          return {};
        },
      },
    });
    const raw: TcpSocket = connectTcp(Number(new URL(server.url).port), '127.0.0.1');
    const gone = new Promise<void>((resolve) => {
      (server.io as unknown as { httpServer: NodeJS.EventEmitter }).httpServer.once(
        'connection',
        (socket: TcpSocket) => socket.once('close', () => resolve()),
      );
    });
    raw.write(
      `GET ${HANDSHAKE}websocket&token=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await asked;
    raw.resetAndDestroy();
    await gone;
    decided();
    const client = await server.connect({ query: { token: 'x' } });
    expect(await client.join('general', 'Alice')).toMatchObject({ id: client.id });
    expect(server.io.engine.clientsCount).toBe(1);
  });

  test('it must be possible: what to do is said where it is not', async () => {
    server = await signalServer({ access });
    const nowhere = new Server();
    expect(() => server.parlor.attachPeerSignal(nowhere, attach)).toThrow(/attach Socket\.IO.*first/);
    expect(() => server.parlor.attachPeerSignal(nowhere.of('/calls'), attach)).toThrow(/first/);
    server.parlor.attachPeerSignal(nowhere, { checkTokensAt: 'connect' });
  });
});
