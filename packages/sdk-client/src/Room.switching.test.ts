import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Switching } from './test/switching.js';

/** Every object that an app may hold on to, by what it is. */
function objectsOf({ members }: Switching): Map<string, unknown> {
  const objects = new Map<string, unknown>();
  for (const { name, room } of members.values()) {
    for (const publication of room.localParticipant.trackPublications.values()) {
      objects.set(`${name} ${publication.source} publication`, publication);
      objects.set(`${name} ${publication.source} track`, publication.track);
    }
    for (const [identity, participant] of room.remoteParticipants) {
      objects.set(`${name} ${identity}`, participant);
      for (const publication of participant.trackPublications.values()) {
        objects.set(`${name} ${identity} ${publication.source} publication`, publication);
        objects.set(`${name} ${identity} ${publication.source} track`, publication.track);
      }
    }
  }
  return objects;
}

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

describe('a room that changes its way', () => {
  it('goes 1, 2, 3, 2 people: P2P, the server, P2P; every object stays, nothing is told to have gone', async () => {
    const alice = await world.enter('alice');
    await world.pass(1000);
    expect(world.faults()).toEqual([]);
    const bob = await world.enter('bob');
    await world.pass(1000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'p2p']);
    const before = objectsOf(world);
    expect(before.size).toBe(18);

    await world.enter('carol');
    await world.pass(2000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'sfu']);
    expect(objectsOf(world)).toEqual(new Map([...objectsOf(world), ...before]));

    await world.leave('carol');
    world.paths.move('p2p', 'participants');
    await world.pass(2000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'p2p']);
    expect(objectsOf(world)).toEqual(before);
    const events = ['sfu participants', 'trackUnsubscribed', 'trackUnpublished'];
    expect(alice.events).toEqual([
      ...events,
      ...events.slice(1),
      'participantDisconnected',
      'p2p participants',
    ]);
    expect(bob.events).toEqual(alice.events);
  });
});
