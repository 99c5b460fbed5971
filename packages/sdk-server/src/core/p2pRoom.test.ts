import type { Signal } from '@parlor/protocol';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../logger.js';
import { NoMedia } from '../media/NoMedia.js';
import { sampleAudio } from '../testing/rtpSamples.js';
import { DEFAULT_LIMITS } from './context.js';
import { Pacer } from './Pacer.js';
import { RoomRegistry } from './RoomRegistry.js';
import type { Hooks, JoinOptions } from './types.js';
import type { RoomUpdate } from './updates.js';

/** Nothing here could carry media: what works needs no worker. */
function createRooms(hooks: Hooks = {}) {
  return new RoomRegistry({
    backend: new NoMedia(),
    topology: 'p2p',
    hooks,
    limits: { ...DEFAULT_LIMITS, maxProducersPerPeer: 2 },
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
}

async function enter(rooms: RoomRegistry, peerId: string, options: Partial<JoinOptions> = {}) {
  const told: RoomUpdate[] = [];
  const link = { dialect: 'test', send: (update: RoomUpdate) => told.push(update), end: () => undefined };
  const peer = await rooms.join('room', { peerId, link, ...options });
  return { peer, told, types: () => told.map(({ type }) => type) };
}

const microphone = { kind: 'audio', appData: { source: 'microphone' } } as const;
const offer: Signal = { connection: 'c1', description: { type: 'offer', sdp: 'v=0', tracks: { '0': 'p' } } };

describe('a P2P room', () => {
  test('announces publications and what becomes of them, in the order of every room', async () => {
    const rooms = createRooms();
    const [alice, bob] = [await enter(rooms, 'alice'), await enter(rooms, 'bob')];
    const first = await alice.peer.produce({ ...microphone, paused: true });
    const second = await alice.peer.produce({ kind: 'video' });
    expect(first.id).not.toBe(second.id);
    await first.setPausedByOwner(false);
    await second.pause();
    expect(rooms.get('room')?.snapshot).toMatchObject({
      topology: 'p2p',
      producers: [
        { producerId: first.id, peerId: 'alice', ...microphone, paused: false },
        { producerId: second.id, kind: 'video', paused: true },
      ],
    });
    // The owner hears what it has not done itself.
    expect(alice.types()).toEqual(['peerJoined', 'producerPaused']);
    // Her browser connects to his by this word.
    expect(alice.told[0]).toMatchObject({ type: 'peerJoined', canWait: false });
    alice.peer.leave();
    expect(bob.types()).toEqual([
      'newProducer',
      'newProducer',
      'producerResumed',
      'producerPaused',
      'producerClosed',
      'producerClosed',
      'peerLeft',
    ]);
    expect(rooms.get('room')?.producers.size).toBe(0);
  });

  test('asks rights, hooks and limits as every room does', async () => {
    const rooms = createRooms({
      onPublish: ({ appData }) => {
        if (appData['source'] === 'screen') throw new Error('no screens here');
      },
    });
    const { peer } = await enter(rooms, 'alice', { grants: { publish: ['audio', 'screen'] } });
    await expect(peer.produce({ kind: 'video' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const screen = { kind: 'video', appData: { source: 'screen' } } as const;
    await expect(peer.produce(screen)).rejects.toMatchObject({ code: 'PUBLISH_REFUSED' });
    await peer.produce(microphone);
    await peer.produce(microphone);
    await expect(peer.produce(microphone)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  });

  test('the host application closes what is published', async () => {
    const rooms = createRooms();
    const [alice, bob] = [await enter(rooms, 'alice'), await enter(rooms, 'bob')];
    const { id } = await alice.peer.produce(microphone);
    rooms.get('room')?.producers.get(id)?.close();
    expect(alice.told.at(-1)).toEqual({ type: 'producerClosed', producerId: id, peerId: 'alice' });
    expect(bob.told.at(-1)).toEqual({ type: 'producerClosed', producerId: id, peerId: 'alice' });
    expect(alice.peer.producers.size).toBe(0);
  });

  test('says what has no place in it', async () => {
    const { peer } = await enter(createRooms(), 'alice');
    const refused = { code: 'TOPOLOGY_MISMATCH', message: expect.stringContaining('sfu') as string };
    await expect(peer.createTransport({ direction: 'send' })).rejects.toMatchObject(refused);
    await expect(peer.produce({ ...microphone, rtpParameters: sampleAudio() })).rejects.toMatchObject(
      refused,
    );
    await expect(peer.subscribe([])).rejects.toMatchObject(refused);
  });

  test('lets in only whom it can serve', async () => {
    const rooms = createRooms();
    await enter(rooms, 'alice', { topology: 'p2p' });
    await expect(enter(rooms, 'bob', { topology: 'sfu' })).rejects.toMatchObject({
      code: 'TOPOLOGY_MISMATCH',
    });
    // The server could not keep media from it.
    await expect(enter(rooms, 'carol', { grants: { subscribe: false } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(rooms.open('room', { topology: 'sfu' })).rejects.toMatchObject({
      code: 'TOPOLOGY_MISMATCH',
    });
    expect([...(rooms.get('room')?.peers.keys() ?? [])]).toEqual(['alice']);
  });

  test('of another kind cannot be opened without media, and nothing of the attempt is left', async () => {
    const rooms = createRooms();
    await expect(enter(rooms, 'alice', { topology: 'sfu' })).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
    });
    expect(rooms.size).toBe(0);
    await enter(rooms, 'alice');
    expect(rooms.get('room')?.topology).toBe('p2p');
  });
});

describe('a signal', () => {
  test('reaches the one it is for, with who it is from', async () => {
    const rooms = createRooms();
    const [alice, bob, carol] = [
      await enter(rooms, 'alice'),
      await enter(rooms, 'bob'),
      await enter(rooms, 'carol'),
    ];
    alice.peer.signal('bob', offer);
    expect(bob.told.at(-1)).toEqual({ type: 'signal', from: 'alice', signal: offer });
    expect(carol.types()).not.toContain('signal');
    expect(alice.types()).not.toContain('signal');
  });

  test('for somebody who has left, or for oneself, is refused', async () => {
    const rooms = createRooms();
    const [alice, bob] = [await enter(rooms, 'alice'), await enter(rooms, 'bob')];
    bob.peer.leave();
    for (const to of ['bob', 'alice', 'nobody']) {
      expect(() => {
        alice.peer.signal(to, offer);
      }).toThrow(expect.objectContaining({ code: 'PEER_NOT_FOUND' }));
    }
    expect(() => {
      bob.peer.signal('alice', offer);
    }).toThrow(expect.objectContaining({ code: 'NOT_JOINED' }));
  });
});
