import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  IDLE,
  RING_TIMEOUT_MS,
  stepCall,
  type ActiveCall,
  type CallEffect,
  type CallEvent,
  type CallState,
  type RingingCall,
} from './call.js';

const callBob: CallEvent = {
  type: 'call',
  by: 'alice',
  calleeUserId: 'bob',
  devices: ['laptop', 'phone'],
  calleeBusy: false,
  video: false,
  now: 1000,
};

const ringing: RingingCall = {
  phase: 'ringing',
  caller: 'alice',
  calleeUserId: 'bob',
  devices: ['laptop', 'phone'],
  video: false,
  ringsUntil: 1000 + RING_TIMEOUT_MS,
};
const oneDevice: RingingCall = { ...ringing, devices: ['phone'] };

const active: ActiveCall = {
  phase: 'active',
  caller: 'alice',
  calleeUserId: 'bob',
  callee: 'phone',
  video: false,
};

const ended = (to: string, reason: Extract<CallEffect, { type: 'ended' }>['reason']): CallEffect => ({
  type: 'ended',
  to,
  reason,
});
const refused = (to: string, code: Extract<CallEffect, { type: 'refused' }>['code']): CallEffect => ({
  type: 'refused',
  to,
  code,
});
const notFound = (to: string) => refused(to, 'CALL_NOT_FOUND');
const nobodyWasThere = [ended('alice', 'noAnswer'), ended('laptop', 'noAnswer'), ended('phone', 'noAnswer')];

type Row = [name: string, event: CallEvent, after: CallState, effects: CallEffect[]];

/** Every event in `state`, by everyone it can come from. */
function transitions(state: CallState, rows: Row[]): void {
  const named = rows.map(([name, event, after, effects]) => ({ name, event, after, effects }));
  test.each(named)('$name', ({ event, after, effects }) => {
    const before = structuredClone(state);
    expect(stepCall(state, event)).toEqual([after, effects]);
    expect(state).toEqual(before);
  });
}

describe('an idle call', () => {
  const ring = (to: string, video = false): CallEffect => ({ type: 'ring', to, from: 'alice', video });
  transitions(IDLE, [
    ['rings on all devices', callBob, ringing, [ring('laptop'), ring('phone')]],
    [
      'rings with video',
      { ...callBob, video: true, devices: ['phone'] },
      { ...oneDevice, video: true },
      [ring('phone', true)],
    ],
    [
      'rings each device once, never the one that calls',
      { ...callBob, devices: ['phone', 'alice', 'phone'] },
      oneDevice,
      [ring('phone')],
    ],
    ['needs a device', { ...callBob, devices: [] }, IDLE, [refused('alice', 'PEER_NOT_FOUND')]],
    [
      'does not ring the caller alone',
      { ...callBob, devices: ['alice'] },
      IDLE,
      [refused('alice', 'PEER_NOT_FOUND')],
    ],
    [
      'does not ring who is in another call',
      { ...callBob, calleeBusy: true },
      IDLE,
      [ended('alice', 'busy')],
    ],
    ['has nothing to ring for', { type: 'ring', by: 'alice', device: 'phone' }, IDLE, [notFound('alice')]],
    ['cannot be accepted', { type: 'accept', by: 'phone' }, IDLE, [notFound('phone')]],
    ['cannot be rejected', { type: 'reject', by: 'phone' }, IDLE, [notFound('phone')]],
    ['has nobody busy', { type: 'busy', by: 'phone' }, IDLE, [notFound('phone')]],
    ['cannot be ended', { type: 'hangUp', by: 'phone' }, IDLE, [notFound('phone')]],
    ['has no video', { type: 'setVideo', by: 'phone', video: true }, IDLE, [notFound('phone')]],
    ['misses nobody', { type: 'gone', by: 'phone', reason: 'connectionLost' }, IDLE, []],
    ['takes no time', { type: 'timePassed', now: 1e9 }, IDLE, []],
    ['is closed already', { type: 'close', reason: 'closed' }, IDLE, []],
    [
      'rings as long as it is told to',
      { ...callBob, ringTimeoutMs: 50 },
      { ...ringing, ringsUntil: 1050 },
      [ring('laptop'), ring('phone')],
    ],
  ]);
});

