import { beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { DEFAULT_LIMITS } from './context.js';
import { Pacer } from './Pacer.js';
import { RoomRegistry } from './RoomRegistry.js';
import type { JoinOptions } from './types.js';
import type { RoomUpdate } from './updates.js';

let backend: FakeBackend;
let rooms: RoomRegistry;
let told: RoomUpdate[];
beforeEach(() => {
  backend = new FakeBackend();
  told = [];
  rooms = new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
});

const join = (peerId: string, options: Partial<JoinOptions> = {}) =>
  rooms.join('room', { peerId, ...options });
const easy = (peerId: string) =>
  join(peerId, {
    preferredTopology: 'p2p',
    link: { dialect: 'test', send: (update) => told.push(update), end: () => undefined },
  });

describe('a room that nobody has decided about', () => {
  test('is peer to peer, and moves to the server for the first who needs that', async () => {
    const { room } = await easy('alice');
    await easy('bob');
    expect([room.topology, backend.rooms.size]).toEqual(['p2p', 0]);
    const changes: unknown[] = [];
    room.on('topologyChanged', (topology) => changes.push(topology));
    const carol = await join('carol', { topology: 'sfu' });
    expect(carol.room).toBe(room);
    expect([room.topology, backend.rooms.size, changes]).toEqual(['sfu', 1, ['sfu']]);
    expect(room.rtpCapabilities.codecs?.length).toBeGreaterThan(0);
    // First that it moved, then who came.
    expect(told.slice(-4).map(({ type }) => type)).toEqual([
      'topologyChanged',
      'topologyChanged',
      'peerJoined',
      'peerJoined',
    ]);
    await (await easy('dave')).createTransport({ direction: 'both' });
    room.close();
    expect(backend.rooms.size).toBe(0);
  });

  test('moves once, however many need it at the same time', async () => {
    const { room } = await easy('alice');
    await Promise.all(['bob', 'carol', 'dave'].map((peerId) => join(peerId, { topology: 'sfu' })));
    expect(backend.rooms.size).toBe(1);
    expect(told.filter(({ type }) => type === 'topologyChanged')).toHaveLength(1);
    expect(room.peers.size).toBe(4);
  });

  test('closes with the worker that carries it', async () => {
    const { room } = await easy('alice');
    await join('bob', { topology: 'sfu' });
    backend.rooms.get('room')?.emit('died');
    expect(room.closed).toBe(true);
  });
});

describe('a room stays peer to peer', () => {
  const mismatch = { code: 'TOPOLOGY_MISMATCH' };

  test('where somebody in it could not follow', async () => {
    await easy('alice');
    await join('native', { topology: 'p2p' });
    await expect(join('carol', { topology: 'sfu' })).rejects.toMatchObject(mismatch);
    expect(backend.rooms.size).toBe(0);
  });

  test('where the application or the one who opened it said so', async () => {
    await rooms.open('room', { topology: 'p2p', keepWhenEmpty: true });
    await easy('alice');
    await expect(join('carol', { topology: 'sfu' })).rejects.toMatchObject(mismatch);
  });
});
