import { beforeEach, describe, expect, test } from 'vitest';
import { NoMedia } from '../../media/NoMedia.js';
import { ParlorError } from '../../errors.js';
import type { TopologyReason } from '@parlor/protocol';
import { Guest, meeting } from './testing/meeting.js';

let stage: ReturnType<typeof meeting>;
beforeEach(() => {
  stage = meeting();
});
const join = (...args: Parameters<typeof stage.join>) => stage.join(...args);
const where = () => [stage.room().topology, stage.room().path];
const everybody = (...guests: Guest[]) => {
  for (const guest of guests) guest.ready();
};

/** Three in a room that is on the server, settled; path 2. */
async function three(): Promise<[Guest, Guest, Guest]> {
  const [alice, bob] = [await join('alice'), await join('bob')];
  const carol = await join('carol');
  everybody(alice, bob, carol);
  return [alice, bob, carol];
}

describe('a room of clients that change over', () => {
  test('is peer to peer while two are in it, and costs the server nothing', async () => {
    const alice = await join('alice');
    const bob = await join('bob');
    expect(where()).toEqual(['p2p', 1]);
    expect(stage.room().auto).toBe(true);
    expect([stage.backend.rooms.size, alice.paths, bob.paths]).toEqual([0, [], []]);
    expect(stage.clock.pending).toBe(0);
  });

  test('goes to the server for the third, who comes in when it is there', async () => {
    const changes: [string, TopologyReason][] = [];
    const [alice, bob] = [await join('alice'), await join('bob')];
    stage.room().on('topologyChanged', (...change) => changes.push(change));
    const carol = await join('carol');
    expect(where()).toEqual(['sfu', 2]);
    expect(changes).toEqual([['sfu', 'participants']]);
    expect(alice.told.slice(-2).map(({ type }) => type)).toEqual(['topologyChanged', 'peerJoined']);
    expect(carol.told).toEqual([]);
    alice.ready();
    // Of the newcomer nobody waits for anything: it has no other path.
    expect(alice.paths).toEqual(['sfu 2 participants']);
    bob.ready();
    for (const guest of [alice, bob, carol]) expect(guest.paths.at(-1)).toBe('settled 2');
  });

  test('goes back when it has been small for five seconds, and the server is let go of when all are over', async () => {
    const [alice, bob, carol] = await three();
    const { id } = await alice.sends();
    await bob.follows([id]);
    carol.peer.leave();
    await stage.clock.pass(4999);
    expect(where()).toEqual(['sfu', 2]);
    await stage.clock.pass(1);
    expect(where()).toEqual(['p2p', 3]);
    expect(alice.paths.at(-1)).toBe('p2p 3 participants');
    // Media goes on by the former path until then.
    expect(bob.peer.consumers.size).toBe(1);
    alice.ready();
    expect(stage.backend.rooms.size).toBe(1);
    bob.ready();
    expect(stage.backend.rooms.size).toBe(0);
    expect([bob.peer.consumers.size, bob.peer.transports.size, alice.peer.transports.size]).toEqual([
      0, 0, 0,
    ]);
    expect(stage.room().producers.get(id)?.pending).toBe(false);
    expect(bob.types('producerClosed', 'consumerClosed', 'transportClosed')).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });

  test('stays where it is when somebody comes within the five seconds', async () => {
    const [, , carol] = await three();
    carol.peer.leave();
    await stage.clock.pass(4000);
    await join('dave');
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 2]);
  });

  test('is as large as the application says', async () => {
    stage = meeting({ maxP2pParticipants: 4 });
    for (const id of ['a', 'b', 'c', 'd']) await join(id);
    expect(where()).toEqual(['p2p', 1]);
    await join('e');
    expect(where()).toEqual(['sfu', 2]);
  });

  test('moves once, however many come at the same time', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => join(id)));
    expect(where()).toEqual(['sfu', 2]);
    expect(stage.backend.rooms.size).toBe(1);
  });

  test('settles without those that say nothing, after ten seconds', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await join('carol');
    alice.ready();
    await stage.clock.pass(9999);
    expect(bob.paths).toEqual(['sfu 2 participants']);
    await stage.clock.pass(1);
    expect(bob.paths).toEqual(['sfu 2 participants', 'settled 2']);
  });

  test('waits for nobody who has left', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const carol = await join('carol');
    alice.ready();
    bob.peer.leave();
    expect(carol.paths).toEqual(['settled 2']);
  });

  test("a former path, or one that is not there yet, is nobody's readiness", async () => {
    const alice = await join('alice');
    await join('bob');
    const carol = await join('carol');
    for (const path of [1, 3]) alice.ready(path);
    stage.room().peers.get('bob')?.pathReady(2);
    expect(carol.paths).toEqual([]);
  });

  test('is one that the application pins, and lets go', async () => {
    const alice = await join('alice');
    const room = stage.room();
    await room.setTopology('sfu');
    expect([where(), room.auto, alice.paths]).toEqual([['sfu', 2], false, ['sfu 2 pinned']]);
    alice.ready();
    await room.setTopology('auto');
    await stage.clock.pass(5000);
    expect(where()).toEqual(['p2p', 3]);
    alice.ready();
    await room.setTopology('p2p');
    await join('bob');
    await join('carol');
    expect(where()).toEqual(['p2p', 3]);
    await expect(join('dave', { topology: 'sfu' })).rejects.toMatchObject({ code: 'TOPOLOGY_MISMATCH' });
  });
});

