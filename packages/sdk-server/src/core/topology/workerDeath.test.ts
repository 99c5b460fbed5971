import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ParlorError } from '../../errors.js';
import { sampleAudio } from '../../testing/rtpSamples.js';
import { meeting, rtpCapabilities } from './testing/meeting.js';

let stage: ReturnType<typeof meeting>;
beforeEach(() => {
  stage = meeting();
});
const join = (...args: Parameters<typeof stage.join>) => stage.join(...args);
const where = () => [stage.room().topology, stage.room().path];
/** The media process of the room is gone; resolves when what follows from that has happened. */
const die = async () => {
  const room = stage.room();
  stage.media().emit('died');
  await room.keeper.opened;
};
const pinned = { topology: 'sfu', paths: true } as const;

describe('when the media process of a room dies', () => {
  test('the room goes on with another one; publications keep their ids', async () => {
    const [alice, bob] = [await join('alice', pinned), await join('bob', pinned)];
    const producer = await alice.sends();
    await bob.follows([producer.id]);
    await bob.peer.consumersByProducer.get(producer.id)?.resume();
    await producer.pause();
    const former = stage.media();
    await die();
    expect(where()).toEqual(['sfu', 2]);
    expect(stage.media()).not.toBe(former);
    expect(bob.paths).toEqual(['sfu 2 mediaServerDied']);
    expect([producer.closed, producer.pending, stage.room().snapshot.producers[0]?.pending]).toEqual([
      false,
      true,
      true,
    ]);
    expect([alice.peer.transports.size, bob.peer.consumers.size, bob.types('producerClosed')]).toEqual([
      0,
      0,
      [],
    ]);

    const [pending] = await bob.follows([producer.id]);
    expect(pending).toMatchObject({ producerId: producer.id, error: { code: 'PRODUCER_PENDING' } });
    await alice.carriesOn(producer.id);
    await stage.clock.pass(0);
    const moved = bob.types('producerMoved');
    expect(moved).toMatchObject([{ producerId: producer.id, peerId: 'alice', consumer: { producer } }]);
    expect([producer.pending, producer.paused, producer.media]).toMatchObject([
      false,
      true,
      { id: producer.id, paused: true },
    ]);
    alice.ready();
    bob.ready();
    expect(bob.paths.at(-1)).toBe('settled 2');
    expect(alice.types('producerMoved')).toEqual([]);
  });

  test('those whose clients cannot follow are told to come again', async () => {
    const alice = await join('alice', pinned);
    const encoder = await join('encoder', { topology: 'sfu' });
    const { id } = await encoder.sends();
    await die();
    expect(encoder.ended).toBe('MEDIA_SERVER_DIED');
    expect(encoder.told.at(-1)).toEqual({ type: 'roomClosed', reason: 'mediaServerDied' });
    expect(alice.told.map(({ type }) => type)).toEqual([
      'peerJoined',
      'newProducer',
      'producerClosed',
      'peerLeft',
      'topologyChanged',
    ]);
    expect([stage.room().producers.has(id), [...stage.room().peers.keys()]]).toEqual([false, ['alice']]);
    // And it comes.
    await join('encoder', { topology: 'sfu' });
    expect(where()).toEqual(['sfu', 2]);
  });

  test('a room in which nobody could follow closes', async () => {
    const alice = await join('alice', { topology: 'sfu' });
    await die();
    expect([alice.ended, stage.rooms.size]).toEqual(['MEDIA_SERVER_DIED', 0]);
  });

  test('and there is no other: the room closes, or is peer to peer where that can be', async () => {
    const dead = () => Promise.reject(new ParlorError('MEDIA_UNAVAILABLE', 'no worker'));
    const create = stage.backend.createRoom.bind(stage.backend);
    const old = await join('old', pinned);
    stage.backend.createRoom = dead;
    await die();
    expect([old.ended, stage.rooms.size]).toEqual(['MEDIA_SERVER_DIED', 0]);

    stage.backend.createRoom = create;
    const guests = [await join('alice'), await join('bob'), await join('carol')];
    for (const guest of guests) guest.ready();
    stage.backend.createRoom = dead;
    await die();
    expect(where()).toEqual(['p2p', 3]);
    expect(guests[0]?.paths.at(-1)).toBe('p2p 3 noMediaServer');
    stage.backend.createRoom = create;
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 4]);
  });

  test('while the room goes there: those who come stay on the former path', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const { id } = await bob.announces();
    const carol = await join('carol');
    await bob.carriesOn(id);
    await die();
    // There is a new one, and two paths again: the former is still peer to peer.
    expect(where()).toEqual(['sfu', 3]);
    expect(stage.room().topologies).toEqual(['sfu', 'p2p']);
    expect(alice.paths).toEqual(['sfu 2 participants', 'sfu 3 mediaServerDied']);
    for (const guest of [alice, bob, carol]) guest.ready();
    expect(stage.room().topologies).toEqual(['sfu']);
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 3]);
  });

  test('while the room goes there, and only two are left: it is called off', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const carol = await join('carol');
    carol.peer.leave();
    await die();
    expect(where()).toEqual(['p2p', 1]);
    expect(alice.paths.slice(1)).toEqual(['p2p 1 mediaServerDied', 'settled 1']);
    expect(bob.paths).toEqual(alice.paths);
  });

  test('while the room goes back to P2P: it is settled at once', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const carol = await join('carol');
    for (const guest of [alice, bob]) guest.ready();
    carol.peer.leave();
    await stage.clock.pass(5000);
    await die();
    expect([where(), alice.paths.at(-1)]).toEqual([['p2p', 3], 'settled 3']);
    expect(stage.clock.pending).toBe(0);
    await join('dave');
    expect(where()).toEqual(['sfu', 4]);
  });

  test('twice in a row', async () => {
    const [alice, bob] = [await join('alice', pinned), await join('bob', pinned)];
    await die();
    await die();
    expect([where(), bob.paths]).toEqual([
      ['sfu', 3],
      ['sfu 2 mediaServerDied', 'sfu 3 mediaServerDied'],
    ]);
    alice.ready();
    bob.ready();
    expect(bob.paths.at(-1)).toBe('settled 3');
  });

  test('what it is being asked then is told that the path is gone', async () => {
    const [alice, bob] = [await join('alice', pinned), await join('bob', pinned)];
    const producer = await alice.sends();
    await bob.follows();
    const own = await bob.peer.createTransport({ direction: 'send' });
    const died = new Promise<never>((_resolve, reject) =>
      stage.media().on('died', () => {
        reject(new ParlorError('MEDIA_UNAVAILABLE', 'channel closed'));
      }),
    );
    let asked = 0;
    const ask = () => {
      asked += 1;
      return died;
    };
    for (const { media } of bob.peer.transports.values())
      Object.assign(media, { produce: ask, consume: ask, connect: ask, restartIce: ask });
    const [subscribed, ...others] = [
      bob.peer.subscribe([producer.id]),
      bob.peer.produce({ kind: 'audio', rtpParameters: sampleAudio(), transportId: own.id }),
      own.connect({ role: 'client', fingerprints: [] }),
      own.restartIce(),
    ] as const;
    const refused = Promise.allSettled(others);
    await vi.waitFor(() => {
      expect(asked).toBe(4);
    });
    await die();
    expect(await subscribed).toMatchObject([{ producerId: producer.id, error: { code: 'PATH_GONE' } }]);
    expect(await refused).toMatchObject(
      ['PATH_GONE', 'TRANSPORT_NOT_FOUND', 'TRANSPORT_NOT_FOUND'].map((code) => ({ reason: { code } })),
    );
    expect([...bob.peer.producers]).toEqual([]);
  });

  test('whoever comes meanwhile waits for the new one', async () => {
    const alice = await join('alice', pinned);
    alice.peer.setRtpCapabilities(structuredClone(rtpCapabilities) as never);
    stage.media().emit('died');
    const asked = [alice.peer.createTransport({ direction: 'send' }), alice.peer.subscribe([])];
    expect(await Promise.allSettled(asked)).toMatchObject(
      asked.map(() => ({ reason: { code: 'PATH_GONE' } })),
    );
    const bob = await join('bob', pinned);
    expect(where()).toEqual(['sfu', 2]);
    await bob.sends();
    expect(bob.paths).toEqual([]);
  });

  test('the application is told of the speakers that are heard no more, and closes the room if it likes', async () => {
    const alice = await join('alice', pinned);
    const { id } = await alice.sends();
    const heard: unknown[] = [];
    stage.room().on('activeSpeakers', (speakers) => heard.push(speakers));
    stage.media().emit('activeSpeakers', [{ producerId: id, level: 1 }]);
    stage.room().on('topologyChanged', () => {
      stage.room().close();
    });
    await die();
    expect(heard).toEqual([[{ peerId: 'alice', level: 1 }], []]);
    expect([alice.ended, stage.rooms.size, stage.backend.rooms.size]).toEqual(['ROOM_CLOSED', 0, 0]);
    expect(stage.clock.pending).toBe(0);
  });
});
