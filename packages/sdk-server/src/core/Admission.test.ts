import { beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { DEFAULT_LIMITS } from './context.js';
import { Pacer } from './Pacer.js';
import { RoomRegistry } from './RoomRegistry.js';
import type { DuplicatePolicy, JoinOptions } from './types.js';

let rooms: RoomRegistry;
beforeEach(() => {
  rooms = new RoomRegistry({
    backend: new FakeBackend(),
    hooks: {},
    limits: { ...DEFAULT_LIMITS, maxPeersPerRoom: 2 },
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
});

const open = (onDuplicate?: DuplicatePolicy) =>
  rooms.open('room', { keepWhenEmpty: true, ...(onDuplicate && { onDuplicate }) });
const join = (peerId: string, options: Partial<JoinOptions> = {}) =>
  rooms.join('room', { peerId, ...options });
const alice = { userId: 'alice' };

describe('a user who joins twice', () => {
  test('may by default', async () => {
    const room = await open();
    await join('laptop', alice);
    await join('phone', alice);
    expect([...room.peers.keys()]).toEqual(['laptop', 'phone']);
  });

  test('takes the place of the former self, even in a full room', async () => {
    const room = await open('replace');
    const laptop = await join('laptop', alice);
    await join('bob', { userId: 'bob' });
    const left: unknown[] = [];
    laptop.on('closed', (reason) => left.push(reason));
    await join('phone', alice);
    expect(left).toEqual(['replaced']);
    expect([...room.peers.keys()]).toEqual(['bob', 'phone']);
    await expect(join('carol', { userId: 'carol' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  });

  test('is refused, but for the same peer that comes back', async () => {
    const room = await open('reject');
    await join('laptop', alice);
    await expect(join('phone', alice)).rejects.toMatchObject({ code: 'ALREADY_JOINED' });
    await join('laptop', alice);
    expect([...room.peers.keys()]).toEqual(['laptop']);
  });

  test.each(['replace', 'reject'] as const)('is nobody who has no user id (%s)', async (policy) => {
    const room = await open(policy);
    await join('one');
    await join('two');
    expect(room.peers.size).toBe(2);
  });
});

describe('a removed user', () => {
  test('stays out under any peer id until readmitted', async () => {
    const room = await open();
    (await join('laptop', alice)).remove();
    await expect(join('phone', alice)).rejects.toMatchObject({ code: 'PEER_REMOVED' });
    await join('bob', { userId: 'bob' });
    room.readmit('alice');
    await join('phone', alice);
    expect(room.peers.has('phone')).toBe(true);
  });

  test('without a user id: the peer stays out', async () => {
    const room = await open();
    (await join('laptop')).remove();
    await expect(join('laptop')).rejects.toMatchObject({ code: 'PEER_REMOVED' });
    room.readmit('laptop');
    await join('laptop');
  });

  test('may come back after leaving by choice', async () => {
    await open();
    (await join('laptop', alice)).leave();
    await join('laptop', alice);
  });
});
