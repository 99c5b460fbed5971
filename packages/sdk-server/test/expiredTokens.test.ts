import { SignJWT } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { connectTo, socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';

const SECRET = 'a secret that is long enough for HS256';
const GRACE_SECONDS = 30;

let servers: SocketServer[] = [];

async function start(): Promise<SocketServer> {
  const server = await socketServer({
    media: new FakeBackend(),
    access: { jwtSecret: SECRET },
    resumeGraceMs: GRACE_SECONDS * 1000,
  });
  servers.push(server);
  return server;
}

/** Of a user; it has expired `ago` seconds ago, or expires in that time if that is negative. */
const token = (ago: number, sub = 'a') =>
  new SignJWT({ can: { data: false } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(Math.floor(Date.now() / 1000) - ago)
    .sign(new TextEncoder().encode(SECRET));

const hostOf = ({ url }: SocketServer) => url.slice('http://'.length);

async function join(
  to: SocketServer,
  ofToken: string,
): Promise<{ client: SocketClient; resumeToken: string }> {
  const client = await connectTo(hostOf(to), 'alice', { token: ofToken });
  const { data } = await client.request('joinRoom', { roomId: 'room', peerId: 'alice', resumable: true });
  return { client, resumeToken: String(data?.['resumeToken']) };
}

const comeBack = async (
  to: SocketServer,
  resumeToken: string,
  { peerId = 'alice', roomId = 'room' } = {},
): Promise<SocketClient> =>
  connectTo(hostOf(to), peerId, { token: await token(10), roomId, query: { resumeToken } });

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

test('who is in stays in: a line that breaks after the token has expired is taken up again', async () => {
  const server = await start();
  // A clock may be five seconds late: so long is an expired token as good as one that is not.
  const { client, resumeToken } = await join(server, await token(3));
  client.lose();
  const again = await comeBack(server, resumeToken);
  expect(await again.request('resumeSession', { resumeToken, seq: 0 })).toMatchObject({ ok: true });
  // With what the token of before allowed.
  expect(await again.request('sendMessage', { topic: 'chat', payload: 1 })).toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('after a restart, for as long as the grace lasts', async () => {
  const { resumeToken } = await join(await start(), await token(3));
  const after = await start();
  const again = await comeBack(after, resumeToken);
  const joined = await again.request('joinRoom', { roomId: 'room', peerId: 'alice', resumeToken });
  expect(joined).toMatchObject({ ok: true, data: { peerId: 'alice' } });
  expect(after.parlor.rooms.get('room')?.peers.get('alice')).toMatchObject({
    userId: 'a',
    grants: { data: false },
  });
  // It does not last longer with each time.
  const next = String(joined.data?.['resumeToken']);
  const exp = (jwt: string) =>
    (JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }).exp;
  expect(exp(next)).toBe(exp(resumeToken));
});

test('nobody else comes in by it, nor anywhere else, nor without one that holds', async () => {
  const server = await start();
  const { resumeToken } = await join(server, await token(-60));
  const [header, payload] = resumeToken.split('.');
  const attempts: [string, string, string][] = [
    ['mallory', resumeToken, 'room'],
    ['alice', resumeToken, 'elsewhere'],
    ['alice', `${String(header)}.${String(payload)}.`, 'room'],
    ['alice', '', 'room'],
  ];
  for (const to of [server, await start()])
    for (const [peerId, given, roomId] of attempts)
      await expect(comeBack(to, given, { peerId, roomId })).rejects.toThrow('401');
});

test('another refusal stays one', async () => {
  const server = await start();
  const { resumeToken } = await join(server, await token(-60));
  const forged = `${await token(-60)}x`;
  await expect(connectTo(hostOf(server), 'alice', { token: forged, query: { resumeToken } })).rejects.toThrow(
    '401',
  );
});
