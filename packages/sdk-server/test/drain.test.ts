import { afterEach, expect, test } from 'vitest';
import type { ParlorOptions } from '../src/options.js';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { connectTo, socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';

const JSON_BODY = { 'content-type': 'application/json' };

let server: SocketServer;

async function start(options: Partial<ParlorOptions> = {}): Promise<void> {
  server = await socketServer({ media: new FakeBackend(), ...options });
}

async function join(peerId: string, roomId = 'room'): Promise<SocketClient> {
  const client = await server.connect(peerId, { roomId });
  await client.request('joinRoom', { roomId, peerId });
  return client;
}

const restarting = (client: SocketClient) => client.log.find(({ method }) => method === 'serverRestarting');
const health = async () => {
  const response = await fetch(`${server.url}/health`);
  return { status: response.status, body: (await response.json()) as unknown };
};

afterEach(() => server.close());

test('who is in goes on and is told, in every room', async () => {
  await start();
  const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol', 'other')];
  const drained = server.parlor.drain(60_000);
  for (const client of [alice, bob, carol])
    expect(await restarting(client)).toMatchObject({ notification: true, data: { after: 60_000 } });
  const said = await alice.request('sendMessage', { topic: 'chat', payload: 'still here' });
  expect(said).toMatchObject({ ok: true });
  expect(await bob.log.find(({ method }) => method === 'message')).toMatchObject({
    data: { payload: 'still here' },
  });
  for (const client of [alice, bob]) await client.request('leave');
  expect(alice.closeFrame).toBeUndefined();
  await carol.request('leave');
  // Nobody is left: there is nothing to wait for.
  await drained;
});

test('nobody gets in any more, by any way, and load balancers are told', async () => {
  await start();
  expect(await health()).toEqual({ status: 200, body: { message: 'ok' } });
  const alice = await server.connect('alice');
  await join('bob');
  void server.parlor.drain(60_000);
  expect(await health()).toEqual({ status: 503, body: { message: 'draining' } });

  const refused: [string, RequestInit][] = [
    ['/ws?roomId=room&peerId=carol', {}],
    ['/?roomId=new&peerId=carol', {}],
    ['/calls?userId=carol', {}],
    ['/rtc/rooms/room/join', { method: 'POST', body: '{}', headers: JSON_BODY }],
    ['/whip/room', { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: 'v=0' }],
    ['/api/v1/group/room/call', {}],
  ];
  for (const [path, init] of refused) {
    const response = await fetch(server.url + path, init);
    expect([path, response.status]).toEqual([path, 503]);
    expect(await response.text()).toContain('SERVER_CLOSING');
  }
  await expect(connectTo(server.url.slice('http://'.length), 'carol')).rejects.toThrow('503');
  // Its connection was open before.
  const late = await alice.request('joinRoom', { roomId: 'room', peerId: 'alice' });
  expect(late).toMatchObject({ ok: false, code: 'SERVER_CLOSING', errorCode: 503 });
  await expect(server.parlor.rooms.open('another')).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
});

test('where another server is, rooms are sent there, one after the other', async () => {
  await start();
  const url = 'https://other.example.com/parlor';
  const [alice, bob] = [await join('alice'), await join('bob')];
  const carol = await join('carol', 'other');
  const drained = server.parlor.drain({ ms: 2000, url });
  for (const client of [alice, bob])
    expect(await restarting(client)).toMatchObject({ data: { after: 2000, url } });
  expect(carol.log.frames.filter(({ method }) => method)).toEqual([]);
  for (const client of [alice, bob]) await client.request('leave');
  expect(await restarting(carol)).toMatchObject({ data: { after: 1500, url } });
  await carol.request('leave');
  await drained;
});

test('an address that clients cannot go to is refused, and nothing is drained', async () => {
  await start();
  for (const url of ['other.example.com', 'ftp://other.example.com', ''])
    await expect(server.parlor.drain({ url })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(await health()).toMatchObject({ status: 200 });
});

test('it takes no longer than it may, and closing follows', async () => {
  await start();
  const alice = await join('alice');
  await server.parlor.drain(1);
  expect(alice.closeFrame).toBeUndefined();
  await server.parlor.close();
  expect(await alice.closed).toEqual([4503, 'SERVER_CLOSING']);
  expect(alice.log.frames.map(({ method }) => method).filter(Boolean)).toEqual([
    'serverRestarting',
    'roomClosed',
  ]);
});

test.each([0, undefined])('it takes no time where nobody is (%s)', async (ms) => {
  await start();
  await server.parlor.rooms.open('kept', { keepWhenEmpty: true });
  const first = server.parlor.drain(ms);
  expect(server.parlor.drain(60_000)).toBe(first);
  await first;
  expect(await health()).toMatchObject({ status: 503 });
});
