import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Switching, type Member } from './test/switching.js';
import { FakeMediaStreamTrack } from './testing/index.js';

let world: Switching;

beforeEach(() => {
  world = new Switching();
});

afterEach(async () => {
  for (const name of [...world.members.keys()]) await world.leave(name);
  await world.pass(1000);
  const { held, network } = world.platform;
  expect({ timers: held.timers, pages: held.pageListeners }).toEqual({ timers: 0, pages: 0 });
  expect([network.open.length, world.sfu.open]).toEqual([0, 0]);
});

/** Its connection is lost, and what was said meanwhile is too much. */
function loses(name: string): void {
  const channel = world.server.rooms.get('r')?.peers.get(name)?.channel;
  if (!channel) throw new Error(`${name} is not there`);
  world.server.lose(channel);
}
const idsOf = ({ room }: Member) =>
  [...room.localParticipant.trackPublications.values()].map(({ producerId }) => producerId);

describe.each(['sfu', 'p2p'] as const)(
  'a page that has missed too much, in a room that is %s',
  (topology) => {
    it.each(['alice', 'bob'])('joins anew, and nobody sees it go: %s', async (name) => {
      const [alice, bob] = [await world.enter('alice', { topology }), await world.enter('bob', { topology })];
      await world.pass(2000);
      expect(world.faults()).toEqual([]);
      const before = world.objects();
      const ids = [idsOf(alice), idsOf(bob)];
      expect(before.size).toBe(18);

      for (let round = 0; round < 2; round++) {
        loses(name);
        await world.pass(4000);
        expect([world.faults(), [idsOf(alice), idsOf(bob)]]).toEqual([[], ids]);
      }
      expect(world.objects()).toEqual(before);
      for (const [key, object] of world.objects()) expect(object).toBe(before.get(key));
      const again = ['reconnecting', 'reconnecting'];
      expect([alice.events, bob.events]).toEqual(name === 'alice' ? [again, []] : [[], again]);
    });

    it('keeps the place of a camera that is switched off', async () => {
      const [alice, bob] = [await world.join('alice', { topology }), await world.join('bob', { topology })];
      const camera = new FakeMediaStreamTrack({ kind: 'video', settings: { width: 640, height: 360 } });
      const publication = await alice.room.localParticipant.publishTrack(camera, { source: 'camera' });
      await world.pass(2000);
      const shown = [...(bob.room.remoteParticipants.get('alice')?.trackPublications.values() ?? [])];
      // As muting does with a device that it closes.
      await publication.mute();
      camera.stop();
      await world.quiet();

      loses('alice');
      await world.pass(4000);
      expect([bob.events, shown.map(({ isMuted }) => isMuted)]).toEqual([[], [true]]);
      const other = new FakeMediaStreamTrack({ kind: 'video', settings: { width: 640, height: 360 } });
      await publication.track.replaceTrack(other);
      await publication.unmute();
      await world.pass(4000);
      expect(shown.map(({ isMuted }) => isMuted)).toEqual([false]);
      expect([world.faults(), bob.events]).toEqual([[], []]);
    });
  },
);

describe('a page that was away while media took another way', () => {
  it('is told when it is back', async () => {
    const alice = await world.enter('alice');
    await world.enter('bob');
    await world.pass(2000);
    expect(alice.room.topology).toBe('p2p');
    world.server.refuseNext('SERVER_UNREACHABLE');
    loses('alice');
    await world.quiet();
    expect(alice.room.state).toBe('reconnecting');
    world.paths?.move('sfu', 'pinned');
    await world.pass(4000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'sfu']);
    expect(alice.events).toEqual(['reconnecting', 'sfu reconnected']);
    loses('alice');
    await world.pass(4000);
    expect(alice.events.slice(2)).toEqual(['reconnecting']);
  });
});
