import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProducerIdOf, newProducerId } from './producerIds.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('producer ids', () => {
  test('are UUIDs, each another, known again by their secret alone', () => {
    const ids = Array.from({ length: 1000 }, () => newProducerId('secret'));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) {
      expect(id).toMatch(UUID);
      expect(isProducerIdOf('secret', id)).toBe(true);
      expect(isProducerIdOf('another', id)).toBe(false);
    }
  });

  test('are nobody’s when one digit is another', () => {
    fc.assert(
      fc.property(fc.nat(35), fc.constantFrom(...'0123456789abcdef-'), (at, digit) => {
        const id = newProducerId('secret');
        const changed = id.slice(0, at) + digit + id.slice(at + 1);
        expect(isProducerIdOf('secret', changed)).toBe(changed === id);
      }),
    );
  });

  test('are nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uuid(), fc.string({ unit: 'binary' })), (text) => {
        expect(isProducerIdOf('secret', text)).toBe(false);
      }),
    );
    expect(isProducerIdOf('secret', newProducerId('secret').toUpperCase())).toBe(false);
  });
});
