import { describe, expect, it } from 'vitest';
import { ParlorError } from '../errors.js';
import { defaultReconnectPolicy } from './reconnectPolicy.js';

const error = new ParlorError('CONNECTION_LOST', 'lost');

/** A small generator of the same numbers every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When each of `clients` is back, milliseconds after a server that they all lost at once is up again. */
function returns(clients: number, downFor: number, why = error): number[] {
  const random = numbers(1);
  return Array.from({ length: clients }, () => {
    let elapsed = 0;
    for (let attempt = 0; ; attempt++) {
      elapsed +=
        defaultReconnectPolicy.nextDelay({ attempt, elapsed, error: why, random: random() }) ?? Infinity;
      if (elapsed >= downFor) return elapsed - downFor;
    }
  });
}

/** How many come back within one tenth of a second. */
function mostInATenth(times: readonly number[]): number {
  const inTenths = new Map<number, number>();
  for (const time of times) {
    const tenth = Math.floor(time / 100);
    inTenths.set(tenth, (inTenths.get(tenth) ?? 0) + 1);
  }
  return Math.max(...inTenths.values());
}

describe('the default policy', () => {
  it('tries at once, then ever more rarely, and never gives up', () => {
    const delays = [0, 1, 2, 3, 6, 7, 1000].map((attempt) =>
      defaultReconnectPolicy.nextDelay({ attempt, elapsed: 0, error, random: 0.5 }),
    );
    expect(delays).toEqual([0, 225, 450, 900, 7200, 7500, 7500]);
  });

  it.each([2000, 5000, 20_000, 120_000])(
    'brings a thousand clients back without a stampede when the server was down for %i ms',
    (downFor) => {
      const times = returns(1000, downFor);
      // All at once would be 1000 of them.
      expect(mostInATenth(times)).toBeLessThan(100);
      expect(Math.max(...times)).toBeLessThanOrEqual(10_000);
    },
  );

  it('spreads those who were sent away, even where another server takes them at once', () => {
    const times = returns(1000, 0, new ParlorError('SERVER_CLOSING', 'the server ends'));
    expect(mostInATenth(times)).toBeLessThan(150);
    expect(Math.max(...times)).toBeLessThanOrEqual(1000);
  });
});
