import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { isGuestToken, newGuestKey, readGuestToken, signGuestToken } from './guestTokens.js';
import { createToken } from './tokens.js';

const now = Date.parse('2026-01-02T03:04:05Z');
const key = newGuestKey();
const guest = { id: 'p_abc12345', name: '访客小红' };
const sign = () => signGuestToken(guest, { key, expiresAt: now + 600_000 });

describe('tokens of guests', () => {
  it('name the guest until they expire', async () => {
    const token = await sign();
    expect(isGuestToken(token)).toBe(true);
    expect(await readGuestToken(token, { key, now })).toEqual(guest);
    expect(await readGuestToken(token, { key, now: now + 599_000 })).toEqual(guest);
    await expect(readGuestToken(token, { key, now: now + 600_000 })).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it.each<[string, () => Promise<string> | string]>([
    [
      'by the key of another room',
      () => signGuestToken(guest, { key: newGuestKey(), expiresAt: now + 1000 }),
    ],
    ['by nobody', () => new UnsecuredJWT({ sub: 'p_x', name: 'x', exp: now }).encode()],
    [
      'for something else',
      () =>
        new SignJWT({ sub: 'p_x', name: 'x', exp: now })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(bytes(key)),
    ],
    [
      'for ever',
      () =>
        new SignJWT({ sub: 'p_x', name: 'x' })
          .setProtectedHeader({ alg: 'HS256', typ: 'parlor-guest+jwt' })
          .sign(bytes(key)),
    ],
    [
      'for nobody',
      () =>
        new SignJWT({ exp: now })
          .setProtectedHeader({ alg: 'HS256', typ: 'parlor-guest+jwt' })
          .sign(bytes(key)),
    ],
    ['not at all', () => 'eyJ.eyJ.eyJ'],
  ])('signed %s are refused', async (_how, make) => {
    await expect(readGuestToken(await make(), { key, now })).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('are no tokens of users, and the other way round', async () => {
    expect(isGuestToken(await createToken({ sub: 'alice' }, 'a secret of more than 32 bytes, much'))).toBe(
      false,
    );
    for (const none of ['', 'x', '..', 'x'.repeat(10_000)]) expect(isGuestToken(none)).toBe(false);
  });
});

const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');
