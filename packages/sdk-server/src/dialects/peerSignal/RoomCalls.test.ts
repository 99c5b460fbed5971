import { beforeEach, describe, expect, test } from 'vitest';
import { RING_TIMEOUT_MS } from '../../core/call.js';
import type { CallPeer } from './ports.js';
import { RoomCalls } from './RoomCalls.js';

const peer = (id: string, userId = id): CallPeer => ({ id, userId });
const alice = peer('alice');
const bob = peer('bob');
const carol = peer('carol');
const laptop = peer('laptop', 'dave');
const phone = peer('phone', 'dave');

const sdp = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
const OFFER = { type: 'offer', sdp } as const;
const ANSWER = { type: 'answer', sdp } as const;
const control = (type: string) => ({ type });

/** Time that passes when the test says so. */
class ManualClock {
  time = 0;
  readonly #timers = new Map<symbol, { at: number; done: () => void }>();

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, done: () => void): () => void {
    const id = Symbol();
    this.#timers.set(id, { at: this.time + ms, done });
    return () => this.#timers.delete(id);
  }

  advance(ms: number, { early = 0 } = {}): void {
    this.time += ms;
    for (const [id, { at, done }] of [...this.#timers]) {
      if (at > this.time + early) continue;
      this.#timers.delete(id);
      done();
    }
  }
}

let clock: ManualClock;
let hangups: string[];
let calls: RoomCalls;
beforeEach(() => {
  clock = new ManualClock();
  hangups = [];
  calls = new RoomCalls({
    clock,
    hangUp: ({ to, from, reason }) => hangups.push(`${from} -> ${to}: ${reason}`),
  });
});

const send = (from: CallPeer, to: CallPeer, signal: Parameters<RoomCalls['signal']>[0]['signal']) =>
  calls.signal({ from, to, signal });
const coded = (code: string) => expect.objectContaining({ code });

describe('nobody answers', () => {
  test('for 30 s: both sides hear that the other has hung up, and nothing is left', () => {
    send(alice, bob, OFFER);
    clock.advance(RING_TIMEOUT_MS - 1);
    expect(hangups).toEqual([]);
    clock.advance(1);
    expect(hangups).toEqual(['bob -> alice: noAnswer', 'alice -> bob: noAnswer']);
    expect([calls.size, clock.pending]).toEqual([0, 0]);
    expect(() => send(bob, alice, ANSWER)).toThrow(coded('CALL_NOT_FOUND'));
  });

  test('also where the timer fires too early', () => {
    send(alice, bob, OFFER);
    clock.advance(RING_TIMEOUT_MS - 1, { early: 1 });
    expect(hangups).toEqual([]);
    clock.advance(1);
    expect(hangups).toHaveLength(2);
  });

  test('an answer stops the clock', () => {
    send(alice, bob, OFFER);
    send(bob, alice, ANSWER);
    expect(clock.pending).toBe(0);
    clock.advance(10 * RING_TIMEOUT_MS);
    expect(hangups).toEqual([]);
  });

  test('trickled candidates do not ring longer', () => {
    send(alice, bob, OFFER);
    clock.advance(RING_TIMEOUT_MS - 1);
    expect(send(alice, bob, { candidate: '' })).toBe(true);
    clock.advance(1);
    expect(hangups).toHaveLength(2);
  });
});

