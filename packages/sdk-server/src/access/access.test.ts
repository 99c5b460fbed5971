import fc from 'fast-check';
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParlorError } from '../errors.js';
import { createAccess } from './access.js';
import { DEFAULT_GRANTS } from '../core/permissions.js';
import { createToken } from './tokens.js';
import type { Access, AccessScope } from './types.js';

const SECRET = 'a secret that is long enough for HS256';
const scope: AccessScope = { room: 'standup', action: 'join' };
const hour = 3600;
const now = () => Math.floor(Date.now() / 1000);

const withHeader = (token: string) =>
  new Request('http://parlor.test/ws', { headers: { authorization: `Bearer ${token}` } });
const withQuery = (token: string) => new Request(`http://parlor.test/ws?token=${encodeURIComponent(token)}`);
const bare = () => new Request('http://parlor.test/ws');

const sign = (payload: JWTPayload, key: string | CryptoKey = SECRET, alg = 'HS256') =>
  new SignJWT(payload)
    .setProtectedHeader({ alg })
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);

const signWithExtension = (payload: JWTPayload) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', crit: ['narrower'], narrower: true })
    .sign(new TextEncoder().encode(SECRET), { crit: { narrower: true } });

const refusal = (code: string, message?: RegExp) =>
  expect.objectContaining({ code, ...(message && { message: expect.stringMatching(message) }) });

const check = (access: Access, request: Request) => access.authorize(request, scope);

describe('options', () => {
  it('must let somebody in', () => {
    expect(() => createAccess({})).toThrow(/jwtSecret.*jwksUrl.*authorize/);
  });

  it('refuses a secret that can be guessed, and names the fix', () => {
    expect(() => createAccess({ jwtSecret: 'x'.repeat(31) })).toThrow(/31 bytes.*at least 32.*openssl rand/);
    expect(() => createAccess({ jwtSecret: '' })).toThrow(/0 bytes/);
    expect(() => createAccess({ jwtSecret: 'ä'.repeat(16) })).not.toThrow();
  });

  it.each(['http://keys.test/jwks', 'keys.test', 'file:///etc/keys'])('refuses keys from %s', (jwksUrl) => {
    expect(() => createAccess({ jwksUrl })).toThrow(/https/);
  });
});