describe('a change is called off', () => {
  test('when somebody comes while the room goes back to P2P', async () => {
    const [alice, bob, carol] = await three();
    const { id } = await alice.sends();
    carol.peer.leave();
    await stage.clock.pass(5000);
    alice.ready();
    const dave = await join('dave');
    expect(where()).toEqual(['sfu', 2]);
    expect(bob.paths.slice(-3)).toEqual(['p2p 3 participants', 'sfu 2 participants', 'settled 2']);
    expect([dave.paths, stage.backend.rooms.size]).toEqual([[], 1]);
    // What was on the server is there as before; what was published meanwhile comes there yet.
    expect(stage.room().producers.get(id)?.pending).toBe(false);
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 2]);
  });

  test('when a pair cannot connect on the way back to P2P', async () => {
    const [alice, bob, carol] = await three();
    carol.peer.leave();
    await stage.clock.pass(5000);
    alice.fails('bob');
    expect(where()).toEqual(['sfu', 2]);
    expect(bob.paths.slice(-2)).toEqual(['sfu 2 pairFailed', 'settled 2']);
    // Tried again after a minute, and five seconds of calm; then after two.
    await stage.clock.pass(64_999);
    expect(where()).toEqual(['sfu', 2]);
    await stage.clock.pass(1);
    expect(where()).toEqual(['p2p', 4]);
    bob.fails('alice');
    await stage.clock.pass(100_000);
    expect(where()).toEqual(['sfu', 2]);
    await stage.clock.pass(25_000);
    expect(where()).toEqual(['p2p', 5]);
  });

  test('when somebody cannot reach the server', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const published = await alice.announces();
    const carol = await join('carol');
    await alice.carriesOn(published.id);
    expect(stage.room().producers.get(published.id)?.pending).toBe(false);
    bob.fails();
    expect(where()).toEqual(['p2p', 1]);
    expect(carol.paths).toEqual(['p2p 1 serverUnreachable', 'settled 1']);
    expect([stage.backend.rooms.size, alice.peer.transports.size]).toEqual([0, 0]);
    expect(carol.types('producerClosed')).toEqual([]);
    expect(published.closed).toBe(false);
    // Again when somebody comes or goes, or after a minute.
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 3]);
    bob.fails();
    expect(where()).toEqual(['p2p', 1]);
    carol.peer.leave();
    expect(where()).toEqual(['p2p', 1]);
    await join('dave');
    expect(where()).toEqual(['sfu', 4]);
  });

  test('not for one in a crowd, who is left behind', async () => {
    const guests = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => join(id)));
    everybody(...guests);
    await join('g');
    await stage.room().setTopology('p2p');
    await stage.room().setTopology('auto');
    expect(where()).toEqual(['sfu', 2]);
    guests[0]?.fails();
    expect(where()).toEqual(['sfu', 2]);
  });
});

describe('a pair that cannot connect', () => {
  test('sends the room to the server, until one of them has left', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    alice.fails('bob');
    await stage.room().keeper.opened;
    expect([where(), bob.paths]).toEqual([['sfu', 2], ['sfu 2 pairFailed']]);
    everybody(alice, bob);
    await stage.clock.pass(50_000);
    bob.peer.leave();
    await join('carol');
    await stage.clock.pass(5000);
    expect(where()).toEqual(['p2p', 3]);
  });

  test('stays where it is when there is no server, and says so once', async () => {
    stage = meeting({ backend: new NoMedia(), topology: 'auto' });
    const [alice, bob] = [await join('alice'), await join('bob')];
    alice.fails('bob');
    bob.fails('alice');
    await join('carol');
    expect([where(), bob.paths, stage.errors]).toEqual([['p2p', 1], [], []]);
  });

  test('is one that there is: of peers that are not, of itself and of other paths is not heard', async () => {
    const [alice] = [await join('alice'), await join('bob')];
    alice.fails('nobody');
    alice.fails('alice');
    alice.peer.pathFailed({ path: 7, code: 'TEST', peerId: 'bob' });
    await stage.room().keeper.opened;
    expect(where()).toEqual(['p2p', 1]);
  });
});

