import type { P2pServerMessage } from '@parlor/protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../core/context.js';
import { Pacer } from '../../core/Pacer.js';
import { RoomRegistry } from '../../core/RoomRegistry.js';
import { ManualClock } from '../../ice/testing/ManualClock.js';
import { silentLogger } from '../../logger.js';
import { NoMedia } from '../../media/NoMedia.js';
import { LiveRooms } from './LiveRooms.js';
import type { Member } from './Member.js';
import type { StoredP2pRoom } from './store.js';

const MINUTE = 60_000;

function liveRooms() {
  const clock = new ManualClock();
  const shared = new RoomRegistry({
    backend: new NoMedia(),
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
  return { clock, shared, rooms: new LiveRooms({ clock, logger: silentLogger, rooms: shared }) };
}

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
    userId: id,
    language: 'en',
    told,
    ended,
    tell: (message) => told.push(message),
    end: (...frame) => ended.push(frame),
  };
}

describe('LiveRooms', () => {
  it('keeps nothing of a room that has ended', async () => {
    const { clock, shared, rooms } = liveRooms();
    const bob = member('p_bob');
    const room = rooms.open(stored());
    await room.enter(bob);
    expect(rooms.open(stored())).toBe(room);
    await clock.pass(120 * MINUTE);
    expect(bob.ended).toEqual([[4400, 'ROOM_EXPIRED']]);
    expect([rooms.size, shared.size, clock.pending, room.empty]).toEqual([0, 0, 0, true]);
    rooms.close('ABC347', 'ROOM_CLOSED');
    expect(bob.ended).toHaveLength(1);
  });

  it('lets go of empty rooms, but not of those that somebody may be about to enter', async () => {
    const { clock, shared, rooms } = liveRooms();
    const room = rooms.open(stored());
    await clock.pass(MINUTE - 1);
    rooms.sweep();
    expect(rooms.find('ABC347')).toBe(room);
    const bob = member('p_bob');
    await room.enter(bob);
    await clock.pass(5 * MINUTE);
    rooms.sweep();
    expect([rooms.size, shared.size]).toEqual([1, 1]);
    room.leave(bob);
    await clock.pass(MINUTE);
    rooms.sweep();
    expect([rooms.size, shared.size, clock.pending]).toEqual([0, 0, 0]);
  });

  it('tells who is let in too late why', async () => {
    const { shared, rooms } = liveRooms();
    const closed = rooms.open(stored());
    rooms.closeAll('SERVER_CLOSING');
    await expect(closed.enter(member('p_bob'))).rejects.toMatchObject({ code: 'SERVER_CLOSING' });

    const full = rooms.open(stored({ id: 'FULL' }));
    await Promise.all(['p_1', 'p_2'].map((id) => full.enter(member(id))));
    await expect(full.enter(member('p_3'))).rejects.toMatchObject({ code: 'ROOM_FULL' });
    await full.enter(member('p_2'));
    expect(full.participants.map(({ id }) => id)).toEqual(['p_1', 'p_2']);

    // It has got the last place while this one was let in.
    const late = rooms.open(stored({ id: 'LATE' }));
    await late.enter(member('p_1'));
    const entering = late.enter(member('p_2'));
    await shared.get('LATE')?.join({ peerId: 'host' });
    await expect(entering).rejects.toMatchObject({ code: 'ROOM_FULL' });
  });

  it('closes while somebody is let in', async () => {
    const { shared, rooms } = liveRooms();
    const bob = member('p_bob');
    const entering = rooms.open(stored()).enter(bob);
    rooms.close('ABC347', 'ROOM_CLOSED');
    await entering;
    expect(bob.told).toMatchObject([{ type: 'room_closed', code: 'ROOM_CLOSED' }]);
    expect(bob.ended).toEqual([[4410, 'ROOM_CLOSED']]);
    expect(shared.size).toBe(0);
  });

  it('hears a replaced connection no more', async () => {
    const room = liveRooms().rooms.open(stored());
    const [bob, old, fresh] = [member('p_bob'), member('p_al'), member('p_al')];
    await room.enter(bob);
    await room.enter(old);
    await room.enter(fresh);
    bob.told.length = 0;
    room.leave(old);
    expect(bob.told).toEqual([]);
    room.leave(fresh);
    expect(bob.told).toEqual([{ type: 'peer_left', participant_id: 'p_al' }]);
  });

  it('takes the later of two connections that come at once', async () => {
    const { shared, rooms } = liveRooms();
    const room = rooms.open(stored());
    const [first, second] = [member('p_al'), member('p_al')];
    await Promise.all([room.enter(first), room.enter(second)]);
    expect(first.ended).toEqual([[4409, 'PEER_REPLACED']]);
    expect(second.told).toMatchObject([{ type: 'joined', participants: [] }]);
    expect([...(shared.get('ABC347')?.peers.keys() ?? [])]).toEqual(['p_al']);
  });
});