describe('a ringing call', () => {
  const taken: CallEffect[] = [
    { type: 'accepted', to: 'alice', by: 'phone' },
    ended('laptop', 'takenElsewhere'),
  ];
  const videoTold = (to: string): CallEffect => ({ type: 'videoChanged', to, by: 'alice', video: true });
  transitions(ringing, [
    ['is accepted on one device, and stops on the others', { type: 'accept', by: 'phone' }, active, taken],
    ['is not accepted by its caller', { type: 'accept', by: 'alice' }, ringing, [notFound('alice')]],
    ['is not accepted by a stranger', { type: 'accept', by: 'eve' }, ringing, [notFound('eve')]],
    [
      'is rejected on one device for all',
      { type: 'reject', by: 'phone' },
      IDLE,
      [ended('alice', 'rejected'), ended('laptop', 'rejected')],
    ],
    ['is not rejected by its caller', { type: 'reject', by: 'alice' }, ringing, [notFound('alice')]],
    ['is not rejected by a stranger', { type: 'reject', by: 'eve' }, ringing, [notFound('eve')]],
    ['goes on where a device is not busy', { type: 'busy', by: 'laptop' }, oneDevice, []],
    ['is not answered "busy" by its caller', { type: 'busy', by: 'alice' }, ringing, [notFound('alice')]],
    [
      'is cancelled by its caller',
      { type: 'hangUp', by: 'alice' },
      IDLE,
      [ended('laptop', 'cancelled'), ended('phone', 'cancelled')],
    ],
    [
      'is rejected by hanging up',
      { type: 'hangUp', by: 'laptop' },
      IDLE,
      [ended('alice', 'rejected'), ended('phone', 'rejected')],
    ],
    ['is not ended by a stranger', { type: 'hangUp', by: 'eve' }, ringing, [notFound('eve')]],
    ['is not answered in time', { type: 'timePassed', now: 31_000 }, IDLE, nobodyWasThere],
    ['rings for 30 s', { type: 'timePassed', now: 30_999 }, ringing, []],
    [
      'is closed for everybody by the server',
      { type: 'close', reason: 'busy' },
      IDLE,
      [ended('alice', 'busy'), ended('laptop', 'busy'), ended('phone', 'busy')],
    ],
    [
      'ends when its caller is lost',
      { type: 'gone', by: 'alice', reason: 'connectionLost' },
      IDLE,
      [ended('laptop', 'connectionLost'), ended('phone', 'connectionLost')],
    ],
    [
      'ends when its caller leaves',
      { type: 'gone', by: 'alice', reason: 'left' },
      IDLE,
      [ended('laptop', 'left'), ended('phone', 'left')],
    ],
    [
      'goes on where a device is left',
      { type: 'gone', by: 'laptop', reason: 'connectionLost' },
      oneDevice,
      [],
    ],
    ['does not mind others leaving', { type: 'gone', by: 'eve', reason: 'left' }, ringing, []],
    [
      'rings one more device',
      { type: 'ring', by: 'alice', device: 'tablet' },
      { ...ringing, devices: ['laptop', 'phone', 'tablet'] },
      [{ type: 'ring', to: 'tablet', from: 'alice', video: false }],
    ],
    ['rings a device once', { type: 'ring', by: 'alice', device: 'phone' }, ringing, []],
    ['does not ring its caller', { type: 'ring', by: 'alice', device: 'alice' }, ringing, []],
    ['rings for its caller only', { type: 'ring', by: 'phone', device: 'eve' }, ringing, [notFound('phone')]],
    [
      'becomes a video call',
      { type: 'setVideo', by: 'alice', video: true },
      { ...ringing, video: true },
      [videoTold('laptop'), videoTold('phone')],
    ],
    ['tells of changes only', { type: 'setVideo', by: 'alice', video: false }, ringing, []],
    [
      'gets its video from its caller',
      { type: 'setVideo', by: 'phone', video: true },
      ringing,
      [notFound('phone')],
    ],
    ['is not placed twice', callBob, ringing, [refused('alice', 'ALREADY_IN_CALL')]],
    ['is nothing to call into', { ...callBob, by: 'eve' }, ringing, [notFound('eve')]],
  ]);
});

describe('a call that rings on one device', () => {
  transitions(oneDevice, [
    ['ends when that is busy', { type: 'busy', by: 'phone' }, IDLE, [ended('alice', 'busy')]],
    [
      'ends when that is lost',
      { type: 'gone', by: 'phone', reason: 'connectionLost' },
      IDLE,
      [ended('alice', 'connectionLost')],
    ],
    ['ends when that leaves', { type: 'gone', by: 'phone', reason: 'left' }, IDLE, [ended('alice', 'left')]],
    ['is rejected', { type: 'reject', by: 'phone' }, IDLE, [ended('alice', 'rejected')]],
  ]);
});

