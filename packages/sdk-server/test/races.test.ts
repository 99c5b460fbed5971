import { expect, test } from 'vitest';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { enterCall } from './support/call.js';
import { memoryServer } from './support/memoryServer.js';

/** What `views.test.ts` has found, each by itself. */

test('a consumer that went while others were being made is not in the answer', async () => {
  const backend = new FakeBackend();
  const server = memoryServer({ backend });
  const alice = await enterCall(await server.connect('alice'));
  const bob = await enterCall(await server.connect('bob'));
  const transports = [...(backend.rooms.get('room')?.transports ?? [])];
  const recv = transports.find(({ info }) => info.id === bob.recv);
  if (!recv) throw new Error('no transport');
  const consume = recv.consume.bind(recv);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  recv.consume = async (options) => {
    if (options.producer.kind === 'video') await held;
    return consume(options);
  };

  const subscribing = bob.client.request('subscribe', { producerIds: [alice.audio, alice.video] });
  await bob.client.settled();
  await alice.client.ask('closeProducer', { producerId: alice.audio });
  await bob.client.log.notified('producerClosed');
  release();
  expect((await subscribing).data).toMatchObject({
    consumers: [{ producerId: alice.video }],
    failed: [{ producerId: alice.audio, code: 'PRODUCER_NOT_FOUND' }],
  });
});

test('whose join fails hears nothing of the room', async () => {
  const backend = new FakeBackend();
  const server = memoryServer({ backend });
  await (await server.connect('alice')).join();
  const room = backend.rooms.get('room');
  if (!room) throw new Error('no room');
  let fail: (error: Error) => void = () => undefined;
  room.createTransport = () => new Promise((_, reject) => (fail = reject));

  const bob = await server.connect('bob');
  const joining = bob.join({ transports: ['send'] });
  await (await server.connect('carol')).join();
  fail(new Error('out of luck'));
  expect(await joining).toMatchObject({ ok: false, code: 'INTERNAL' });
  await bob.request('ping');
  expect(bob.log.notifications).toEqual([]);
});

test('a room that closes while one joins: the reason, and nothing of what came before', async () => {
  const backend = new FakeBackend();
  const server = memoryServer({ backend });
  await (await server.connect('alice')).join();
  const room = backend.rooms.get('room');
  if (room) room.createTransport = () => new Promise(() => undefined);
  const bob = await server.connect('bob');
  bob.send(
    JSON.stringify({
      request: true,
      id: 1,
      method: 'joinRoom',
      data: { roomId: 'room', peerId: 'bob', transports: ['recv'] },
    }),
  );
  const carol = await server.connect('carol');
  await carol.join();
  await carol.ask('leave');
  server.rooms.get('room')?.close();
  expect(await bob.closed).toEqual([4000, 'ROOM_CLOSED']);
  expect(bob.log.frames).toMatchObject([{ method: 'roomClosed', data: { seq: 1, reason: 'closed' } }]);
});
