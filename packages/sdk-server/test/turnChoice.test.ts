import type { ProtooAnswers } from '@parlor/protocol';
import { expect, test } from 'vitest';
import { createToken } from '../src/access/tokens.js';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import type { AccessOptions } from '../src/index.js';
import { socketServer } from './support/socketServer.js';

const SECRET = 'a secret that is long enough for HS256';
const ice = {
  turnServers: [
    { urls: 'turn:us.test', region: 'us', weight: 1000 },
    { urls: 'turn:eu.test', region: 'eu' },
    { urls: 'turn:here.test', networks: ['127.0.0.0/8'] },
  ],
  turnSecret: 's',
  turnProbe: false as const,
};

async function firstTurnServer(access: AccessOptions, token?: string): Promise<unknown> {
  const server = await socketServer({ access, ice, media: new FakeBackend() });
  try {
    const client = await server.connect('alice', token === undefined ? {} : { token });
    const { data } = await client.join();
    return (data as ProtooAnswers['joinRoom']).iceServers[0]?.urls;
  } finally {
    await server.close();
  }
}

test('a peer is given the TURN server of the region that its token names', async () => {
  for (const region of ['eu', 'us']) {
    const token = await createToken({ sub: 'alice', region }, SECRET);
    expect(await firstTurnServer({ jwtSecret: SECRET }, token)).toEqual([`turn:${region}.test`]);
  }
});

test('or that the host application names', async () => {
  expect(await firstTurnServer({ authorize: () => ({ region: 'eu' }) })).toEqual(['turn:eu.test']);
});

test('and without a region the one that is close to its address', async () => {
  expect(await firstTurnServer({ allowAnonymous: true })).toEqual(['turn:here.test']);
});
