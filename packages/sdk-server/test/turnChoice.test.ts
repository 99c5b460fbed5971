import type { ProtooAnswers } from '@parlor/protocol';
import { io } from 'socket.io-client';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, describe, expect, test } from 'vitest';
import { createToken } from '../src/access/tokens.js';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import type { ParlorOptions } from '../src/index.js';
import { dial } from './support/callPhone.js';
import { socketServer, type SocketServer } from './support/socketServer.js';

/** Which TURN server comes first for whom, by every way to ICE servers. */

const SECRET = 'a secret that is long enough for HS256';
const ice = {
  turnServers: [
    { urls: 'turn:us.test', region: 'us', weight: 1000 },
    { urls: 'turn:eu.test', region: 'eu' },
    { urls: 'turn:here.test', networks: ['127.0.0.0/8'] },
    { urls: 'turn:elsewhere.test', networks: ['192.0.2.0/24'] },
  ],
  turnSecret: 's',
  turnProbe: false as const,
};

let server: SocketServer;
afterEach(() => server.close());

async function start(options: Partial<ParlorOptions> = {}): Promise<SocketServer> {
  server = await socketServer({
    access: { jwtSecret: SECRET, allowAnonymous: true },
    ice,
    media: new FakeBackend(),
    ...options,
  });
  return server;
}

const tokenFrom = (region: string, sub = 'alice') => createToken({ sub, region }, SECRET);

describe('the native protocol gives a peer the TURN server', () => {
  const first = async (options: Parameters<SocketServer['connect']>[1] = {}): Promise<unknown> => {
    const client = await server.connect('alice', options);
    const { data } = await client.join();
    return (data as ProtooAnswers['joinRoom']).iceServers[0]?.urls;
  };

  test.each(['eu', 'us'])('of the region that its token names: %s', async (region) => {
    await start();
    expect(await first({ token: await tokenFrom(region) })).toEqual([`turn:${region}.test`]);
  });

  test('or that the host application names', async () => {
    await start({ access: { authorize: () => ({ region: 'eu' }) } });
    expect(await first()).toEqual(['turn:eu.test']);
  });

  test('and without a region the one that is close to its address', async () => {
    await start();
    expect(await first()).toEqual(['turn:here.test']);
  });
});

describe('a call', () => {
  test('takes the regions of both sides along into its room', async () => {
    await start();
    const [alice, bob] = await Promise.all(
      Object.entries({ alice: 'us', bob: 'eu' }).map(async ([user, region]) => {
        const phone = await dial(server, { token: await tokenFrom(region, user) });
        await phone.ask('openLine', { deviceId: user });
        return phone;
      }),
    );
    if (!alice || !bob) throw new Error('nobody there');
    const callId = await alice.ring('bob');
    const held = await bob.ask<{ roomId: string; ticket: string }>('acceptCall', { callId });
    const { ticket } = await alice.hears('callAccepted');

    for (const [given, region] of [
      [String(ticket), 'us'],
      [held.ticket, 'eu'],
    ] as const) {
      // The ticket alone: no token says it again.
      const client = await server.connect(region, { roomId: held.roomId, query: { ticket: given } });
      const { data } = await client.join();
      expect((data as ProtooAnswers['joinRoom']).iceServers[0]?.urls).toEqual([`turn:${region}.test`]);
    }
  });
});

describe('a room with a password', () => {
  interface Answer {
    data: Record<string, string> & { ice_servers: { urls: string[] }[] };
  }
  const ask = async (method: string, path: string, init: RequestInit = {}): Promise<Answer['data']> => {
    const response = await fetch(`${server.url}/api/webrtc/rooms${path}`, { method, ...init });
    return ((await response.json()) as Answer).data;
  };

  test('gives its creator the server of the region, and guests the one that is close to them', async () => {
    await start({ trustedProxies: 1 });
    const headers = { authorization: `Bearer ${await tokenFrom('eu')}` };
    const { room_id: id = '', password } = await ask('POST', '', { headers });
    const state = await ask('GET', `/${id}`, { headers });
    expect(state.ice_servers[0]?.urls).toEqual(['turn:eu.test']);

    const body = JSON.stringify({ password });
    const near = await ask('POST', `/${id}/join`, { body });
    expect(near.ice_servers[0]?.urls).toEqual(['turn:here.test']);
    const far = await ask('POST', `/${id}/join`, { body, headers: { 'x-forwarded-for': '192.0.2.7' } });
    expect(far.ice_servers[0]?.urls).toEqual(['turn:elsewhere.test']);
  });
});

describe('over Socket.IO', () => {
  test('the host application finds the same servers at the peer', async () => {
    await start({ trustedProxies: 1 });
    const http = createServer();
    const sockets = new Server(http);
    server.parlor.attachPeerSignal(sockets);
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
    const urlsOf = async (options: Parameters<typeof io>[1]): Promise<unknown> => {
      const socket = io(url, { forceNew: true, transports: ['websocket'], ...options });
      const { id } = (await socket.emitWithAck('join-room', { roomName: 'lobby', pseudo: 'Alice' })) as {
        id: string;
      };
      const servers = await server.parlor.rooms.get('lobby')?.peers.get(id)?.iceServers();
      socket.close();
      return servers?.[0]?.urls;
    };
    try {
      expect(await urlsOf({ auth: { token: await tokenFrom('eu') } })).toEqual(['turn:eu.test']);
      expect(await urlsOf({})).toEqual(['turn:here.test']);
      expect(await urlsOf({ extraHeaders: { 'x-forwarded-for': '192.0.2.7' } })).toEqual([
        'turn:elsewhere.test',
      ]);
    } finally {
      await sockets.close();
    }
  });
});
