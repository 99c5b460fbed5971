import { beforeEach, describe, expect, it } from 'vitest';
import { defaultReconnectPolicy } from './signaling/reconnectPolicy.js';
import type { ChannelFactory } from './signaling/SignalChannel.js';
import { join, until, type Guest } from './test/kit.js';
import { MemoryServer, settle } from './testing/index.js';

const OTHER = 'wss://other.example.com/parlor';
let server: MemoryServer;
/** At `OTHER`. */
let other: MemoryServer;
let alice: Guest;
let bob: Guest;

const objectsOf = ({ room }: Guest, identity: string) => {
  const participant = room.remoteParticipants.get(identity);
  const publications = [...(participant?.trackPublications.values() ?? [])];
  return [participant, ...publications, ...publications.map(({ track }) => track)];
};
const idsOf = ({ room }: Guest) =>
  [...room.localParticipant.trackPublications.values()].map((publication) => publication.producerId);
const receives = ({ room }: Guest, identity: string, tracks = 2) =>
  [...(room.remoteParticipants.get(identity)?.trackPublications.values() ?? [])].filter(
    ({ track }) => track?.mediaStreamTrack?.readyState === 'live',
  ).length === tracks;
const comesBack = async ({ room, platform }: Guest) => {
  for (let waited = 0; room.state !== 'connected' && waited < 10_000; waited += 100)
    await platform.clock.advance(100);
  expect(room.state).toBe('connected');
};
const hear = async () => {
  await until(() => receives(alice, 'bob'), alice.platform);
  await until(() => receives(bob, 'alice'), bob.platform);
};
/** Nobody is back before their clock has moved: the first attempt of each is in vain. */
const restart = async () => {
  server.down();
  expect(server.rooms.size).toBe(0);
  for (const { room } of [alice, bob]) await until(() => room.state === 'reconnecting');
  for (let turn = 0; turn < 5; turn++) await settle();
  server.up();
};
/** Without what only tells of the connection itself. */
const heard = ({ events }: Guest) => events.filter((event) => !event.startsWith('connection'));

beforeEach(async () => {
  server = new MemoryServer();
  other = new MemoryServer();
  const channel: ChannelFactory = (options) =>
    (new URL(options.url).origin === new URL(OTHER).origin ? other : server).channel(options);
  alice = await join(server, 'alice', { channel });
  bob = await join(server, 'bob', { channel });
  for (const { room } of [alice, bob]) await room.localParticipant.enableCameraAndMicrophone();
  await hear();
  for (const { events } of [alice, bob]) events.length = 0;
});

describe('a server that is going to end', () => {
  it('is news for the app, and changes nothing until it does', async () => {
    const told: unknown[] = [];
    alice.room.on('serverRestarting', (after) => told.push(after));
    server.rooms.get('r')?.broadcast('serverRestarting', { after: 3000 });
    server.rooms.get('r')?.broadcast('serverRestarting', {});
    await until(() => told.length === 2);
    expect(told).toEqual([3000, undefined]);
    expect(receives(alice, 'bob')).toBe(true);
    expect(alice.events).toEqual([]);
  });

  it('sends everybody away at once, and they come back spread over a second', async () => {
    const waits: number[] = [];
    const { room, platform } = await join(server, 'carol', {
      reconnectPolicy: {
        nextDelay: (context) => {
          const delay = defaultReconnectPolicy.nextDelay({ ...context, random: 0.5 });
          waits.push(delay ?? NaN);
          return delay;
        },
      },
    });
    server.rooms.get('r')?.broadcast('roomClosed', { reason: 'serverClosing' });
    await until(() => room.state === 'reconnecting');
    await platform.clock.advance(499);
    expect(room.state).toBe('reconnecting');
    await platform.clock.advance(1);
    await until(() => room.state === 'connected');
    expect(waits).toEqual([500]);
  });
});

