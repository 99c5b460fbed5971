import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDominance, NOBODY_SPOKE, type Dominance, type Voice } from './dominance.js';

/** Reports come so often, ms. */
const INTERVAL = 400;

const after = (reports: readonly (readonly Voice[])[], before: Dominance = NOBODY_SPOKE, from = 0) =>
  reports.reduce(
    (dominance, voices, index) => nextDominance(dominance, voices, from + index * INTERVAL),
    before,
  );
const alice = { peerId: 'alice', level: 0.1 };
const bob = { peerId: 'bob', level: 0.1 };

test('who is the loudest for a while is the first, a cough is not', () => {
  expect(after([[alice]]).order).toEqual([]);
  expect(after([[alice], [], [alice]]).order).toEqual([]);
  expect(after([[alice], [alice]]).order).toEqual(['alice']);
});

test('who answers takes the place, who murmurs or is as loud does not', () => {
  const before = after([[alice], [alice]]);
  expect(after([[bob], [bob]], before, 5000).order).toEqual(['bob', 'alice']);
  const both = [alice, bob];
  expect(after([both, both, both, both, both], before, 5000).order).toEqual(['alice']);
  const louder = [{ ...bob, level: 0.25 }, alice];
  expect(after([louder, louder], before, 5000).order).toEqual(['alice']);
  expect(after([louder, louder, louder], before, 5000).order).toEqual(['bob', 'alice']);
});

test('nobody is the first for less than a second and a half', () => {
  const before = after([[alice], [alice]]);
  expect(after([[bob], [bob]], before, INTERVAL * 2).order).toEqual(['alice']);
  expect(after([[bob], [bob], [bob], [bob]], before, INTERVAL * 2).order).toEqual(['bob', 'alice']);
});

test('whatever is heard: each is there once, and at most one moves, to the front', () => {
  const voice = fc.record({
    peerId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    level: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });
  const report = fc
    .uniqueArray(voice, { selector: ({ peerId }) => peerId })
    .map((voices) => voices.sort((a, b) => b.level - a.level));
  fc.assert(
    fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      let before = NOBODY_SPOKE;
      let changedAt = -Infinity;
      for (const [index, voices] of reports.entries()) {
        const now = index * INTERVAL;
        const next = nextDominance(before, voices, now);
        expect(new Set(next.order).size).toBe(next.order.length);
        if (next.order !== before.order) {
          const [first, ...rest] = next.order;
          expect(rest).toEqual(before.order.filter((peerId) => peerId !== first));
          expect(voices[0]?.peerId).toBe(first);
          expect(now - changedAt).toBeGreaterThanOrEqual(1500);
          changedAt = now;
        }
        before = next;
      }
    }),
  );
});
