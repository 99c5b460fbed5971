import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LazyMap } from './LazyMap.js';
import { LazySet } from './LazySet.js';

const Step = fc.record({
  action: fc.constantFrom('set', 'delete', 'clear'),
  key: fc.integer({ min: 0, max: 3 }),
  value: fc.integer(),
});

const look = (map: ReadonlyMap<number, number>) => {
  const visited: [number, number][] = [];
  map.forEach((value, key) => visited.push([key, value]));
  return {
    size: map.size,
    spread: [...map],
    entries: [...map.entries()],
    keys: [...map.keys()],
    values: [...map.values()],
    visited,
    got: [0, 1, 2, 3].map((key) => [map.get(key), map.has(key)]),
  };
};

test('a LazyMap does what a Map does', () => {
  fc.assert(
    fc.property(fc.array(Step, { maxLength: 12 }), (steps) => {
      const lazy = new LazyMap<number, number>();
      const map = new Map<number, number>();
      expect(look(lazy)).toEqual(look(map));
      for (const { action, key, value } of steps) {
        if (action === 'set') expect(lazy.set(key, value)).toBe((map.set(key, value), lazy));
        if (action === 'delete') expect(lazy.delete(key)).toBe(map.delete(key));
        if (action === 'clear') {
          lazy.clear();
          map.clear();
        }
        expect(look(lazy)).toEqual(look(map));
      }
    }),
    { numRuns: 50 },
  );
});

test('LazySets hold what was added, each its own', () => {
  const one = new LazySet<string>();
  const other = new LazySet<string>();
  expect([one.size, one.has('a'), one.delete('a'), [...one]]).toEqual([0, false, false, []]);
  one.add('a').add('b').add('a');
  expect([one.size, one.has('a'), [...one], other.size, [...other]]).toEqual([2, true, ['a', 'b'], 0, []]);
  expect([one.delete('a'), [...one]]).toEqual([true, ['b']]);
  one.clear();
  expect(one.size).toBe(0);
});
