import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { DEFAULT_LIMITS, type CoreContext } from './context.js';
import { Pacer } from './Pacer.js';
import { RoomRegistry } from './RoomRegistry.js';

let backend: FakeBackend;
beforeEach(() => {
  backend = new FakeBackend();
});

const registry = (more: Partial<CoreContext> = {}) =>
  new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
    ...more,
  });

test('a room that prefers to be peer to peer moves when it is opened for the server', async () => {
  const rooms = registry();
  const room = await rooms.open('room', { preferredTopology: 'p2p', keepWhenEmpty: true });
  expect([room.topology, backend.rooms.size]).toEqual(['p2p', 0]);
  // Who only prefers takes it as it is.
  expect(await rooms.open('room', { preferredTopology: 'sfu' })).toBe(room);
  expect(room.topology).toBe('p2p');
  expect(await rooms.open('room', { topology: 'sfu' })).toBe(room);
  expect([room.topology, backend.rooms.size]).toEqual(['sfu', 1]);
  await expect(rooms.open('room', { topology: 'p2p' })).rejects.toMatchObject({ code: 'TOPOLOGY_MISMATCH' });
});

test('a room moves once, however many open it for the server at the same time', async () => {
  const rooms = registry();
  await rooms.open('room', { preferredTopology: 'p2p', keepWhenEmpty: true });
  const opened = await Promise.all([1, 2, 3].map(() => rooms.open('room', { topology: 'sfu' })));
  expect(opened.map(({ topology }) => topology)).toEqual(['sfu', 'sfu', 'sfu']);
  expect(backend.rooms.size).toBe(1);
});

test('a room has as many places as it was opened with, and never more than the server allows', async () => {
  const rooms = registry({ limits: { ...DEFAULT_LIMITS, maxPeersPerRoom: 2 } });
  const small = await rooms.open('small', { maxPeers: 1 });
  await small.join({ peerId: 'alice' });
  await expect(small.join({ peerId: 'bob' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  const large = await rooms.open('large', { maxPeers: 10 });
  for (const peerId of ['alice', 'bob']) await large.join({ peerId });
  await expect(large.join({ peerId: 'carol' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
});

test('clients find a room as it was arranged for them', async () => {
  const rooms: RoomRegistry = registry({
    prepareRoom: async (roomId, { peerId }) => {
      if (peerId === 'mallory') throw new Error('not for you');
      await rooms.open(roomId, { topology: 'sfu', maxPeers: 1 });
    },
  });
  await expect(rooms.join('room', { peerId: 'mallory' })).rejects.toThrow('not for you');
  expect(rooms.size).toBe(0);
  // There is a room: no right to open one is needed.
  await rooms.join('room', { peerId: 'alice', grants: { create: false } });
  await expect(rooms.join('room', { peerId: 'bob' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
});
