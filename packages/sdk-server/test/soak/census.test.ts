import { expect, test } from 'vitest';
import { growth, heapSize, takeCensus } from './census.js';

class Kept {
  readonly child = { size: 1 };
}

test('sees what is kept, of which class, and that it is gone', () => {
  const before = takeCensus();
  const kept = Array.from({ length: 100 }, () => new Kept());
  const more = growth(before, takeCensus(), 90);
  expect(more).toMatchObject({ Kept: 100 });
  expect(Object.keys(more).sort()).toEqual(['(entries)', 'Kept', 'Object']);
  kept.length = 0;
  expect(growth(before, takeCensus(), 90)).toEqual({});
});

test('sees timers that nobody waits for', () => {
  const before = takeCensus();
  const timers = Array.from({ length: 100 }, () => setTimeout(() => undefined, 1e6).unref());
  expect(growth(before, takeCensus(), 90)).toMatchObject({ Timeout: 100 });
  for (const timer of timers) clearTimeout(timer);
});

test('sees what maps and sets hold, also where that are no objects', () => {
  const before = takeCensus();
  const map = new Map(Array.from({ length: 60 }, (_, index) => [index, String(index)]));
  const set = new Set(Array.from({ length: 60 }, (_, index) => index));
  expect(Object.keys(growth(before, takeCensus(), 90))).toEqual(['(entries)']);
  expect(map.size + set.size).toBe(120);
});

test('sees the weight of texts', () => {
  const before = heapSize();
  const texts = Array.from({ length: 100 }, (_, index) =>
    `${String(index)} `.repeat(20_000).split('').join(''),
  );
  expect(heapSize() - before).toBeGreaterThan(100 * 20_000);
  expect(texts).toHaveLength(100);
  texts.length = 0;
  expect(heapSize() - before).toBeLessThan(100 * 20_000);
});