describe('somebody who needs the server', () => {
  test.each([
    ['says so', { topology: 'sfu' }],
    ['says nothing', {}],
    ['may not receive, which only a server can enforce', { topology: 'auto', grants: { subscribe: false } }],
  ] as const)('%s: the room is there for as long as they are', async (_, how) => {
    const alice = await join('alice');
    const guest = await join('guest', how);
    expect(where()).toEqual(['sfu', 2]);
    expect(alice.paths).toEqual(['sfu 2 dialect']);
    alice.ready();
    guest.peer.leave();
    await stage.clock.pass(5000);
    expect(where()).toEqual(['p2p', 3]);
  });

  test('is refused where there is none, and nothing else happens', async () => {
    stage = meeting({ backend: new NoMedia(), topology: 'auto' });
    const alice = await join('alice');
    await expect(join('bob', { topology: 'sfu' })).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect([where(), alice.told]).toEqual([['p2p', 1], []]);
    // Who can have it either way comes in.
    for (const id of ['bob', 'carol']) await join(id);
    expect(where()).toEqual(['p2p', 1]);
  });

  test('is refused where somebody is who cannot use it', async () => {
    await join('alice');
    await join('old', { topology: 'p2p' });
    await expect(join('bob', { topology: 'sfu' })).rejects.toMatchObject({ code: 'TOPOLOGY_MISMATCH' });
    await join('carol');
    expect(where()).toEqual(['p2p', 1]);
  });

  test('opens a room that is theirs as long as they are in it, where rooms are auto', async () => {
    stage = meeting({ topology: 'auto' });
    const encoder = await join('encoder', { topology: 'sfu' });
    expect(stage.room().topology).toBe('sfu');
    const alice = await join('alice');
    encoder.peer.leave();
    await stage.clock.pass(5000);
    expect(alice.paths.at(-1)).toMatch(/^p2p/);
  });
});

describe('no media server takes the room', () => {
  const unavailable = new ParlorError('MEDIA_UNAVAILABLE', 'no worker');

  test('so it stays peer to peer, and tries again', async () => {
    const create = stage.backend.createRoom.bind(stage.backend);
    stage.backend.createRoom = () => Promise.reject(unavailable);
    await Promise.all(['alice', 'bob', 'carol'].map((id) => join(id)));
    expect(where()).toEqual(['p2p', 1]);
    stage.backend.createRoom = create;
    await stage.clock.pass(60_000);
    expect(where()).toEqual(['sfu', 2]);
  });

  test('and pinning it there fails', async () => {
    await join('alice');
    stage.backend.createRoom = () => Promise.reject(unavailable);
    await expect(stage.room().setTopology('sfu')).rejects.toBe(unavailable);
    expect([where(), stage.room().auto]).toEqual([['p2p', 1], true]);
  });
});

describe('while the server is being opened', () => {
  /** The next room of the backend opens when this is called. */
  const heldUp = () => {
    const create = stage.backend.createRoom.bind(stage.backend);
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    stage.backend.createRoom = async (roomId) => {
      await opened;
      return create(roomId);
    };
    return (room = stage.room()) => {
      open();
      return room.keeper.opened;
    };
  };

  test('the third has gone again: nothing happens', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const open = heldUp();
    alice.fails('bob');
    bob.peer.leave();
    await open();
    expect([where(), stage.backend.rooms.size, alice.paths]).toEqual([['p2p', 1], 0, []]);
  });

  test('the room is closed: nothing is left', async () => {
    const alice = await join('alice');
    await join('bob');
    const room = stage.room();
    const open = heldUp();
    const joining = join('carol');
    room.close();
    expect(alice.ended).toBe('ROOM_CLOSED');
    await Promise.all([open(room), expect(joining).resolves.toBeInstanceOf(Guest)]);
    // Who was on the way has opened another one.
    expect(stage.room()).not.toBe(room);
    expect([room.closed, stage.backend.rooms.size]).toEqual([true, 0]);
  });
});

test('a room that closes while it changes over leaves nothing behind', async () => {
  const [alice] = [await join('alice'), await join('bob')];
  await join('carol');
  stage.room().close();
  expect([alice.ended, stage.backend.rooms.size, stage.rooms.size, stage.clock.pending]).toEqual([
    'ROOM_CLOSED',
    0,
    0,
    0,
  ]);
});
