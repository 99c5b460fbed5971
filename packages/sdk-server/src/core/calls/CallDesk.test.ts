import { describe, expect, test } from 'vitest';
import { FakeBackend } from '../../media/fake/FakeBackend.js';
import { silentLogger } from '../../logger.js';
import { DEFAULT_LIMITS } from '../context.js';
import { Pacer } from '../Pacer.js';
import { DEFAULT_GRANTS } from '../permissions.js';
import { RoomRegistry } from '../RoomRegistry.js';
import type { Hooks } from '../types.js';
import { CallDesk } from './CallDesk.js';
import type { Line } from './Line.js';
import { MAX_LISTED } from './Presence.js';
import { DEFAULT_CALL_OPTIONS, type CallLink, type CallOptions, type CallUpdate } from './types.js';

/** Time that passes only when told to. */
class Time {
  #now = 0;
  readonly #timers = new Set<{ due: number; callback: () => void }>();

  get pending(): number {
    return this.#timers.size;
  }

  readonly now = () => this.#now;

  readonly after = (ms: number, callback: () => void) => {
    const timer = { due: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers]) {
      if (timer.due > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}

class Device implements CallLink {
  readonly told: CallUpdate[] = [];
  ended: string | undefined;
  line!: Line;

  send(update: CallUpdate): void {
    this.told.push(update);
  }

  end({ code }: { code: string }): void {
    this.ended = code;
  }

  /** Types of what it was told since the last look, with the reason where there is one. */
  heard(): string[] {
    return this.told
      .splice(0)
      .map((update) => (update.type === 'callEnded' ? `${update.type} ${update.reason}` : update.type));
  }
}

function setUp(options: CallOptions = {}, hooks: Hooks = {}) {
  const time = new Time();
  const backend = new FakeBackend();
  let ids = 0;
  const newSecret = () => `id-${String(++ids)}`;
  const rooms = new RoomRegistry({
    backend,
    hooks,
    logger: silentLogger,
    limits: DEFAULT_LIMITS,
    pacer: new Pacer(),
    newSecret,
    topology: 'sfu',
    iceServers: () => [],
  });
  const desk = new CallDesk({
    rooms,
    hooks,
    logger: silentLogger,
    clock: time,
    newSecret,
    options: { ...DEFAULT_CALL_OPTIONS, ...options },
  });
  const device = (userId: string, deviceId = 'phone', resumable = false) => {
    const link = new Device();
    link.line = desk.open({
      userId,
      deviceId,
      displayName: userId.toUpperCase(),
      grants: DEFAULT_GRANTS,
      resumable,
      link,
    });
    return link;
  };
  const ring = async (from: Device, to: string, video = false) =>
    (await desk.call(from.line, to, { video })).callId;
  const held = async (from: Device, to: Device) => {
    const callId = await ring(from, to.line.userId);
    await desk.accept(to.line, callId);
    from.heard();
    to.heard();
    return callId;
  };
  return { time, rooms, desk, device, ring, held };
}

const refused = (code: string, message?: RegExp) =>
  expect.objectContaining({ code, ...(message && { message: expect.stringMatching(message) }) });

describe('a call', () => {
  test('rings, is accepted, is held in a room of its own, and ends with it', async () => {
    const { desk, device, rooms, time } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const call = await desk.call(alice.line, 'bob', { video: true });
    expect(call).toEqual({
      callId: 'id-1',
      direction: 'outgoing',
      state: 'ringing',
      user: { userId: 'bob', displayName: 'BOB' },
      video: true,
      roomId: 'call:id-1',
    });
    expect(bob.told).toEqual([
      {
        type: 'incomingCall',
        call: { ...call, direction: 'incoming', user: { userId: 'alice', displayName: 'ALICE' } },
      },
    ]);
    expect(rooms.size).toBe(0);

    const accepted = await desk.accept(bob.line, call.callId);
    expect(accepted).toMatchObject({ state: 'active', roomId: 'call:id-1', ticket: expect.any(String) });
    const [told] = alice.told;
    if (told?.type !== 'callAccepted') throw new Error('not accepted');
    expect(desk.invited('call:id-1', told.ticket)).toEqual({
      userId: 'alice',
      name: 'ALICE',
      grants: DEFAULT_GRANTS,
    });
    expect(desk.invited('call:id-1', accepted.ticket ?? '')).toMatchObject({ userId: 'bob' });
    expect(desk.invited('call:id-1', 'guessed')).toBeUndefined();
    expect(desk.invited('call:id-2', told.ticket)).toBeUndefined();
    expect(desk.admits('call:id-1', 'bob')).toBe(true);
    expect(desk.admits('call:id-1', 'eve')).toBe(false);
    expect(rooms.get('call:id-1')?.closed).toBe(false);
    // Told twice, it is still the same call.
    expect(await desk.accept(bob.line, call.callId)).toEqual(accepted);

    desk.setVideo(bob.line, call.callId, false);
    desk.hangUp(bob.line, call.callId);
    expect(alice.heard()).toEqual(['callAccepted', 'callUpdated', 'callEnded hungUp']);
    expect(desk.invited('call:id-1', told.ticket)).toBeUndefined();
    expect(desk.admits('call:id-1', 'bob')).toBe(false);
    expect([rooms.size, desk.size, time.pending]).toEqual([0, 0, 0]);
  });

  test('is not held by anybody while it rings', async () => {
    const { desk, device, ring } = setUp();
    const [alice] = [device('alice'), device('bob')];
    const callId = await ring(alice, 'bob');
    expect(desk.admits(`call:${callId}`, 'alice')).toBe(false);
    expect(desk.callsOf(alice.line)[0]).not.toHaveProperty('ticket');
  });

  test('rings on every device, and is taken by one', async () => {
    const { desk, device, ring } = setUp();
    const [alice, phone, laptop] = [device('alice'), device('bob', 'phone'), device('bob', 'laptop')];
    const callId = await ring(alice, 'bob');
    // A device that comes while it rings finds it.
    const tablet = device('bob', 'tablet');
    expect(desk.callsOf(tablet.line)).toMatchObject([{ callId, direction: 'incoming', state: 'ringing' }]);
    expect(tablet.heard()).toEqual([]);
    await desk.accept(tablet.line, callId);
    expect(phone.heard()).toEqual(['incomingCall', 'callEnded takenElsewhere']);
    expect(laptop.heard()).toEqual(['incomingCall', 'callEnded takenElsewhere']);
    await expect(desk.accept(phone.line, callId)).rejects.toEqual(refused('CALL_NOT_FOUND', /elsewhere/));
    expect(() => {
      desk.hangUp(laptop.line, callId);
    }).toThrow(refused('CALL_NOT_FOUND'));
    expect(alice.heard()).toEqual(['callAccepted']);
  });

  test('can be rejected, for all devices', async () => {
    const { desk, device, ring } = setUp();
    const [alice, phone, laptop] = [device('alice'), device('bob', 'phone'), device('bob', 'laptop')];
    desk.reject(phone.line, await ring(alice, 'bob'));
    expect(alice.heard()).toEqual(['callEnded rejected']);
    expect(laptop.heard()).toEqual(['incomingCall', 'callEnded rejected']);
    expect(phone.heard()).toEqual(['incomingCall']);
    expect(desk.size).toBe(0);
  });

  test('can be called off', async () => {
    const { desk, device, ring, time } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    desk.hangUp(alice.line, await ring(alice, 'bob'));
    expect(bob.heard()).toEqual(['incomingCall', 'callEnded cancelled']);
    expect([desk.size, time.pending]).toEqual([0, 0]);
  });

  test('rings for half a minute', async () => {
    const { device, ring, time, desk } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await ring(alice, 'bob');
    time.pass(29_999);
    expect(desk.size).toBe(1);
    time.pass(1);
    expect(alice.heard()).toEqual(['callEnded noAnswer']);
    expect(bob.heard()).toEqual(['incomingCall', 'callEnded noAnswer']);
    expect(desk.size).toBe(0);
  });

  test('ends when the application closes its room', async () => {
    const { device, held, rooms, desk } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const callId = await held(alice, bob);
    rooms.get(`call:${callId}`)?.close();
    expect(alice.heard()).toEqual(['callEnded closed']);
    expect(bob.heard()).toEqual(['callEnded closed']);
    expect(desk.size).toBe(0);
  });

  test('finds a new room when its media process has died', async () => {
    const { device, held, rooms } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const roomId = `call:${await held(alice, bob)}`;
    const before = rooms.get(roomId);
    const opened = new Promise((resolve) => rooms.once('opened', resolve));
    before?.close('mediaServerDied');
    const after = await opened;
    expect(after).not.toBe(before);
    expect(rooms.get(roomId)).toBe(after);
    expect([...alice.heard(), ...bob.heard()]).toEqual([]);
  });

  test('that no room can be opened for is over for both', async () => {
    const { device, ring, rooms, desk } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const callId = await ring(alice, 'bob');
    rooms.close('serverClosing');
    await expect(desk.accept(bob.line, callId)).rejects.toEqual(refused('SERVER_CLOSING'));
    expect(alice.heard()).toEqual(['callEnded closed']);
    expect(desk.size).toBe(0);
  });

  test('that is called off while it is being accepted leaves nothing behind', async () => {
    const { device, ring, rooms, desk } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const callId = await ring(alice, 'bob');
    const accepting = desk.accept(bob.line, callId);
    desk.hangUp(alice.line, callId);
    await expect(accepting).rejects.toEqual(refused('CALL_NOT_FOUND', /hung up/));
    expect(alice.heard()).toEqual([]);
    expect([rooms.size, desk.size]).toEqual([0, 0]);
  });
});

describe('who is busy', () => {
  test('is not rung, and the caller hears of it after the answer', async () => {
    const { device, held, ring, time, desk } = setUp();
    const [alice, bob, carol] = [device('alice'), device('bob'), device('carol')];
    await held(alice, bob);
    await ring(carol, 'bob');
    expect(carol.heard()).toEqual([]);
    time.pass(0);
    expect(carol.heard()).toEqual(['callEnded busy']);
    await ring(carol, 'alice');
    time.pass(0);
    expect(carol.heard()).toEqual(['callEnded busy']);
    expect([...alice.heard(), ...bob.heard()]).toEqual([]);
    expect(desk.size).toBe(1);
  });

  test('cannot call or accept besides, on any device', async () => {
    const { device, held, ring, desk } = setUp();
    const [alice, bob, laptop] = [device('alice'), device('bob'), device('alice', 'laptop')];
    device('carol');
    await held(alice, bob);
    await expect(ring(laptop, 'carol')).rejects.toEqual(refused('ALREADY_IN_CALL', /hang up first/));
    await expect(ring(bob, 'carol')).rejects.toEqual(refused('ALREADY_IN_CALL'));
    expect(desk.size).toBe(1);
  });

  test('is who has just called, from two devices at once', async () => {
    const { device, ring, desk } = setUp();
    const [alice, laptop, bob] = [device('alice'), device('alice', 'laptop'), device('bob')];
    const carol = device('carol');
    const results = await Promise.allSettled([ring(alice, 'bob'), ring(laptop, 'carol')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect([bob.heard(), carol.heard()]).toEqual([['incomingCall'], []]);
    expect(desk.size).toBe(1);
  });

  test('makes the other calls that ring end', async () => {
    const { device, ring, desk } = setUp();
    const [alice, bob, carol] = [device('alice'), device('bob'), device('carol')];
    const first = await ring(alice, 'bob');
    const second = await ring(carol, 'bob');
    await desk.accept(bob.line, first);
    expect(carol.heard()).toEqual(['callEnded busy']);
    expect(bob.heard()).toEqual(['incomingCall', 'incomingCall', 'callEnded busy']);
    await expect(desk.accept(bob.line, second)).rejects.toEqual(refused('CALL_NOT_FOUND'));
  });

  test('is who is rung by many already', async () => {
    const { device, ring, time } = setUp();
    const bob = device('bob');
    for (const name of ['a', 'b', 'c']) await ring(device(name), 'bob');
    const late = device('late');
    await ring(late, 'bob');
    time.pass(0);
    expect(late.heard()).toEqual(['callEnded busy']);
    expect(bob.heard()).toEqual(['incomingCall', 'incomingCall', 'incomingCall']);
  });

  test('is who calls', async () => {
    const { device, ring, time } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await ring(alice, 'bob');
    const carol = device('carol');
    await ring(carol, 'alice');
    time.pass(0);
    expect(carol.heard()).toEqual(['callEnded busy']);
    expect(bob.heard()).toEqual(['incomingCall']);
  });
});

describe('a connection that is lost', () => {
  test('of a caller ends the ringing at once', async () => {
    const { device, ring, desk, time } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await ring(alice, 'bob');
    desk.lost(alice.line, alice);
    expect(bob.heard()).toEqual(['incomingCall', 'callEnded connectionLost']);
    expect([desk.size, time.pending]).toEqual([0, 0]);
    await expect(ring(bob, 'alice')).rejects.toEqual(refused('USER_OFFLINE', /alice/));
  });

  test('of a device that rings leaves the others ringing', async () => {
    const { device, ring, desk } = setUp();
    const [alice, phone, laptop] = [device('alice'), device('bob', 'phone'), device('bob', 'laptop')];
    const callId = await ring(alice, 'bob');
    desk.lost(phone.line, phone);
    expect([...alice.heard(), ...laptop.heard()]).toEqual(['incomingCall']);
    // It rings again where it comes back, and its room is that of nobody yet.
    const back = device('bob', 'phone');
    expect(desk.callsOf(back.line)).toMatchObject([{ callId, state: 'ringing' }]);
    desk.lost(back.line, back);
    desk.lost(laptop.line, laptop);
    expect(alice.heard()).toEqual(['callEnded connectionLost']);
  });

  describe('of a device that comes back', () => {
    const both = ({ device }: Pick<ReturnType<typeof setUp>, 'device'>) =>
      [device('alice', 'phone', true), device('bob', 'phone', true)] as const;

    test.each(['alice', 'bob'])('is no news to what rings: %s', async (who) => {
      const world = setUp();
      const { desk, ring, device, time } = world;
      const [alice, bob] = both(world);
      const callId = await ring(alice, 'bob');
      const lost = who === 'alice' ? alice : bob;
      desk.lost(lost.line, lost);
      time.pass(10_000);
      const back = device(who, 'phone', true);
      expect(desk.callsOf(back.line)).toMatchObject([{ callId, state: 'ringing' }]);
      expect([...alice.heard(), ...bob.heard(), ...back.heard()]).toEqual(['incomingCall']);
      await desk.accept(who === 'bob' ? back.line : bob.line, callId);
      expect((who === 'alice' ? back : alice).heard()).toEqual(['callAccepted']);
    });

    test('has the call that was taken while its caller was away', async () => {
      const world = setUp();
      const { desk, ring, device } = world;
      const [alice, bob] = both(world);
      const callId = await ring(alice, 'bob');
      desk.lost(alice.line, alice);
      await desk.accept(bob.line, callId);
      const back = device('alice', 'phone', true);
      expect(desk.callsOf(back.line)).toMatchObject([
        { callId, state: 'active', ticket: expect.any(String) },
      ]);
    });

    test.each([
      ['alice', 60_000, 'callEnded connectionLost'],
      ['bob', 60_000, 'callEnded connectionLost'],
      ['alice', 20_000, 'callEnded noAnswer'],
    ])('rings no longer than it may: %s, %i ms', async (who, ringTimeoutMs, end) => {
      const world = setUp({ ringTimeoutMs });
      const { desk, ring, time } = world;
      const [alice, bob] = both(world);
      await ring(alice, 'bob');
      bob.heard();
      const [lost, other] = who === 'alice' ? [alice, bob] : [bob, alice];
      desk.lost(lost.line, lost);
      time.pass(30_000);
      expect(other.heard()).toEqual([end]);
      time.pass(60_000);
      expect([desk.size, time.pending]).toEqual([0, 0]);
    });

    test('is given the call of before again by a server that does not know it', async () => {
      const { desk, device } = setUp();
      const [alice, bob] = [device('alice', 'phone', true), device('bob', 'phone', true)];
      const wish = { video: false, callId: 'rang-before' };
      expect(await desk.call(alice.line, 'bob', wish)).toMatchObject({ callId: 'rang-before' });
      expect(bob.told).toMatchObject([{ type: 'incomingCall', call: { callId: 'rang-before' } }]);
      const [carol] = [device('carol'), device('dave')];
      expect((await desk.call(carol.line, 'dave', wish)).callId).not.toBe('rang-before');
      expect(desk.id).toBe(desk.id);
    });
  });

  test.each(['alice', 'bob'])('of %s within a call may come back', async (who) => {
    const { device, held, desk, time, rooms } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const callId = await held(alice, bob);
    const [lost, other] = who === 'alice' ? [alice, bob] : [bob, alice];
    const before = desk.callsOf(lost.line);
    desk.lost(lost.line, lost);
    time.pass(29_999);
    expect(other.heard()).toEqual([]);
    const back = device(who);
    expect(desk.callsOf(back.line)).toEqual(before);
    time.pass(60_000);
    expect(rooms.get(`call:${callId}`)).toBeDefined();
    desk.hangUp(other.line, callId);
    expect(back.heard()).toEqual(['callEnded hungUp']);
    expect([desk.size, time.pending]).toEqual([0, 0]);
  });

  test.each(['alice', 'bob'])('of %s for too long ends the call', async (who) => {
    const { device, held, desk, time, rooms } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await held(alice, bob);
    const [lost, other] = who === 'alice' ? [alice, bob] : [bob, alice];
    desk.lost(lost.line, lost);
    time.pass(30_000);
    expect(other.heard()).toEqual(['callEnded connectionLost']);
    expect([desk.size, rooms.size, time.pending]).toEqual([0, 0, 0]);
    const back = device(who);
    expect(desk.callsOf(back.line)).toEqual([]);
  });

  test('of one side of a call that then is hung up frees its place', async () => {
    const { device, held, desk, time, ring } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    const callId = await held(alice, bob);
    desk.lost(bob.line, bob);
    desk.hangUp(alice.line, callId);
    expect(time.pending).toBe(0);
    await expect(ring(alice, 'bob')).rejects.toEqual(refused('USER_OFFLINE'));
  });

  test('that was replaced changes nothing when it ends', async () => {
    const { device, held, desk } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await held(alice, bob);
    const again = device('bob');
    expect(bob.ended).toBe('PEER_REPLACED');
    desk.lost(again.line, bob);
    expect(desk.callsOf(again.line)).toHaveLength(1);
    expect(alice.heard()).toEqual([]);
  });

  test('on purpose ends the call at once', async () => {
    const { device, held, desk, time } = setUp();
    const [alice, bob] = [device('alice'), device('bob')];
    await held(alice, bob);
    desk.leave(alice.line);
    expect(bob.heard()).toEqual(['callEnded left']);
    expect([desk.size, time.pending]).toEqual([0, 0]);
  });
});

describe('limits', () => {
  test('nobody rings whom they like as often as they like', async () => {
    const { device, ring, desk, time } = setUp({ callsPerMinute: 2 });
    const [alice] = [device('alice'), device('bob')];
    for (let i = 0; i < 2; i++) desk.hangUp(alice.line, await ring(alice, 'bob'));
    time.pass(20_000);
    await expect(ring(alice, 'bob')).rejects.toEqual(refused('RATE_LIMITED', /2 calls a minute.*in 40 s/));
    // Nor by another device, nor by a new connection.
    await expect(ring(device('alice', 'laptop'), 'bob')).rejects.toEqual(refused('RATE_LIMITED'));
    time.pass(40_000);
    expect(await ring(alice, 'bob')).toBeDefined();
  });

  test('a user has so many devices, and so has everybody together', () => {
    const { device } = setUp({ maxDevicesPerUser: 2, maxDevices: 3 });
    device('alice', 'a');
    device('alice', 'b');
    expect(() => device('alice', 'c')).toThrow(refused('LIMIT_REACHED', /2 devices/));
    device('bob');
    expect(() => device('carol')).toThrow(refused('LIMIT_REACHED'));
    // Coming back takes no place.
    device('alice', 'a');
  });

  test('the application decides who calls whom', async () => {
    const asked: unknown[] = [];
    const hooks: Hooks = {
      onCall(call) {
        asked.push(call);
        if (call.to === 'boss') throw new Error('the boss is not to be called');
      },
    };
    const { device, ring } = setUp({}, hooks);
    const [alice, bob, boss] = [device('alice'), device('bob'), device('boss')];
    await expect(ring(alice, 'boss')).rejects.toEqual(refused('CALL_REFUSED', /the boss is not/));
    await ring(alice, 'bob', true);
    expect(asked).toEqual([
      { from: { userId: 'alice', displayName: 'ALICE' }, to: 'boss', video: false },
      { from: { userId: 'alice', displayName: 'ALICE' }, to: 'bob', video: true },
    ]);
    expect([bob.heard(), boss.heard()]).toEqual([['incomingCall'], []]);
  });

  test('nobody calls themselves', async () => {
    const { device, ring } = setUp();
    const alice = device('alice');
    device('alice', 'laptop');
    await expect(ring(alice, 'alice')).rejects.toEqual(refused('BAD_REQUEST', /yourself/));
  });
});

describe('who is there', () => {
  test('is shown only where the application says so', () => {
    const { device, desk } = setUp();
    expect(() => desk.watchUsers(device('alice').line)).toThrow(refused('FORBIDDEN', /calls\.presence/));
  });

  test('is told to those who ask, with what changes', async () => {
    const { device, desk, held, time } = setUp({ presence: true });
    const [alice, bob] = [device('alice'), device('bob')];
    expect(desk.watchUsers(alice.line)).toEqual([{ userId: 'bob', displayName: 'BOB', busy: false }]);
    const carol = device('carol');
    device('carol', 'laptop');
    time.pass(50);
    expect(alice.told.splice(0)).toEqual([
      { type: 'usersChanged', users: [{ userId: 'carol', displayName: 'CAROL', busy: false }], gone: [] },
    ]);
    const callId = await held(bob, carol);
    time.pass(50);
    expect(alice.told.splice(0)).toEqual([
      {
        type: 'usersChanged',
        users: [
          { userId: 'bob', displayName: 'BOB', busy: true },
          { userId: 'carol', displayName: 'CAROL', busy: true },
        ],
        gone: [],
      },
    ]);
    desk.hangUp(bob.line, callId);
    desk.leave(bob.line);
    time.pass(50);
    expect(alice.told.splice(0)).toEqual([
      {
        type: 'usersChanged',
        users: [{ userId: 'carol', displayName: 'CAROL', busy: false }],
        gone: ['bob'],
      },
    ]);
    expect([bob, carol].flatMap((one) => one.heard()).filter((type) => type === 'usersChanged')).toEqual([]);
    desk.close();
    expect(time.pending).toBe(0);
  });

  test('is told to so many devices and no more', () => {
    const { device, desk } = setUp({ presence: true, maxWatchers: 2 });
    const [alice, bob, carol] = [device('alice'), device('bob'), device('carol')];
    expect(desk.watchUsers(alice.line)).toHaveLength(2);
    expect(desk.watchUsers(bob.line)).toHaveLength(2);
    expect(() => desk.watchUsers(carol.line)).toThrow(refused('LIMIT_REACHED', /2 devices.*maxWatchers/));
    // Asking once more takes no place; whoever leaves makes room.
    expect(desk.watchUsers(alice.line)).toHaveLength(2);
    desk.lost(bob.line, bob);
    expect(desk.watchUsers(carol.line)).toHaveLength(1);
  });

  test('travels in parts where a crowd comes at once', () => {
    const { device, desk, time } = setUp({ presence: true });
    const alice = device('alice');
    desk.watchUsers(alice.line);
    time.pass(50);
    alice.told.length = 0;
    for (let i = 0; i < MAX_LISTED + 3; i++) device(`user ${String(i)}`);
    const comers = () =>
      alice.told.splice(0).map((update) => (update.type === 'usersChanged' ? update.users.length : 0));
    time.pass(50);
    expect(comers()).toEqual([MAX_LISTED]);
    time.pass(50);
    expect(comers()).toEqual([3]);
    expect(time.pending).toBe(0);
  });
});
