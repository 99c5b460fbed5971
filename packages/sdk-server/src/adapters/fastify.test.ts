import Fastify from 'fastify';
import { once } from 'node:events';
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
