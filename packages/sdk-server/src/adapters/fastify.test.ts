import Fastify from 'fastify';
import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createParlor } from '../createParlor.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { parlorFastify } from './fastify.js';

test('who comes while the server closes is refused, also where others listen for upgrades', async () => {
  const parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
  const fastify = Fastify();
  await fastify.register(parlorFastify, { parlor });
  // As Socket.IO with `destroyUpgrade: false`: what is not its own it leaves alone.
  fastify.server.on('upgrade', () => undefined);
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  fastify.addHook('preClose', () => held);
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  const { port } = fastify.server.address() as AddressInfo;

  const closed = fastify.close();
  await parlor.close();
  const late = new WebSocket(`ws://127.0.0.1:${String(port)}/ws?roomId=room&peerId=late`, 'protoo');
  late.on('error', () => undefined);
  const [, answer] = (await once(late, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(answer.statusCode).toBe(503);
  late.terminate();
  goOn();
  await closed;
});

test('a stream that its client has cut is nothing for the routes of the host', async () => {
  const parlor = await createParlor({
    access: { authorize: () => ({ userId: 'alice' }) },
    media: new FakeBackend(),
  });
  const fastify = Fastify();
  await fastify.register(parlorFastify, { parlor });
  const asked: string[] = [];
  fastify.addHook('preHandler', async ({ url }) => {
    asked.push(url);
  });
  const gone = new Promise<void>((resolve) => {
    fastify.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/rtc/events') response.once('close', resolve);
    });
  });
  fastify.get('/host', () => 'host');
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  const { port } = fastify.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  await fetch(`${url}/rtc/rooms/room/join`, { method: 'POST' });

  const request = get(`${url}/rtc/events`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response, 'data');
  request.destroy();
  await gone;
  expect(await (await fetch(`${url}/host`)).text()).toBe('host');
  expect(asked).toEqual(['/host']);
  await fastify.close();
});
