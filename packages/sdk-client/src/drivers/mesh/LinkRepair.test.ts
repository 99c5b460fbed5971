import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/FakeClock.js';
import {
  ATTEMPT_LIMIT,
  DISCONNECTED_LIMIT,
  LinkRepair,
  POLITENESS,
  RENEW_DELAY,
  RETRY_INTERVAL,
} from './LinkRepair.js';

function setup({ opener = true, hasRelay = true } = {}) {
  const clock = new FakeClock();
  const done: string[] = [];
  const told: string[] = [];
  const note = (what: string) => () => {
    done.push(what);
  };
  const repair = new LinkRepair({
    platform: { timer: clock.timer },
    opener,
    hasRelay: () => hasRelay,
    restart: ({ relayOnly }) => done.push(relayOnly ? 'relay' : 'restart'),
    renew: note('renew'),
    slow: note('slow'),
    unreachable: note('unreachable'),
    reachable: note('reachable'),
    told: (step, reason) => told.push(`${step} ${reason}`),
  });
  const connected = () => {
    repair.onState('connecting');
    repair.onState('connected');
  };
  return { clock, done, told, repair, connected };
}

describe('LinkRepair', () => {
  it('leaves a pair alone that comes back by itself', async () => {
    const { clock, done, repair, connected } = setup();
    connected();
    repair.onState('disconnected');
    await clock.advance(DISCONNECTED_LIMIT - 1);
    repair.onState('connected');
    await clock.advance(10 * ATTEMPT_LIMIT);
    expect([done, clock.pending]).toEqual([[], 0]);
  });

  it('repairs a connection that stands and carries nothing, until something comes', async () => {
    const { clock, done, told, repair, connected } = setup();
    connected();
    repair.stalled();
    await clock.advance(0);
    repair.stalled();
    expect(done).toEqual(['restart']);
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['restart', 'relay']);
    repair.moves();
    repair.moves();
    await clock.advance(10 * ATTEMPT_LIMIT);
    expect(done).toEqual(['restart', 'relay']);
    expect(told).toEqual(['iceRestart stalled', 'relayOnly stalled', 'recovered stalled']);
    expect(clock.pending).toBe(0);
  });

  it('leaves alone what has come back while the other side was let go first', async () => {
    const { clock, done, told, repair, connected } = setup({ opener: false });
    connected();
    repair.stalled();
    await clock.advance(POLITENESS - 1);
    repair.moves();
    await clock.advance(10 * ATTEMPT_LIMIT);
    expect([done, told, clock.pending]).toEqual([[], [], 0]);
    repair.stalled();
    await clock.advance(POLITENESS);
    expect(told).toEqual(['iceRestart stalled']);
  });

  it('tells what is done for a pair that was connected, and nothing of one that never was', async () => {
    const { clock, told, repair, connected } = setup({ hasRelay: false });
    repair.onState('connecting');
    await clock.advance(ATTEMPT_LIMIT);
    expect(told).toEqual([]);
    connected();
    repair.onState('disconnected');
    // Media that was on its way is no proof of a connection that the browser has lost.
    repair.moves();
    await clock.advance(DISCONNECTED_LIMIT + ATTEMPT_LIMIT + RETRY_INTERVAL);
    repair.renewed();
    connected();
    expect(told).toEqual(['iceRestart disconnected', 'newTransport disconnected', 'recovered disconnected']);
  });

  it('restarts ICE, then goes through TURN alone, then says so and begins anew', async () => {
    const { clock, done, repair, connected } = setup();
    connected();
    repair.onState('disconnected');
    await clock.advance(DISCONNECTED_LIMIT);
    expect(done).toEqual(['restart']);
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['restart', 'relay']);
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['restart', 'relay', 'unreachable']);
    await clock.advance(RETRY_INTERVAL);
    expect(done).toEqual(['restart', 'relay', 'unreachable', 'renew']);
  });

  it('restarts at once when the browser has given up', async () => {
    const { clock, done, repair, connected } = setup();
    connected();
    repair.onState('failed');
    await clock.advance(0);
    expect(done).toEqual(['restart']);
    repair.onState('connected');
    await clock.advance(ATTEMPT_LIMIT);
    repair.onState('failed');
    await clock.advance(0);
    expect(done).toEqual(['restart', 'restart']);
  });

  it('has no relay to try where there is none', async () => {
    const { clock, done, repair, connected } = setup({ hasRelay: false });
    connected();
    repair.onState('failed');
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['restart', 'unreachable']);
  });

  it('does not repeat what has never worked: a new pair goes to the relay, and tells that it is slow', async () => {
    const { clock, done, repair } = setup();
    repair.onState('connecting');
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['slow', 'relay']);
    await clock.advance(ATTEMPT_LIMIT);
    expect(done).toEqual(['slow', 'relay', 'unreachable']);
  });

  it('tells once that a pair is unreachable, and when it is not any more', async () => {
    const { clock, done, repair, connected } = setup({ hasRelay: false });
    const again = async () => {
      repair.renewed();
      repair.onState('connecting');
      await clock.advance(ATTEMPT_LIMIT);
    };
    await again();
    await again();
    expect(done).toEqual(['slow', 'unreachable', 'slow']);
    repair.renewed();
    connected();
    expect(done).toEqual(['slow', 'unreachable', 'slow', 'reachable']);
  });

  it('hurries when the network is back, if there is a reason to', () => {
    const { done, repair, connected } = setup({ hasRelay: false });
    connected();
    repair.hurry();
    expect(done).toEqual([]);
  });

  it('lets the opener go first', async () => {
    const { clock, done, repair, connected } = setup({ opener: false });
    connected();
    repair.onState('disconnected');
    await clock.advance(DISCONNECTED_LIMIT);
    expect(done).toEqual([]);
    await clock.advance(POLITENESS);
    expect(done).toEqual(['restart']);
  });

  it('makes a connection anew that broke, and leaves no timer behind', async () => {
    const { clock, done, repair } = setup();
    repair.broken();
    await clock.advance(RENEW_DELAY);
    expect(done).toEqual(['renew']);
    repair.broken();
    repair.close();
    expect(clock.pending).toBe(0);
  });
});