describe('tokens', () => {
  const access = createAccess({ jwtSecret: SECRET });

  it('let their holder in, by header and by query', async () => {
    const token = await createToken({ sub: 'alice', name: 'Alice', can: { data: false } }, SECRET);
    const expiresAt = (decodeJwt(token).exp ?? 0) * 1000;
    const grants = { ...DEFAULT_GRANTS, data: false };
    const expected = { userId: 'alice', name: 'Alice', grants, expiresAt };
    expect(await check(access, withHeader(token))).toEqual(expected);
    expect(await check(access, withQuery(token))).toEqual(expected);
  });

  it('are asked for', async () => {
    await expect(check(access, bare())).rejects.toEqual(refusal('UNAUTHORIZED', /Bearer/));
    const basic = new Request('http://parlor.test/', { headers: { authorization: 'Basic eDp5' } });
    await expect(check(access, basic)).rejects.toEqual(refusal('UNAUTHORIZED'));
  });

  it('open their rooms only', async () => {
    const token = await createToken({ rooms: ['chat:*', 'standup'] }, SECRET);
    expect(await check(access, withHeader(token))).toMatchObject({ grants: DEFAULT_GRANTS });
    const elsewhere = access.authorize(withHeader(token), { room: 'board', action: 'join' });
    await expect(elsewhere).rejects.toEqual(refusal('ROOM_NOT_ALLOWED', /board/));
    const none = await createToken({ rooms: [] }, SECRET);
    await expect(check(access, withHeader(none))).rejects.toEqual(refusal('ROOM_NOT_ALLOWED'));
  });

  it('expire', async () => {
    const old = await sign({ exp: now() - 60 });
    await expect(check(access, withHeader(old))).rejects.toEqual(refusal('TOKEN_EXPIRED', /new one/));
    // Clocks may differ by some seconds.
    expect(await check(access, withHeader(await sign({ exp: now() - 1 })))).toBeDefined();
  });

  it('must expire', async () => {
    await expect(check(access, withHeader(await sign({ sub: 'a' })))).rejects.toEqual(
      refusal('TOKEN_INVALID', /exp/),
    );
  });

  it('count from nbf on', async () => {
    const early = await sign({ exp: now() + hour, nbf: now() + 600 });
    await expect(check(access, withHeader(early))).rejects.toEqual(refusal('TOKEN_INVALID', /not valid yet/));
  });

  it.each<[string, () => Promise<string> | string]>([
    ['no signature', () => new UnsecuredJWT({ exp: now() + hour }).encode()],
    ['a signature by another key', () => sign({ exp: now() + hour }, 'another secret of thirty-two bytes')],
    ['another algorithm', () => sign({ exp: now() + hour }, SECRET.repeat(2), 'HS512')],
    ['a changed payload', async () => changed(await sign({ exp: now() + hour, rooms: ['other'] }))],
    ['claims of the wrong type', () => sign({ exp: now() + hour, rooms: 'standup' })],
    ['grants of the wrong type', () => sign({ exp: now() + hour, can: { publish: 'all' } })],
    ['a name with control characters', () => sign({ exp: now() + hour, name: 'a\u0000b' })],
    ['an expiry that is no number', () => sign({ exp: 'never' as unknown as number })],
    ['a megabyte', () => 'x'.repeat(1_000_000)],
    ['dots only', () => '..'],
    ['a part too many', async () => `${await sign({ exp: now() + hour })}.`],
    ['an extension that must be understood', () => signWithExtension({ exp: now() + hour })],
  ])('with %s are refused', async (_name, make) => {
    const request = withHeader(await make());
    await expect(check(access, request)).rejects.toEqual(refusal('TOKEN_INVALID'));
  });

  it('never break the check, whatever they contain', async () => {
    const valid = await createToken({ sub: 'alice' }, SECRET);
    const hostile = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.array(fc.base64String(), { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
      fc.json().map((json) => `${Buffer.from(json).toString('base64url')}.e30.e30`),
      fc
        .tuple(fc.nat(valid.length - 1), fc.constantFrom('A', 'z', '.', '-'))
        .map(([at, letter]) => valid.slice(0, at) + letter + valid.slice(at + 1)),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (token) => {
        fc.pre(token !== valid && token.trim() !== '');
        const result = await check(access, withQuery(token)).catch((error: unknown) => error);
        // The last letter of a signature has bits that do not count: another spelling of the same token.
        if (sameBytes(token, valid)) return;
        expect(result).toEqual(refusal('TOKEN_INVALID'));
      }),
      { numRuns: 500 },
    );
  });

  it('are refused with a bad one where none is needed', async () => {
    const open = createAccess({ jwtSecret: SECRET, allowAnonymous: true });
    expect(await check(open, bare())).toEqual({ userId: undefined, name: undefined, grants: DEFAULT_GRANTS });
    await expect(check(open, withQuery('nonsense'))).rejects.toEqual(refusal('TOKEN_INVALID'));
    const keyless = createAccess({ allowAnonymous: true });
    expect(await check(keyless, bare())).toMatchObject({ grants: { moderate: false } });
    const token = await createToken({ sub: 'alice' }, SECRET);
    await expect(check(keyless, withQuery(token))).rejects.toEqual(refusal('TOKEN_INVALID', /no key/));
  });
});

describe('createToken', () => {
  it('refuses what the check would refuse', async () => {
    await expect(createToken({ name: '' }, SECRET)).rejects.toThrow(/name/);
    await expect(createToken({}, 'short')).rejects.toThrow(/32/);
    await expect(createToken({}, SECRET, { ttlSeconds: 0 })).rejects.toThrow(/ttlSeconds/);
  });

  it('gives tokens the time asked for', async () => {
    const payload = async (options?: { ttlSeconds: number }) => {
      const [, body = ''] = (await createToken({}, SECRET, options)).split('.');
      return JSON.parse(Buffer.from(body, 'base64url').toString()) as { iat: number; exp: number };
    };
    const { iat, exp } = await payload({ ttlSeconds: 90 });
    expect(exp - iat).toBe(90);
    const byDefault = await payload();
    expect(byDefault.exp - byDefault.iat).toBe(6 * hour);
  });
});

