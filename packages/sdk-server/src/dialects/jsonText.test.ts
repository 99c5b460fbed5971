import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfString, literalOf } from './jsonText.js';
import { spelled } from './testing/spellings.js';

describe('literalOf', () => {
  it('gives what means the value, wherever there is nothing else as long', () => {
    let found = 0;
    const name = fc.oneof(spelled(), spelled(fc.constantFrom('a', 'sdp')));
    const members = fc.array(fc.tuple(name, spelled()), { maxLength: 3 });
    fc.assert(
      fc.property(members, fc.constantFrom('', ' ', '\n\t'), (members, gap) => {
        const json = `{${members
          .map(([name, value]) => `${name.literal}${gap}:${gap}${value.literal}`)
          .join(`${gap},`)}}`;
        for (const [, { value }] of members) {
          const literal = literalOf(value, json);
          expect(literal !== undefined).toBe(2 * (value.length + 2) > json.length);
          if (literal === undefined) continue;
          expect(json).toContain(literal);
          expect(JSON.parse(literal)).toBe(value);
          found += 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('gives the value that JSON.parse takes of a name that comes twice', () => {
    fc.assert(
      fc.property(spelled(), spelled(), (first, second) => {
        const json = `{"sdp":${first.literal},"sdp":${second.literal}}`;
        const { sdp } = JSON.parse(json) as { sdp: string };
        const literal = literalOf(sdp, json);
        if (literal !== undefined) expect(JSON.parse(literal)).toBe(second.value);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds nothing in a text without the value', () => {
    expect(literalOf('abc', '12345678')).toBeUndefined();
    expect(literalOf('abc', '"ab"')).toBeUndefined();
    expect(literalOf('', '')).toBeUndefined();
  });
});

describe('endOfString', () => {
  it('is the quote that closes it', () => {
    fc.assert(
      fc.property(spelled(), fc.string(), ({ literal }, rest) => {
        expect(endOfString(literal + rest, 0)).toBe(literal.length - 1);
      }),
    );
  });

  it('is the length of a text in which none does', () => {
    expect(endOfString('"a\\"', 0)).toBe(4);
  });
});
