import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hear, refill, type Slot, type Sound } from './audible.js';

const ids = (slots: readonly Slot[]) => slots.map(({ producerId }) => producerId);
const sound = (producerId: string, level = 0.1) => ({ producerId, level });

test('free places are taken in order, and kept by those who have them', () => {
  const slots = refill([], ['a', 'b', 'c'], 2);
  expect(ids(slots)).toEqual(['a', 'b']);
  expect(ids(refill(slots, ['c', 'b', 'a'], 2))).toEqual(['a', 'b']);
  expect(ids(refill(slots, ['c', 'b'], 2))).toEqual(['b', 'c']);
});

test('who begins to speak takes the place of who was silent for longest, at once', () => {
  let slots = hear(refill([], ['a', 'b', 'c'], 2), [sound('a')], 0);
  slots = hear(slots, [sound('c')], 400);
  expect(ids(slots)).toEqual(['a', 'c']);
});

test('a pause for breath costs nobody the place; who speaks loses it to who is clearly louder', () => {
  const slots = hear(hear(refill([], ['a', 'b', 'c'], 2), [sound('a'), sound('b')], 0), [sound('b')], 400);
  expect(ids(hear(slots, [sound('c'), sound('b')], 800))).toEqual(['a', 'b']);
  expect(ids(hear(slots, [sound('c'), sound('b')], 1200))).toEqual(['c', 'b']);
  const all = [sound('c', 0.15), sound('a', 0.12), sound('b', 0.1)];
  expect(ids(hear(slots, all, 800))).toEqual(['a', 'b']);
  expect(ids(hear(slots, [sound('c', 0.3), ...all.slice(1)], 800))).toEqual(['a', 'c']);
});

test('whatever is heard: never more than so many, none empty, and at most one comes for one that goes', () => {
  const MICROPHONES = ['a', 'b', 'c', 'd', 'e', 'f'];
  const report = fc
    .uniqueArray(
      fc.record({
        producerId: fc.constantFrom(...MICROPHONES),
        level: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      { selector: ({ producerId }) => producerId },
    )
    .map((sounds): Sound[] => sounds.sort((a, b) => b.level - a.level));
  const step = fc.oneof(report, fc.shuffledSubarray(MICROPHONES, { minLength: 1 }));
  fc.assert(
    fc.property(fc.nat(7), fc.array(step, { maxLength: 40 }), (most, steps) => {
      let there: string[] = MICROPHONES;
      let slots = refill([], there, most);
      steps.forEach((what, index) => {
        const before = new Set(ids(slots));
        const isReport = what.every((each) => typeof each === 'object');
        if (isReport)
          slots = hear(
            slots,
            (what as Sound[]).filter(({ producerId }) => there.includes(producerId)),
            index * 400,
          );
        else slots = refill(slots, (there = what as string[]), most);
        const now = new Set(ids(slots));
        expect(now.size).toBe(Math.min(most, there.length));
        expect([...now].every((id) => there.includes(id))).toBe(true);
        if (!isReport) return;
        expect([...now].filter((id) => !before.has(id)).length).toBeLessThanOrEqual(1);
      });
    }),
  );
});
