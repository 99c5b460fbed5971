import { createParlor, type Parlor } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DataClient } from './support/DataClient.js';
import { LatePeer } from './support/LatePeer.js';
import { MeshPeer } from './support/MeshPeer.js';
import { ProtooPeer } from './support/ProtooPeer.js';

/** Data channels of a foreign client, with real SCTP, and everybody else of the room. */

let parlor: Parlor;
let server: Server;
let sockets: SocketServer;
let url: string;
const open: { close(): void }[] = [];

beforeAll(async () => {
  parlor = await createParlor({
    // The token is the user; one of them may not send data.
    access: {
      authorize: (request) => {
        const userId = new URL(request.url).searchParams.get('token') ?? 'anybody';
        return { userId, data: userId !== 'silenced' };
      },
    },
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network' },
  });
  server = createServer(parlorNode({ parlor }));
  attachParlor(server, parlor);
  sockets = new SocketServer(server, { destroyUpgrade: false, serveClient: false });
  parlor.attachPeerSignal(sockets);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

afterAll(async () => {
  await parlor.close();
  await sockets.close();
  server.close();
});

async function join(chat: number, sessionId: string): Promise<DataClient> {
  const client = await DataClient.join(url, { roomId: chat, sessionId });
  open.push(client);
  return client;
}

async function joinNative(chat: number, peerId: string): Promise<ProtooPeer> {
  return joinNativeIn(`chat:${String(chat)}`, peerId);
}

async function joinNativeIn(roomId: string, peerId: string): Promise<ProtooPeer> {
  const native = new ProtooPeer(url, { roomId, peerId });
  open.push(native.peer);
  await native.join({ displayName: peerId });
  return native;
}

async function joinMesh(roomName: string, pseudo: string): Promise<MeshPeer> {
  const page = await MeshPeer.join(url.replace('ws', 'http'), { roomName, pseudo });
  open.push(page);
  return page;
}

const roomOf = (chat: number) => {
  const room = parlor.rooms.get(`chat:${String(chat)}`);
  if (!room) throw new Error('no room');
  return room;
};

test('messages go from data channels to everybody, and from everybody to data channels', async () => {
  const alice = await join(1, 'alice');
  const chat = await alice.open('chat');
  const bob = await join(1, 'bob');
  const agreed = await bob.open('', { negotiated: true, id: 0 });
  const native = await joinNative(1, 'native');
  chat.send('here');
  await native.notified('message', { payload: 'here' });

  // Nobody has ever sent anything on bob's channel, which the server is not told of.
  roomOf(1).sendMessage('notice', { from: 'the host' });
  const notice = { topic: 'notice', payload: { from: 'the host' } };
  expect(await bob.hears(agreed, { topic: 'notice' })).toEqual(notice);
  expect(await alice.hears(chat, { topic: 'notice' })).toEqual(notice);
  expect((await native.notified('message', { topic: 'notice' })).data).toMatchObject(notice);

  chat.send('hello');
  const hello = { from: 'alice', topic: 'chat', payload: 'hello' };
  expect((await native.notified('message', hello)).data).toMatchObject(hello);
  expect(await bob.hears(agreed, { payload: 'hello' })).toEqual(hello);

  await native.peer.request('sendMessage', { topic: 'move', payload: { x: 1 } });
  const move = { from: 'native', topic: 'move', payload: { x: 1 } };
  expect(await alice.hears(chat, { from: 'native' })).toEqual(move);
  expect(await bob.hears(agreed, { from: 'native' })).toEqual(move);

  agreed.send(JSON.stringify({ to: 'alice', topic: 'secret', payload: [1, 'ä😀'] }));
  agreed.send(JSON.stringify({ topic: 'open', payload: 2 }));
  expect(await alice.hears(chat, { topic: 'secret' })).toEqual({
    from: 'bob',
    topic: 'secret',
    payload: [1, 'ä😀'],
  });
  await native.notified('message', { topic: 'open' });
  expect(native.heard.filter(({ data }) => data['topic'] === 'secret')).toEqual([]);
  for (const { call } of [alice, bob])
    expect(call.messages.filter(({ type }) => type === 'error')).toEqual([]);
});

test('of several channels each gets what its label says; one that was closed may be opened again', async () => {
  const alice = await join(2, 'alice');
  const first = await alice.open('first');
  const second = await alice.open('second', { ordered: false, maxRetransmits: 0 });
  const native = await joinNative(2, 'native');
  const say = (topic: string, payload: string) => native.peer.request('sendMessage', { topic, payload });
  const payloads = (channel: typeof first) =>
    alice.heard(channel).map((text) => JSON.parse(String(text)).payload);

  // A channel is open to its client as soon as it has asked for it; the server has heard of it when something has come.
  first.send('here');
  await native.notified('message', { topic: 'first', payload: 'here' });
  second.send('');
  await native.notified('message', { topic: 'second', payload: '' });
  await say('second', 'a');
  await say('other', 'b');
  await alice.hears(second, { payload: 'a' });
  await alice.hears(first, { payload: 'b' });

  first.close();
  await alice.becomes(first, 'closed');
  await say('other', 'c');
  await alice.hears(second, { payload: 'c' });

  const again = await alice.open('first');
  expect(again.id).toBe(first.id);
  again.send('d');
  await native.notified('message', { topic: 'first', payload: 'd' });
  await say('first', 'e');
  await alice.hears(again, { payload: 'e' });
  expect([payloads(first), payloads(second), payloads(again)]).toEqual([['b'], ['a', 'c'], ['e']]);
});

test('as many channels as are promised, opened at once, and long messages', async () => {
  const alice = await join(3, 'alice');
  const native = await joinNative(3, 'native');
  const channels = Array.from({ length: 8 }, (_, index) => alice.create(`channel ${String(index)}`));
  await alice.offer();
  for (const channel of channels) await alice.becomes(channel, 'open');
  const long = 'long '.repeat(40_000);
  for (const channel of channels) channel.send(channel.label);
  for (const { label } of channels) await native.notified('message', { topic: label, payload: label });
  channels[7]?.send(long);
  await native.notified('message', { payload: long });
  await native.peer.request('sendMessage', { topic: 'channel 5', payload: long });
  await alice.hears(channels[5]!, { payload: long });
});

test('what is not taken is told by a code, and disturbs nobody', async () => {
  const silenced = await join(4, 'silenced');
  const its = await silenced.open('chat');
  const mallory = await join(4, 'mallory');
  const garbage = await mallory.open('chat');
  const native = await joinNative(4, 'native');
  its.send('hello');
  await silenced.fails('FORBIDDEN');
  garbage.send(new Uint8Array([1, 2, 3]).buffer);
  await mallory.fails('BINARY_NOT_SUPPORTED');
  garbage.send(JSON.stringify({ topic: 'x', to: 'nobody', payload: 1 }));
  await mallory.fails('PEER_NOT_FOUND');
  garbage.send(JSON.stringify({ topic: 'x', to: [5], payload: 1 }));
  await mallory.fails('BAD_REQUEST');
  garbage.send('{"topic":');
  await native.notified('message', { topic: 'chat', payload: '{"topic":' });
  roomOf(4).sendMessage('', 'still there');
  for (const [client, channel] of [
    [silenced, its],
    [mallory, garbage],
  ] as const)
    await client.hears(channel, { payload: 'still there' });
});

test('whoever floods the room is let go, and the others have their peace', async () => {
  const alice = await join(5, 'alice');
  const chat = await alice.open('chat', { negotiated: true, id: 0 });
  const mallory = await join(5, 'mallory');
  const flood = await mallory.open('flood');
  for (let count = 0; count < 20_000; count += 1) flood.send(String(count));
  await mallory.fails('RATE_LIMITED');
  expect(await mallory.call.closed).toBe(4429);
  await alice.call.until(() => alice.call.messages.find(({ type }) => type === 'participantLeft'));
  expect(alice.heard(chat).length).toBeLessThan(10_000);
  roomOf(5).sendMessage('', 'peace');
  await alice.hears(chat, { payload: 'peace' });
});

test('pages made for a mesh talk to each participant on the connection to that one', async () => {
  const native = await joinNativeIn('bridged', 'native');
  const [anna, ben] = [await joinMesh('bridged', 'Anna'), await joinMesh('bridged', 'Ben')];
  await anna.call('native');
  await anna.call('Ben');
  await ben.call('Anna');

  await anna.send('native', 'hello');
  const { data } = await native.notified('message', { payload: 'hello' });
  expect(data).toMatchObject({ topic: '', payload: 'hello' });
  await native.peer.request('sendMessage', { to: data['from'], topic: 'any', payload: 'hello, Anna' });
  await anna.hears('native', 'hello, Anna');
  await native.peer.request('sendMessage', { topic: 'any', payload: { to: 'all' } });
  await anna.hears('native', '{"to":"all"}');

  await anna.send('Ben', '{"to":"native","topic":"x","payload":1}');
  await ben.hears('Anna', '{"to":"native","topic":"x","payload":1}');
  await ben.send('Anna', 'ä😀');
  await anna.hears('Ben', 'ä😀');
  expect(await anna.heardOf('native')).toEqual(['hello, Anna', '{"to":"all"}']);
  expect(native.heard.filter(({ method }) => method === 'message')).toHaveLength(1);
  expect([...anna.errors, ...ben.errors]).toEqual([]);
});

test('a page of a mesh to whom others connect has a channel to each of them', async () => {
  const base = url.replace('ws', 'http');
  const created = await fetch(`${base}/api/webrtc/rooms?token=creator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ topology: 'sfu' }),
  });
  const { data } = (await created.json()) as { data: { room_id: string } };
  const page = await LatePeer.join(`${url}/ws/webrtc/rooms/${data.room_id}?token=creator`);
  open.push(page);
  const native = await joinNativeIn(data.room_id, 'native');
  const channel = await page.channel;
  channel.send('hello');
  const { data: message } = await native.notified('message', { payload: 'hello' });
  expect(message).toMatchObject({ topic: '', payload: 'hello' });
  await native.peer.request('sendMessage', { topic: 'any', payload: 'hello, page' });
  expect(await page.heard).toBe('hello, page');
});
