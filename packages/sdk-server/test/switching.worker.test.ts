import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediasoupOptions } from '../src/media/mediasoup/options.js';
import { sampleAudio, sampleVideo } from '../src/testing/rtpSamples.js';
import { rtpCapabilities } from './support/requests.js';
import { socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';
import {
  killWorker,
  LOCAL_MEDIA,
  SPREAD_MEDIA,
  watchWorkers,
  type WatchedWorkers,
} from './support/workers.js';

/** Rooms that change the way of their media, on real workers and over real sockets. */

let watched: WatchedWorkers;
let server: SocketServer;

beforeEach(() => {
  watched = watchWorkers();
});
afterEach(async () => {
  await server.close();
  watched.stop();
  expect(watched.routers.size + watched.transports.size + watched.producers.size).toBe(0);
  expect(watched.copies.size).toBe(0);
});

interface Opened {
  path: number;
  topology: string;
  producers: { producerId: string; pending?: true }[];
  transports?: { send: { id: string }; recv: { id: string } };
}
interface Subscribed {
  consumers: { consumerId: string; producerId: string; producerPaused: boolean }[];
  failed: { producerId: string; code: string }[];
}

const auto = { topology: 'auto', rtpCapabilities, transports: ['send', 'recv'] };

async function enter(peerId: string, how: object = auto): Promise<SocketClient & { joined: Opened }> {
  const client = await server.connect(peerId);
  const joined = await client.ask<Opened>('joinRoom', { roomId: 'room', peerId, ...how });
  return Object.assign(client, { joined });
}

const open = (client: SocketClient, path: number) =>
  client.ask<Opened>('openPath', { path, transports: ['send', 'recv'], rtpCapabilities });

const carryOn = (client: SocketClient, { transports }: Opened, publication: object) =>
  client.ask('produce', { transportId: transports?.send.id, ...publication });

const heard = (client: SocketClient, method: string, data: object) =>
  client.log.find((frame) => {
    if (frame.method !== method) return false;
    return Object.entries(data).every(([key, value]) => frame.data?.[key] === value);
  });

const start = async (media: MediasoupOptions) => {
  server = await socketServer({ media, topology: 'auto' });
};

describe.each([
  { on: 'a worker', media: LOCAL_MEDIA },
  { on: 'two workers', media: SPREAD_MEDIA },
])('a room of three, on $on', ({ media }) => {
  beforeEach(() => start(media));

  test('goes to a router and back; a publication is one thing throughout', async () => {
    const alice = await enter('alice');
    const bob = await enter('bob');
    expect(alice.joined).toMatchObject({ topology: 'p2p', path: 1 });
    expect(watched.routers.size).toBe(0);
    const { producerId } = await alice.ask<{ producerId: string }>('produce', { kind: 'video', appData: {} });
    await alice.ask('pauseProducer', { producerId });
    const carol = await enter('carol');
    expect(carol.joined).toMatchObject({
      topology: 'sfu',
      path: 2,
      producers: [{ producerId, pending: true }],
    });

    await heard(alice, 'topologyChanged', { path: 2, topology: 'sfu', reason: 'participants' });
    const opened = [await open(alice, 2), await open(bob, 2)] as const;
    for (const client of [bob, carol]) {
      const { failed } = await client.ask<Subscribed>('subscribe', {
        producerIds: [producerId],
        follow: true,
      });
      expect(failed).toEqual([{ producerId, code: 'PRODUCER_PENDING' }]);
    }
    await carryOn(alice, opened[0], { kind: 'video', rtpParameters: sampleVideo(), producerId });
    expect([...watched.producers]).toMatchObject([[producerId, { paused: true }]]);
    for (const client of [bob, carol]) {
      const { data } = await heard(client, 'producerMoved', { producerId });
      expect(data).toMatchObject({ peerId: 'alice', consumer: { producerId, producerPaused: true } });
    }
    await alice.ask('pathReady', { path: 2 });
    await bob.ask('pathReady', { path: 2 });
    await heard(carol, 'pathSettled', { path: 2 });

    carol.disconnect();
    await heard(bob, 'topologyChanged', { path: 3, topology: 'p2p' });
    await open(alice, 3);
    expect((await open(bob, 3)).producers).toMatchObject([{ producerId, paused: true }]);
    expect(watched.producers.size).toBe(1);
    await alice.ask('pathReady', { path: 3 });
    await bob.ask('pathReady', { path: 3 });
    await heard(bob, 'pathSettled', { path: 3 });
    expect([watched.routers.size, watched.transports.size, watched.producers.size]).toEqual([0, 0, 0]);
    expect([...server.parlor.rooms][0]?.producers.get(producerId)).toMatchObject({
      closed: false,
      paused: true,
    });
    for (const { log } of [alice, bob])
      for (const { method } of log.notifications)
        expect(['producerClosed', 'transportClosed', 'consumerClosed', 'error']).not.toContain(method);
  });

  test('outlives its worker: a new router, the same ids, at once', async () => {
    const clients = [await enter('alice'), await enter('bob'), await enter('carol')] as const;
    const [alice, bob] = clients;
    const publication = { kind: 'audio', rtpParameters: sampleAudio() };
    const opened = await open(alice, 2);
    const { producerId } = await alice.ask<{ producerId: string }>('produce', {
      ...publication,
      transportId: opened.transports?.send.id,
    });
    await open(bob, 2);
    await bob.ask('subscribe', { producerIds: [producerId], follow: true });
    for (const client of [alice, bob]) await client.ask('pathReady', { path: 2 });
    const raw = await enter('raw', { transports: ['send', 'recv'] });

    await killWorker(watched);
    expect(await raw.closed).toEqual([4503, 'MEDIA_SERVER_DIED']);
    for (const client of clients)
      await heard(client, 'topologyChanged', { path: 3, topology: 'sfu', reason: 'mediaServerDied' });
    const again = await open(alice, 3);
    expect(again.producers).toEqual([]);
    await open(bob, 3);
    await bob.ask('subscribe', { producerIds: [], follow: true });
    await carryOn(alice, again, { ...publication, producerId });
    await heard(bob, 'producerMoved', { producerId });
    expect([...watched.producers.keys()]).toEqual([producerId]);
    for (const client of clients) await client.ask('pathReady', { path: 3 });
    await heard(bob, 'pathSettled', { path: 3 });
    expect(bob.log.notifications.filter(({ method }) => method === 'producerClosed')).toEqual([]);
  });

  test('a publication goes on by another transport of the same router', async () => {
    const following = { topology: 'sfu', paths: true, rtpCapabilities, transports: ['send', 'recv'] };
    const alice = await enter('alice', following);
    const bob = await enter('bob', following);
    const raw = await enter('raw', { rtpCapabilities, transports: ['recv'] });
    const publication = { kind: 'audio', rtpParameters: sampleAudio() };
    const { producerId } = await alice.ask<{ producerId: string }>('produce', publication);
    await bob.ask('subscribe', { producerIds: [producerId], follow: true });
    await raw.ask('subscribe', { producerIds: [producerId], follow: true });
    const { id } = await alice.ask<{ id: string }>('createWebRtcTransport', { direction: 'send' });
    await alice.ask('produce', { ...publication, producerId, transportId: id });
    expect((await heard(bob, 'producerMoved', { producerId })).data).toMatchObject({
      consumer: { producerId },
    });
    await alice.ask('closeTransport', { transportId: alice.joined.transports?.send.id });
    expect([...watched.producers.keys()]).toEqual([producerId]);
    await heard(raw, 'producerClosed', { producerId });
    await heard(raw, 'newProducer', { producerId, seq: 3 });
    expect(raw.log.notifications).toMatchObject([
      { method: 'newProducer' },
      { method: 'producerClosed' },
      { method: 'newProducer', data: { producerId, consumer: { producerId } } },
    ]);
    // The last of its transports goes: it is on its way again, for those who can wait.
    await alice.ask('closeTransport', { transportId: id });
    expect(watched.producers.size).toBe(0);
    const late = await enter('late', following);
    expect(late.joined.producers).toMatchObject([{ producerId, pending: true }]);
    const raw2 = await enter('raw2', { transports: ['recv'] });
    expect(raw2.joined.producers).toEqual([]);
  });
});

test('a worker that dies twice while everybody changes over', async () => {
  await start(LOCAL_MEDIA);
  const clients = [await enter('alice'), await enter('bob'), await enter('carol')] as const;
  for (const path of [3, 4]) {
    await killWorker(watched);
    for (const client of clients) await heard(client, 'topologyChanged', { path, topology: 'sfu' });
  }
  for (const client of clients) {
    await open(client, 4);
    await client.ask('pathReady', { path: 4 });
  }
  await heard(clients[0], 'pathSettled', { path: 4 });
  expect(watched.routers.size).toBe(1);
});
