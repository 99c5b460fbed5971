import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNestedDeeperThan } from './nesting.js';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('isNestedDeeperThan', () => {
  it('counts what JSON.parse makes, whatever strings contain', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 7 }), (value, max) => {
        const json = JSON.stringify(value);
        // Texts with few brackets are let through unread: they cannot be too deep.
        expect(isNestedDeeperThan(max, json)).toBe(depthOf(JSON.parse(json)) > max);
      }),
    );
  });

  it('is not misled by quotes and backslashes', () => {
    const tricky = fc.array(fc.constantFrom('"', '\\', '[', '{', ']', 'a')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(tricky, (text) => {
        expect(isNestedDeeperThan(2, JSON.stringify([[text]]))).toBe(false);
        expect(isNestedDeeperThan(2, JSON.stringify([text, [[text]]]))).toBe(true);
      }),
    );
  });

  it('survives what is no JSON', () => {
    expect(isNestedDeeperThan(64, '['.repeat(100_000))).toBe(true);
    expect(isNestedDeeperThan(64, '"'.repeat(99_999))).toBe(false);
    expect(isNestedDeeperThan(64, `"${'\\'.repeat(100_000)}`)).toBe(false);
    expect(isNestedDeeperThan(64, ']'.repeat(100))).toBe(false);
  });
});
