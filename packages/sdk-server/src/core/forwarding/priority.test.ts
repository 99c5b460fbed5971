import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PRIORITY, priorityOf, type Standing } from './priority.js';

/** Spatial and temporal layers of one video together, as many as there can be. */
const MOST_LAYERS = 9;

const anyStanding = fc.record({ isScreen: fc.boolean(), isPinned: fc.boolean(), isSpeaking: fc.boolean() });
/** The first that somebody has counts most. */
const order = ({ isScreen, isPinned, isSpeaking }: Standing): string =>
  [isScreen, isPinned, isSpeaking].map(Number).join('');

test('screens come before what is pinned, that before who speaks, and that before all others', () => {
  fc.assert(
    fc.property(anyStanding, anyStanding, (a, b) => {
      const [first, second] = order(a) >= order(b) ? [a, b] : [b, a];
      expect(priorityOf(first)).toBeGreaterThanOrEqual(priorityOf(second));
    }),
  );
  const none = { isScreen: false, isPinned: false, isSpeaking: false };
  expect(priorityOf({ ...none, isScreen: true })).toBe(PRIORITY.screen);
  expect(priorityOf({ ...none, isPinned: true })).toBe(PRIORITY.pinned);
  expect(priorityOf({ ...none, isSpeaking: true })).toBe(PRIORITY.speaker);
  expect(priorityOf(none)).toBe(PRIORITY.other);
});

test('are such as the media server takes, and strict: all layers of one before the next of another', () => {
  const [lowest, ...higher] = Object.values(PRIORITY).sort((a, b) => a - b);
  expect(lowest).toBe(1);
  for (const priority of higher) {
    expect(priority).toBeGreaterThan(MOST_LAYERS);
    expect(priority).toBeLessThanOrEqual(255);
  }
});
