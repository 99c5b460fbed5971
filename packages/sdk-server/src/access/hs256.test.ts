import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { isSignedHs256, signHs256 } from './hs256.js';

const key = new TextEncoder().encode('a secret that is long enough for HS256');
const other = new TextEncoder().encode('another one that is long enough for it');

describe('HS256', () => {
  test('signs what jose takes for signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (name) => {
        const token = signHs256({ name }, { typ: 'note+jwt', key });
        const { payload, protectedHeader } = await jwtVerify(token, key);
        expect(payload).toEqual({ name });
        expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'note+jwt' });
      }),
    );
  });

  test('takes for signed what jose signs, with the same key', async () => {
    const token = await new SignJWT({ name: 'Ålice' }).setProtectedHeader({ alg: 'HS256' }).sign(key);
    expect(isSignedHs256(token, key)).toBe(true);
    expect(isSignedHs256(token, other)).toBe(false);
  });

  test('takes nothing else for signed', () => {
    const token = signHs256({ name: 'Alice' }, { typ: 'note+jwt', key });
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_.'), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(isSignedHs256(changed, key)).toBe(changed === token);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isSignedHs256(text, key)).toBe(false);
      }),
    );
  });
});