describe('a call', () => {
  const withVideo = { ...active, video: true };
  transitions(active, [
    ['is ended by its caller', { type: 'hangUp', by: 'alice' }, IDLE, [ended('phone', 'hungUp')]],
    ['is ended by its callee', { type: 'hangUp', by: 'phone' }, IDLE, [ended('alice', 'hungUp')]],
    ['is ended by a late "reject"', { type: 'reject', by: 'phone' }, IDLE, [ended('alice', 'hungUp')]],
    ['is ended by a late "busy"', { type: 'busy', by: 'alice' }, IDLE, [ended('phone', 'hungUp')]],
    ['is not ended by a stranger', { type: 'hangUp', by: 'laptop' }, active, [notFound('laptop')]],
    [
      'ends when the caller is lost',
      { type: 'gone', by: 'alice', reason: 'connectionLost' },
      IDLE,
      [ended('phone', 'connectionLost')],
    ],
    [
      'ends when the callee is lost',
      { type: 'gone', by: 'phone', reason: 'connectionLost' },
      IDLE,
      [ended('alice', 'connectionLost')],
    ],
    [
      'ends when the callee leaves',
      { type: 'gone', by: 'phone', reason: 'left' },
      IDLE,
      [ended('alice', 'left')],
    ],
    ['does not mind others leaving', { type: 'gone', by: 'laptop', reason: 'left' }, active, []],
    [
      'gets video from its caller',
      { type: 'setVideo', by: 'alice', video: true },
      withVideo,
      [{ type: 'videoChanged', to: 'phone', by: 'alice', video: true }],
    ],
    [
      'gets video from its callee',
      { type: 'setVideo', by: 'phone', video: true },
      withVideo,
      [{ type: 'videoChanged', to: 'alice', by: 'phone', video: true }],
    ],
    ['tells of changes only', { type: 'setVideo', by: 'phone', video: false }, active, []],
    ['gets no video from others', { type: 'setVideo', by: 'eve', video: true }, active, [notFound('eve')]],
    ['is accepted twice by the same device', { type: 'accept', by: 'phone' }, active, []],
    ['is not accepted by its caller', { type: 'accept', by: 'alice' }, active, [notFound('alice')]],
    ['is taken: too late for others', { type: 'accept', by: 'laptop' }, active, [notFound('laptop')]],
    ['is taken: nothing to reject', { type: 'reject', by: 'laptop' }, active, [notFound('laptop')]],
    ['rings nobody', { type: 'ring', by: 'alice', device: 'tablet' }, active, [notFound('alice')]],
    ['lasts', { type: 'timePassed', now: 1e9 }, active, []],
    [
      'is closed for both by the server',
      { type: 'close', reason: 'closed' },
      IDLE,
      [ended('alice', 'closed'), ended('phone', 'closed')],
    ],
    ['is not placed twice', callBob, active, [refused('alice', 'ALREADY_IN_CALL')]],
  ]);
  test('can lose its video again', () => {
    const [after, effects] = stepCall(withVideo, { type: 'setVideo', by: 'alice', video: false });
    expect(after).toEqual(active);
    expect(effects).toEqual([{ type: 'videoChanged', to: 'phone', by: 'alice', video: false }]);
  });
});

describe('any story', () => {
  const peer = fc.constantFrom('alice', 'laptop', 'phone', 'tablet', 'eve');
  const event: fc.Arbitrary<CallEvent> = fc.oneof(
    fc.record({
      type: fc.constant('call' as const),
      by: peer,
      calleeUserId: fc.constant('bob'),
      devices: fc.array(peer, { maxLength: 3 }),
      calleeBusy: fc.boolean(),
      video: fc.boolean(),
      now: fc.nat(100_000),
    }),
    fc.record({ type: fc.constant('ring' as const), by: peer, device: peer }),
    fc.record({
      type: fc.constantFrom('accept' as const, 'reject' as const, 'busy' as const, 'hangUp' as const),
      by: peer,
    }),
    fc.record({ type: fc.constant('setVideo' as const), by: peer, video: fc.boolean() }),
    fc.record({
      type: fc.constant('gone' as const),
      by: peer,
      reason: fc.constantFrom('left' as const, 'connectionLost' as const),
    }),
    fc.record({ type: fc.constant('timePassed' as const), now: fc.nat(200_000) }),
  );
  const partiesOf = (state: CallState): string[] =>
    state.phase === 'idle'
      ? []
      : [state.caller, ...(state.phase === 'ringing' ? state.devices : [state.callee])];

  test('has whole states, and tells those concerned and nobody else', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state: CallState = IDLE;
        for (const one of events) {
          const [after, effects] = stepCall(state, one);
          const parties = partiesOf(after);
          expect(new Set(parties).size).toBe(parties.length);
          if (after.phase === 'ringing') expect(after.devices.length).toBeGreaterThan(0);
          const by = 'by' in one ? [one.by] : [];
          const concerned = new Set([...partiesOf(state), ...parties, ...by]);
          expect(effects.filter(({ to }) => !concerned.has(to))).toEqual([]);
          // Whoever was in the call and is no longer has been told, or has done it.
          const told = new Set(effects.filter(({ type }) => type === 'ended').map(({ to }) => to));
          const dropped = partiesOf(state).filter((one) => !parties.includes(one) && !by.includes(one));
          expect(dropped.filter((one) => !told.has(one))).toEqual([]);
          // A refused event changes nothing.
          if (effects.some(({ type }) => type === 'refused')) expect(after).toBe(state);
          state = after;
        }
      }),
      { numRuns: 500 },
    );
  });
});
