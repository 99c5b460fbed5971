import { createParlor, type Parlor } from '@parlor/sdk-server';
import { FakeBackend } from '@parlor/sdk-server/testing';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from './app.js';
import { createLogger } from './logger.js';

describe('Socket.IO on the web server', () => {
  let parlor: Parlor;
  let app: Awaited<ReturnType<typeof buildApp>>;
  let url: string;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
    app = await buildApp({ config: { tls: undefined }, parlor, logger: createLogger('silent') });
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await app.close();
  });

  const connect = (transport: 'websocket' | 'polling'): Socket => {
    const socket = io(url, { transports: [transport], reconnection: false, forceNew: true });
    sockets.push(socket);
    return socket;
  };
  const once = <T>(socket: Socket, event: string): Promise<T> =>
    new Promise((resolve) => socket.once(event, (data: T) => resolve(data)));

  it.each(['websocket', 'polling'] as const)('serves calls over %s', async (transport) => {
    const socket = connect(transport);
    const answer: unknown = await socket.emitWithAck('join-room', { roomName: 'general', pseudo: 'Alice' });
    expect(answer).toEqual({ id: socket.id, participants: [{ id: socket.id, pseudo: 'Alice' }] });
  });

  it.each(['websocket', 'polling'] as const)(
    'tells clients over %s when it closes, so that they come back',
    async (transport) => {
      const socket = connect(transport);
      await socket.emitWithAck('join-room', { roomName: 'general', pseudo: 'Alice' });
      const left = once(socket, 'room-left');
      const ended = once<string>(socket, 'disconnect');
      await app.close();
      expect(await left).toMatchObject({ roomName: 'general', code: 'SERVER_CLOSING' });
      // "io server disconnect" would tell the client to stay away.
      expect(await ended).toMatch(/^transport (close|error)$/);
    },
  );

  it('refuses bad tokens before there is a connection, and whoever has none', async () => {
    const guarded = await createParlor({
      access: { jwtSecret: 'a secret that is long enough for HS256' },
      media: new FakeBackend(),
    });
    const strict = await buildApp({
      config: { tls: undefined },
      parlor: guarded,
      logger: createLogger('silent'),
    });
    const address = await strict.listen({ host: '127.0.0.1', port: 0 });
    const polled = await fetch(`${address}/socket.io/?EIO=4&transport=polling&token=nonsense`, {
      headers: { origin: 'https://example.com' },
    });
    expect([polled.status, polled.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    expect(await polled.json()).toMatchObject({ error: 'TOKEN_INVALID' });
    const socket = io(address, { reconnection: false, forceNew: true });
    sockets.push(socket);
    expect(await once(socket, 'connect_error')).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
    await strict.close();
  });

  it('leaves the other addresses to the rest of the server', async () => {
    expect((await app.inject('/health')).json()).toEqual({ message: 'ok' });
    expect((await app.inject('/socket.io')).statusCode).toBe(404);
    const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: 'https://example.com' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});
