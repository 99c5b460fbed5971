import { exportJWK, generateKeyPair } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createToken } from '../../src/index.js';
import { signalServer } from '../peerSignal/signalServer.js';
import { dial } from '../support/callPhone.js';
import { socketServer, type SocketServer } from '../support/socketServer.js';
import { P2pClient } from './P2pClient.js';

/** A whole Parlor: the token of a guest opens its room's WebSocket and nothing else. */

const jwtSecret = 'a secret that is as long as it has to be';

describe('the token of a guest', () => {
  let server: Pick<SocketServer, 'url' | 'parlor' | 'close'>;
  let keys: Server;
  let jwksUrl: string;
  beforeEach(async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    keys = createServer((_req, res) => res.end(JSON.stringify({ keys: [jwk] })));
    await once(keys.listen(0, '127.0.0.1'), 'listening');
    jwksUrl = `http://127.0.0.1:${String((keys.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    keys.close();
    await server.close();
  });

  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    });
    return (await response.json()) as { data: Record<string, string> };
  };
  const guestOf = async () => {
    const access = await createToken({ sub: 'alice' }, jwtSecret);
    const { data: room } = await post('/api/webrtc/rooms', {}, access);
    const { data: guest } = await post(`/api/webrtc/rooms/${String(room['room_id'])}/join`, {
      password: room['password'],
    });
    return { roomId: String(room['room_id']), token: String(guest['ws_token']) };
  };

  test.each([
    { with: 'a secret' },
    { with: 'a secret and keys' },
    { with: 'a secret, and nobody needs a token' },
  ])('is no token for the other dialects of a server with $with', async ({ with: how }) => {
    const sockets = await socketServer({
      media: 'none',
      access: {
        jwtSecret,
        ...(how.endsWith('keys') && { jwksUrl }),
        allowAnonymous: how.endsWith('token'),
      },
    });
    server = sockets;
    const { roomId, token } = await guestOf();
    await expect(dial(sockets, { token, userId: 'guest' })).rejects.toThrow(/401/);
    const call = await fetch(`${server.url}/calls?userId=guest&token=${token}`);
    expect([call.status, await call.json()]).toMatchObject([401, { error: 'TOKEN_INVALID' }]);
    for (const room of [roomId, 'standup']) {
      await expect(sockets.connect('guest', { roomId: room, token })).rejects.toThrow(/401/);
      for (const path of [
        `/ws?roomId=${room}&peerId=guest`,
        `/?roomId=${room}&peerId=guest`,
        `/rooms/${room}?`,
      ]) {
        const response = await fetch(`${server.url}${path}&token=${token}`);
        expect(await response.json(), path).toMatchObject({ error: 'TOKEN_INVALID' });
        expect(response.status).toBe(401);
      }
    }
    expect(server.parlor.rooms.size).toBe(0);
    const client = new P2pClient(
      new WebSocket(`${server.url.replace('http', 'ws')}/ws/webrtc/rooms/${roomId}?token=${token}`),
    );
    await client.opened();
    expect(await client.take()).toMatchObject({ type: 'joined' });
  });

  test.each(['join-room', 'connect', 'handshake'] as const)(
    'is no token for peer-signal, where tokens are checked at the %s',
    async (checkTokensAt) => {
      const sockets = await signalServer({
        access: { jwtSecret, allowAnonymous: true },
        media: 'none',
        attach: { checkTokensAt },
      });
      server = sockets;
      const { roomId, token } = await guestOf();
      for (const options of [{ auth: { token } }, { query: { token } }]) {
        for (const transport of ['websocket', 'polling']) {
          const connecting = sockets.connect({ ...options, transports: [transport] });
          if (checkTokensAt === 'join-room') {
            const client = await connecting;
            for (const room of [roomId, 'standup'])
              expect(await client.join(room, 'Eve')).toMatchObject({ error: { code: 'TOKEN_INVALID' } });
          } else if ('auth' in options || checkTokensAt === 'connect') {
            await expect(connecting).rejects.toMatchObject({ data: { code: 'TOKEN_INVALID' } });
          } else {
            await expect(connecting).rejects.toThrow(/(websocket|xhr poll) error/);
          }
        }
      }
      const polled = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&token=${token}`);
      expect(polled.status).toBe(checkTokensAt === 'handshake' ? 401 : 200);
      expect(server.parlor.rooms.size).toBe(0);
    },
  );

  test('everybody in a room hears it when Parlor closes', async () => {
    server = await socketServer({ media: 'none', access: { jwtSecret } });
    const { roomId, token } = await guestOf();
    const client = new P2pClient(
      new WebSocket(`${server.url.replace('http', 'ws')}/ws/webrtc/rooms/${roomId}?token=${token}`, {
        headers: { 'accept-language': 'ru' },
      }),
    );
    await client.opened();
    await client.take();
    await server.parlor.close();
    expect(await client.take()).toEqual({
      type: 'room_closed',
      reason: 'Сервер завершает работу',
      code: 'SERVER_CLOSING',
    });
    expect(await client.closed).toEqual([4503, 'SERVER_CLOSING']);
  });
});
