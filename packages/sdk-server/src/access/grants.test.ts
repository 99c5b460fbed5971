import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GRANTS } from '../core/permissions.js';
import { grantsOf, matchesRoom } from './grants.js';

describe('grantsOf', () => {
  it('fills in what is left out', () => {
    expect(grantsOf()).toEqual(DEFAULT_GRANTS);
    expect(grantsOf({ publish: ['audio'], moderate: true })).toEqual({
      create: true,
      publish: ['audio'],
      subscribe: true,
      data: true,
      moderate: true,
    });
    expect(grantsOf({ subscribe: false, data: undefined })).toMatchObject({ subscribe: false, data: true });
  });
});

describe('matchesRoom', () => {
  it.each([
    ['chat:1', 'chat:1', true],
    ['chat:1', 'chat:12', false],
    ['chat:1', 'CHAT:1', false],
    ['chat:*', 'chat:', true],
    ['chat:*', 'chat:1', true],
    ['chat:*', 'group:1', false],
    ['*', '', true],
    ['*:public', 'a:public', true],
    ['*:public', 'a:public:not', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a.c', 'abc', false],
    ['[a-z]', 'b', false],
    ['', 'a', false],
  ])('%s for %s: %s', (pattern, room, expected) => {
    expect(matchesRoom(pattern, room)).toBe(expected);
  });

  it('agrees with the regular expression that it replaces', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '.', ':')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (pattern, roomId) => {
        const escaped = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
        expect(matchesRoom(pattern, roomId)).toBe(new RegExp(`^${escaped.join('.*')}$`).test(roomId));
      }),
      { numRuns: 2000 },
    );
  });

  it('fits whatever its stars are filled with', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 2 }), fc.string(), (parts, filling) => {
        expect(matchesRoom(parts.join('*'), parts.join(filling))).toBe(true);
      }),
    );
  });
});
