import { createParlor, type Parlor, type ParlorOptions } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { FakeBackend } from '@parlor/sdk-server/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CallClient, type CallLike } from '../src/index.js';
import type { WebSocketLike } from '../src/platform.js';
import { createFakeDrivers, FakeMediaDevices } from '../src/testing/index.js';

/** Our client against our server over real sockets; media is not the matter here. */

let parlor: Parlor;
let http: Server;
const sockets: WebSocket[] = [];
const clients: CallClient[] = [];

async function start(calls: ParlorOptions['calls'] = {}): Promise<string> {
  parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend(), calls });
  http = createServer(parlorNode({ parlor }));
  attachParlor(http, parlor);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/ws`;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await parlor.close();
  http.close();
  http.closeAllConnections();
  sockets.length = 0;
});

const never = () => () => undefined;

async function online(url: string, userId: string) {
  const client = new CallClient({
    peerId: userId,
    driver: createFakeDrivers().factory,
    platform: {
      createWebSocket(address, protocols) {
        const socket = new WebSocket(address, protocols);
        // What is wrong comes with `close`, as in a browser.
        socket.on('error', () => undefined);
        sockets.push(socket);
        return socket as WebSocketLike;
      },
      mediaDevices: new FakeMediaDevices(),
      page: { href: undefined, online: true, on: never },
    },
  });
  clients.push(client);
  await client.connect(url, undefined, { userId });
  return client;
}

const incomingAt = (client: CallClient) =>
  new Promise<CallLike>((resolve) => client.once('incomingCall', resolve));
const reasonOf = (call: CallLike) => new Promise<string>((resolve) => call.once('ended', resolve));
const acceptedBy = (call: CallLike) => new Promise<void>((resolve) => call.once('accepted', resolve));

test('ring, accept, meet in the room, hang up', async () => {
  const url = await start();
  const [alice, bob] = [await online(url, 'alice'), await online(url, 'bob')];
  const ringing = incomingAt(bob);
  const call = await alice.call('bob', { video: true });
  const incoming = await ringing;
  expect(incoming).toMatchObject({ id: call.id, user: { userId: 'alice' }, video: true });
  const accepted = acceptedBy(call);
  await incoming.accept();
  await accepted;
  const [room, other] = [await call.join(), await incoming.join()];
  expect([...other.remoteParticipants.keys()]).toEqual(['alice']);
  expect(parlor.rooms.size).toBe(1);
  const over = reasonOf(incoming);
  await room.disconnect();
  expect(await over).toBe('hungUp');
  expect([call.endedBecause, parlor.rooms.size]).toEqual(['hungUp', 0]);
});

test('who is busy is told after the answer, also where both come in one packet', async () => {
  const url = await start();
  const [alice, bob, carol] = [
    await online(url, 'alice'),
    await online(url, 'bob'),
    await online(url, 'carol'),
  ];
  const ringing = incomingAt(bob);
  await alice.call('bob');
  await (await ringing).accept();
  const call = await carol.call('bob');
  const told = reasonOf(call);
  expect(await told).toBe('busy');
});

test('declined, not answered, refused', async () => {
  const url = await start({ ringTimeoutMs: 100 });
  const [alice, bob] = [await online(url, 'alice'), await online(url, 'bob')];
  const first = incomingAt(bob);
  const declined = await alice.call('bob');
  const why = reasonOf(declined);
  await (await first).reject();
  expect(await why).toBe('rejected');
  expect(await reasonOf(await alice.call('bob'))).toBe('noAnswer');
  await expect(alice.call('nobody')).rejects.toMatchObject({ code: 'USER_OFFLINE', status: 404 });
  await expect(alice.watchUsers()).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a held call outlives the sockets of both sides', async () => {
  const url = await start();
  const [alice, bob] = [await online(url, 'alice'), await online(url, 'bob')];
  const ringing = incomingAt(bob);
  const call = await alice.call('bob');
  const incoming = await ringing;
  await incoming.accept();
  const back = [alice, bob].map(
    (client) =>
      new Promise<void>((resolve) =>
        client.on('connectionStateChanged', (state) => {
          if (state === 'connected') resolve();
        }),
      ),
  );
  for (const socket of sockets.splice(0)) socket.terminate();
  await Promise.all(back);
  expect([call.state, incoming.state]).toEqual(['active', 'active']);
  const over = reasonOf(call);
  await incoming.hangUp();
  expect(await over).toBe('hungUp');
});