describe('keys of an identity provider', () => {
  let server: Server;
  let jwksUrl: string;
  let access: Access;
  let rsa: CryptoKey;
  let ed: CryptoKey;

  beforeAll(async () => {
    const [rsaPair, edPair] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('EdDSA')]);
    rsa = rsaPair.privateKey;
    ed = edPair.privateKey;
    const keys = [await exportJWK(rsaPair.publicKey), await exportJWK(edPair.publicKey)];
    server = createServer((req, res) => {
      if (req.url === '/jwks') res.end(JSON.stringify({ keys }));
      else res.writeHead(500).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    jwksUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    access = createAccess({ jwksUrl: `${jwksUrl}/jwks` });
  });
  afterAll(() => {
    server.close();
  });

  it('check its tokens', async () => {
    const claims = { sub: 'alice', exp: now() + hour };
    const expiresAt = claims.exp * 1000;
    const expected = { userId: 'alice', name: undefined, grants: DEFAULT_GRANTS, expiresAt };
    expect(await check(access, withHeader(await sign(claims, rsa, 'RS256')))).toEqual(expected);
    expect(await check(access, withHeader(await sign(claims, ed, 'EdDSA')))).toEqual(expected);
  });

  it('check nobody else’s', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const foreign = withHeader(await sign({ exp: now() + hour }, privateKey, 'RS256'));
    await expect(check(access, foreign)).rejects.toEqual(refusal('TOKEN_INVALID'));
    const symmetric = withHeader(await sign({ exp: now() + hour }));
    await expect(check(access, symmetric)).rejects.toEqual(refusal('TOKEN_INVALID'));
  });

  it('may stand beside a secret', async () => {
    const both = createAccess({ jwksUrl: `${jwksUrl}/jwks`, jwtSecret: SECRET });
    expect(await check(both, withHeader(await sign({ exp: now() + hour }, rsa, 'RS256')))).toBeDefined();
    expect(await check(both, withHeader(await sign({ exp: now() + hour })))).toBeDefined();
  });

  it('do not make a token wrong when they cannot be had', async () => {
    const token = await sign({ exp: now() + hour }, rsa, 'RS256');
    const failing = createAccess({ jwksUrl: `${jwksUrl}/broken` });
    await expect(check(failing, withHeader(token))).rejects.not.toHaveProperty('code', 'TOKEN_INVALID');
    const dead = createAccess({ jwksUrl: 'http://127.0.0.1:9/jwks' });
    await expect(check(dead, withHeader(token))).rejects.not.toHaveProperty('code', 'TOKEN_INVALID');
  });
});

describe('authorize of the host application', () => {
  it('decides alone', async () => {
    const asked: [string, AccessScope][] = [];
    const access = createAccess({
      jwtSecret: SECRET,
      authorize(request, asks) {
        asked.push([new URL(request.url).pathname, asks]);
        return { userId: 'bob', publish: [] };
      },
    });
    expect(await check(access, withQuery('whatever'))).toEqual({
      userId: 'bob',
      name: undefined,
      grants: { ...DEFAULT_GRANTS, publish: [] },
    });
    expect(asked).toEqual([['/ws', scope]]);
  });

  it('refuses by throwing, with its own words', async () => {
    const access = createAccess({ authorize: () => Promise.reject(new Error('members only')) });
    await expect(check(access, bare())).rejects.toEqual(refusal('FORBIDDEN', /^members only$/));
    const coded = createAccess({
      authorize() {
        throw new ParlorError('TOKEN_EXPIRED', 'log in again');
      },
    });
    await expect(check(coded, bare())).rejects.toEqual(refusal('TOKEN_EXPIRED', /^log in again$/));
  });

  it('refuses by returning nothing', async () => {
    const forgetful = (() => undefined) as unknown as () => object;
    await expect(check(createAccess({ authorize: forgetful }), bare())).rejects.toEqual(refusal('FORBIDDEN'));
  });
});

function changed(token: string): string {
  const [header = '', , signature = ''] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ exp: now() + hour })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}

function sameBytes(a: string, b: string): boolean {
  const bytes = (token: string) =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytes(a).join('.') === bytes(b).join('.');
}
