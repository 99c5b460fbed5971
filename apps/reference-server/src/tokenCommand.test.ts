import { createParlor } from '@parlor/sdk-server';
import { FakeBackend } from '@parlor/sdk-server/testing';
import { expect, it } from 'vitest';
import { runCli } from './cli.js';
import type { Environment } from './config.js';
import { TOKEN_HELP } from './tokenCommand.js';

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';

async function run(argv: string[], env: Environment = { PARLOR_JWT_SECRET }) {
  let out = '';
  let err = '';
  const code = await runCli(
    argv,
    {
      out: (text) => (out += text),
      err: (text) => (err += text),
    },
    env,
  );
  return { code, out, err };
}

interface Claims {
  iat: number;
  exp: number;
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

it('prints a token that opens the room, and no other', async () => {
  const { code, out } = await run(['token', '--user', 'alice', '--room', 'standup']);
  expect(code).toBe(0);
  const parlor = await createParlor({ access: { jwtSecret: PARLOR_JWT_SECRET }, media: new FakeBackend() });
  const ask = async (room: string) => {
    const request = new Request(`http://parlor.test/ws?roomId=${room}&peerId=p&token=${out.trim()}`);
    return ((await (await parlor.handleRequest(request))?.json()) as { error: string }).error;
  };
  expect(await ask('standup')).toBe('UPGRADE_REQUIRED');
  expect(await ask('board')).toBe('ROOM_NOT_ALLOWED');
  await parlor.close();
});

it('says in the token what was asked for', async () => {
  const options = [
    '--name',
    'Alice',
    '--room',
    'a',
    '--room',
    'b:*',
    '--ttl',
    '90s',
    '--can',
    'audio, subscribe',
  ];
  const { out } = await run(['token', '--user', 'alice', ...options]);
  const { iat, exp, ...claims } = claimsOf(out);
  expect(exp - iat).toBe(90);
  expect(claims).toEqual({
    sub: 'alice',
    name: 'Alice',
    rooms: ['a', 'b:*'],
    can: { create: false, publish: ['audio'], subscribe: true, data: false, moderate: false },
  });
});

it.each([
  ['2d', 2 * 86_400],
  ['30m', 1800],
  ['45', 45],
])('takes %s for a duration', async (ttl, seconds) => {
  const { iat, exp } = claimsOf((await run(['token', '--user', 'a', '--ttl', ttl])).out);
  expect(exp - iat).toBe(seconds);
});

it.each<[string[], Environment, RegExp]>([
  [['--user', 'a'], {}, /PARLOR_JWT_SECRET/],
  [['--user', 'a'], { PARLOR_JWT_SECRET: 'short' }, /32/],
  [[], { PARLOR_JWT_SECRET }, /--user is missing/],
  [['--user', 'a', '--ttl', 'long'], { PARLOR_JWT_SECRET }, /90s, 30m/],
  [['--user', 'a', '--can', 'fly'], { PARLOR_JWT_SECRET }, /--can takes create/],
  [['--usr', 'a'], { PARLOR_JWT_SECRET }, /--usr/],
])('refuses %j', async (argv, env, message) => {
  const { code, out, err } = await run(['token', ...argv], env);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err).not.toMatch(/^ +at /m);
});

it('explains itself', async () => {
  expect(await run(['token', '--help'], {})).toEqual({ code: 0, out: TOKEN_HELP, err: '' });
});