describe('signals', () => {
  test('of a call pass, also when it is negotiated again from either side', () => {
    for (const [from, to, signal] of [
      [alice, bob, OFFER],
      [alice, bob, { candidate: '' }],
      [bob, alice, { type: 'pranswer', sdp }],
      [bob, alice, ANSWER],
      [bob, alice, { type: 'renegotiate' }],
      [alice, bob, { type: 'offer', sdp: `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n` }],
      [bob, alice, ANSWER],
      [bob, alice, OFFER],
      [alice, bob, ANSWER],
      [alice, bob, { type: 'hangup' }],
    ] as const) {
      expect(send(from, to, signal), JSON.stringify(signal)).toBe(true);
    }
    expect([calls.size, hangups]).toEqual([0, []]);
  });

  test('that end what has ended do not', () => {
    for (const type of ['reject', 'busy', 'hangup']) expect(send(alice, bob, control(type))).toBe(false);
    expect(() => send(alice, bob, ANSWER)).toThrow(coded('CALL_NOT_FOUND'));
    expect(() => send(alice, bob, { type: 'pranswer', sdp })).toThrow(coded('CALL_NOT_FOUND'));
  });

  test('two who call each other at once have one call, whoever answers', () => {
    for (const [answering, other] of [
      [bob, alice],
      [alice, bob],
    ] as const) {
      send(alice, bob, OFFER);
      expect(send(bob, alice, OFFER)).toBe(true);
      expect(send(answering, other, ANSWER)).toBe(true);
      expect(clock.pending).toBe(0);
      expect(send(other, answering, control('hangup'))).toBe(true);
      expect(calls.size).toBe(0);
    }
    expect(hangups).toEqual([]);
  });

  test('a caller who says "reject" or "busy" hangs up', () => {
    for (const type of ['reject', 'busy']) {
      send(alice, bob, OFFER);
      expect(send(alice, bob, control(type))).toBe(true);
      expect(calls.size).toBe(0);
    }
  });
});

describe('several calls', () => {
  test('of one peer do not know of each other: a mesh is possible', () => {
    send(alice, bob, OFFER);
    send(alice, carol, OFFER);
    send(bob, carol, OFFER);
    for (const [callee, caller] of [
      [bob, alice],
      [carol, alice],
      [carol, bob],
    ] as const)
      send(callee, caller, ANSWER);
    send(alice, bob, control('hangup'));
    expect(hangups).toEqual([]);
    calls.gone('carol', 'connectionLost');
    expect(hangups).toEqual(['carol -> alice: connectionLost', 'carol -> bob: connectionLost']);
    expect(calls.size).toBe(0);
  });

  test('are sixty-four at most', () => {
    for (let one = 0; one < 64; one++) send(alice, peer(`peer ${String(one)}`), OFFER);
    expect(() => send(alice, bob, OFFER)).toThrow(coded('LIMIT_REACHED'));
    send(alice, peer('peer 0'), control('hangup'));
    expect(send(alice, bob, OFFER)).toBe(true);
  });
});

describe('several devices of one user', () => {
  beforeEach(() => {
    send(alice, laptop, OFFER);
    send(alice, phone, OFFER);
    expect(clock.pending).toBe(1);
  });

  test('one takes the call', () => {
    send(phone, alice, ANSWER);
    expect(hangups).toEqual(['laptop -> alice: takenElsewhere', 'alice -> laptop: takenElsewhere']);
    expect(() => send(laptop, alice, ANSWER)).toThrow(coded('CALL_NOT_FOUND'));
  });

  test('one refuses it for all', () => {
    expect(send(phone, alice, control('reject'))).toBe(true);
    expect(hangups).toEqual(['laptop -> alice: rejected', 'alice -> laptop: rejected']);
  });

  test('the caller gives up', () => {
    expect(send(alice, phone, control('hangup'))).toBe(true);
    expect(hangups).toEqual(['alice -> laptop: cancelled']);
    expect(calls.size).toBe(0);
  });

  test('one is lost, the other rings on', () => {
    calls.gone('laptop', 'connectionLost');
    expect(hangups).toEqual(['laptop -> alice: connectionLost']);
    expect(send(phone, alice, ANSWER)).toBe(true);
    expect(hangups).toHaveLength(1);
  });

  test('one is busy, the other rings on', () => {
    expect(send(laptop, alice, control('busy'))).toBe(true);
    expect(hangups).toEqual([]);
    expect(send(phone, alice, ANSWER)).toBe(true);
  });
});

test('closing forgets everything and stops the clock', () => {
  send(alice, bob, OFFER);
  calls.close();
  expect([calls.size, clock.pending, hangups]).toEqual([0, 0, []]);
});
