import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { DEFAULT_GRANTS } from '../core/permissions.js';
import { createResumeTokens, resumeKey, type ResumeClaims } from './resumeTokens.js';
import { createToken } from './tokens.js';

const SECRET = 'a secret that is long enough for HS256';
const claims: ResumeClaims = {
  room: 'room',
  peer: 'alice',
  name: 'Alice',
  user: 'a',
  can: { ...DEFAULT_GRANTS, publish: [...DEFAULT_GRANTS.publish] },
  proof: 'only alice knows',
  formation: 'first',
};

let now = Date.UTC(2026, 0, 1);
const tokens = (key = resumeKey({ access: { jwtSecret: SECRET } })) =>
  createResumeTokens({ key, graceMs: 30_000, now: () => now });

describe('resume tokens', () => {
  test('say what was signed, to every process with the same secret', async () => {
    const token = tokens().sign(claims, undefined);
    expect(await tokens().read(token)).toMatchObject(claims);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'parlor-resume+jwt' });
    expect(token.length).toBeLessThan(1000);
    expect(tokens().sign(claims, undefined)).not.toBe(token);
  });

  test('say nothing to one with another secret, or that has none', async () => {
    const token = tokens().sign(claims, undefined);
    const others = [
      resumeKey({ access: { jwtSecret: `${SECRET}!` } }),
      resumeKey({ access: { jwtSecret: SECRET }, resumeSecret: 'another one that is long enough, too' }),
      resumeKey({ access: {} }),
    ];
    for (const key of others) expect(await tokens(key).read(token)).toBeUndefined();
    expect(() => resumeKey({ access: {}, resumeSecret: 'short' })).toThrow(/resume secret has 5 bytes/);
  });

  test('are good until the right to be there has expired, and the grace after it', async () => {
    const start = now;
    const token = tokens().sign(claims, start + 60_000);
    expect(await tokens().read(token)).toEqual({ ...claims, expiresAt: start + 60_000 });
    now = start + 89_999;
    expect(await tokens().read(token)).toMatchObject(claims);
    now = start + 90_000;
    expect(await tokens().read(token)).toBeUndefined();
    const unbounded = tokens().sign(claims, undefined);
    now += 25 * 60 * 60 * 1000;
    expect(await tokens().read(unbounded)).toBeUndefined();
  });

  test('are no access tokens, nor the other way round', async () => {
    const key = new TextEncoder().encode(SECRET);
    const signed = (typ: string) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ }).setExpirationTime('1h').sign(key);
    for (const token of [
      await createToken({ sub: 'alice' }, SECRET),
      await signed('JWT'),
      // The right words under the key of access tokens.
      await signed('parlor-resume+jwt'),
    ])
      expect(await tokens().read(token)).toBeUndefined();
  });

  test('are nothing once a character of them is another, and nothing unsigned', async () => {
    const token = tokens().sign(claims, undefined);
    expect(await tokens().read(new UnsecuredJWT(decodeJwt(token)).encode())).toBeUndefined();
    const [header = ''] = token.split('.');
    await fc.assert(
      fc.asyncProperty(
        // The last character has bits that mean nothing.
        fc.nat(token.length - 2),
        fc.constantFrom(...'abcXYZ019-_.'),
        async (at, character) => {
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          const read = await tokens().read(changed);
          expect(read?.proof).toBe(changed === token ? claims.proof : undefined);
        },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${header}.${text}.${text}`),
        ),
        async (text) => {
          expect(await tokens().read(text)).toBeUndefined();
        },
      ),
    );
  });
});
