import type { P2pServerMessage } from '@parlor/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../ice/testing/ManualClock.js';
import { silentLogger } from '../../logger.js';
import type { Member } from './Meeting.js';
import { LiveRooms } from './LiveRooms.js';
import type { StoredP2pRoom } from './store.js';

const MINUTE = 60_000;

const liveRooms = (clock: ManualClock) =>
  new LiveRooms({
    clock,
    logger: silentLogger,
    rooms: { open: () => Promise.reject(new Error('media goes from browser to browser')) },
  });

const stored = (more: Partial<StoredP2pRoom> = {}): StoredP2pRoom => ({
  id: 'ABC347',
  name: 'Room',
  creator: { userId: 'alice', participantId: 'p_alice' },
  maxParticipants: 2,
  createdAt: 0,
  expiresAt: 120 * MINUTE,
  passwordHash: 'scrypt$1$1$1$a$b',
  guestKey: 'key',
  ...more,
});

function member(id: string): Member & { told: P2pServerMessage[]; ended: [number, string][] } {
  const told: P2pServerMessage[] = [];
  const ended: [number, string][] = [];
  return {
    participant: { id, name: id, is_creator: false },
    language: 'en',
    told,
    ended,
    refuse: () => undefined,
    tell: (message) => told.push(message),
    end: (...frame) => ended.push(frame),
  };
}

describe('LiveRooms', () => {
  it('keeps nothing of a room that has ended', async () => {
    const clock = new ManualClock();
    const rooms = liveRooms(clock);
    const bob = member('p_bob');
    const room = rooms.open(stored());
    room.enter(bob);
    expect(rooms.open(stored())).toBe(room);
    await clock.pass(120 * MINUTE);
    expect(bob.ended).toEqual([[4400, 'ROOM_EXPIRED']]);
    expect([rooms.size, clock.pending, room.empty]).toEqual([0, 0, true]);
    rooms.close('ABC347', 'ROOM_CLOSED');
    expect(bob.ended).toHaveLength(1);
  });

  it('counts those that are not among the rooms of the server', () => {
    const rooms = liveRooms(new ManualClock());
    rooms.open(stored({ id: 'through', topology: 'sfu' }));
    const [bob, carol] = [member('p_bob'), member('p_carol')];
    const room = rooms.open(stored());
    for (const each of [bob, carol]) room.enter(each);
    rooms.open(stored({ id: 'empty' }));
    expect(rooms.apart).toEqual({ rooms: 2, participants: 2 });
    room.leave(bob);
    expect(rooms.apart).toEqual({ rooms: 2, participants: 1 });
  });

  it('lets go of empty rooms, but not of those that somebody may be about to enter', async () => {
    const clock = new ManualClock();
    const rooms = liveRooms(clock);
    const room = rooms.open(stored());
    await clock.pass(MINUTE - 1);
    rooms.sweep();
    expect(rooms.find('ABC347')).toBe(room);
    const bob = member('p_bob');
    room.enter(bob);
    await clock.pass(5 * MINUTE);
    rooms.sweep();
    expect(rooms.size).toBe(1);
    room.leave(bob);
    await clock.pass(MINUTE);
    rooms.sweep();
    expect([rooms.size, clock.pending]).toEqual([0, 0]);
  });

  it('tells who is let in too late why', () => {
    const clock = new ManualClock();
    const rooms = liveRooms(clock);
    const closed = rooms.open(stored());
    rooms.closeAll('SERVER_CLOSING');
    expect(() => {
      closed.enter(member('p_bob'));
    }).toThrow(expect.objectContaining({ code: 'SERVER_CLOSING' }));

    const full = rooms.open(stored({ id: 'FULL' }));
    full.enter(member('p_1'));
    full.enter(member('p_2'));
    expect(() => {
      full.enter(member('p_3'));
    }).toThrow(expect.objectContaining({ code: 'ROOM_FULL' }));
    full.enter(member('p_2'));
    expect(full.participants.map(({ id }) => id)).toEqual(['p_1', 'p_2']);
  });

  it('hears a replaced connection no more', () => {
    const room = liveRooms(new ManualClock()).open(stored());
    const [bob, old, fresh] = [member('p_bob'), member('p_al'), member('p_al')];
    room.enter(bob);
    room.enter(old);
    room.enter(fresh);
    bob.told.length = 0;
    room.leave(old);
    expect(bob.told).toEqual([]);
    room.leave(fresh);
    expect(bob.told).toEqual([{ type: 'peer_left', participant_id: 'p_al' }]);
  });
});