describe('a server that sends its rooms to another', () => {
  const move = (url: string) => server.rooms.get('r')?.broadcast('serverRestarting', { after: 3000, url });

  it('is news of the connection alone: they go there at once, with the objects and ids that they have', async () => {
    const objects = [objectsOf(alice, 'bob'), objectsOf(bob, 'alice')];
    const ids = [idsOf(alice), idsOf(bob)];
    const token = server.open[0]?.url.searchParams.get('token');
    move(OTHER);
    for (const guest of [alice, bob]) await until(() => heard(guest).includes('reconnected'), guest.platform);
    await hear();
    expect(server.rooms.get('r')?.peers.size).toBe(0);
    expect(other.open.map(({ url }) => url.pathname)).toEqual(['/parlor', '/parlor']);
    expect(other.open[0]?.url.searchParams.get('token')).toBe(token);
    [objectsOf(alice, 'bob'), objectsOf(bob, 'alice')].forEach((now, who) => {
      now.forEach((object, index) => {
        expect(object).toBe(objects[who]?.[index]);
      });
    });
    expect([idsOf(alice), idsOf(bob)]).toEqual(ids);
    for (const guest of [alice, bob]) expect(heard(guest)).toEqual(['reconnecting', 'reconnected']);
  });

  it('and who is not let in there goes back', async () => {
    for (let times = 2; times > 0; times -= 1) other.refuseNext('TOKEN_INVALID', 401);
    move(OTHER);
    for (const { room } of [alice, bob]) await until(() => room.state === 'reconnecting');
    for (const guest of [alice, bob]) await comesBack(guest);
    await hear();
    expect([server.open.length, other.open.length]).toEqual([2, 0]);
  });

  it('by an address that is none is told to the app as one that ends', async () => {
    const told: unknown[] = [];
    alice.room.on('serverRestarting', (after) => told.push(after));
    move('ftp://other.example.com');
    await until(() => told.length === 1);
    expect([told, alice.room.state]).toEqual([[3000], 'connected']);
  });
});

describe('a server that was started anew', () => {
  it('is news of the connection alone: everybody is there with the same objects, ids and devices', async () => {
    const objects = [objectsOf(alice, 'bob'), objectsOf(bob, 'alice')];
    const ids = [idsOf(alice), idsOf(bob)];
    const captures = alice.platform.mediaDevices.requests.length;
    await restart();
    await comesBack(alice);
    // Alice is the first: she waits for Bob, who may take his time.
    expect(objectsOf(alice, 'bob')).toEqual(objects[0]);
    expect(alice.room.remoteParticipants.get('bob')?.connectionQuality).toBe('lost');
    await alice.platform.clock.advance(4000);
    await comesBack(bob);
    await hear();

    [objectsOf(alice, 'bob'), objectsOf(bob, 'alice')].forEach((now, who) => {
      now.forEach((object, index) => {
        expect(object).toBe(objects[who]?.[index]);
      });
    });
    expect([idsOf(alice), idsOf(bob)]).toEqual(ids);
    expect(alice.platform.mediaDevices.requests).toHaveLength(captures);
    for (const guest of [alice, bob]) expect(heard(guest)).toEqual(['reconnecting', 'reconnected']);
    await alice.platform.clock.advance(60_000);
    expect(heard(alice)).toEqual(['reconnecting', 'reconnected']);
  });

  it('without whom it is, is left by them when their time is over', async () => {
    await restart();
    await comesBack(alice);
    await alice.platform.clock.advance(14_000);
    expect(alice.room.remoteParticipants.has('bob')).toBe(true);
    await alice.platform.clock.advance(1000);
    expect(alice.room.remoteParticipants.has('bob')).toBe(false);
    expect(heard(alice).slice(2)).toEqual([
      'trackUnsubscribed',
      'trackUnpublished',
      'trackUnsubscribed',
      'trackUnpublished',
      'participantDisconnected',
    ]);
  });

  it('to which somebody comes back without what was published loses that alone', async () => {
    server.down();
    const camera = bob.room.localParticipant.getTrackPublication('camera');
    if (camera) await bob.room.localParticipant.unpublishTrack(camera.track);
    await bob.room.localParticipant.setMicrophoneEnabled(false);
    server.up();
    await comesBack(alice);
    await comesBack(bob);
    await until(() => heard(alice).includes('trackMuted'), alice.platform);
    expect(alice.room.remoteParticipants.get('bob')?.trackPublications.size).toBe(2);
    await alice.platform.clock.advance(15_000);
    expect(alice.room.remoteParticipants.get('bob')).toMatchObject({
      isCameraEnabled: false,
      isMicrophoneEnabled: false,
    });
    expect(heard(alice)).not.toContain('participantDisconnected');
    expect(alice.room.remoteParticipants.get('bob')?.trackPublications.size).toBe(1);
  });

  it('may be started anew again meanwhile', async () => {
    const objects = objectsOf(alice, 'bob');
    await restart();
    await comesBack(alice);
    await alice.platform.clock.advance(14_000);
    server.down();
    await alice.platform.clock.advance(5000);
    server.up();
    await comesBack(alice);
    expect(objectsOf(alice, 'bob')[0]).toBe(objects[0]);
    await comesBack(bob);
    await until(() => receives(alice, 'bob'), alice.platform);
    objectsOf(alice, 'bob').forEach((object, index) => {
      expect(object).toBe(objects[index]);
    });
    expect(heard(alice)).not.toContain('participantDisconnected');
  });

  it('lets go of its timers when the room is left', async () => {
    await restart();
    await comesBack(alice);
    await alice.room.disconnect();
    expect(alice.platform.held.timers).toBe(0);
    expect(heard(alice).at(-1)).toBe('disconnected');
  });
});
