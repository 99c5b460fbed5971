import type { types } from 'mediasoup';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ParlorOptions } from '../src/options.js';
import { sampleAudio, sampleVideo } from '../src/testing/rtpSamples.js';
import { consume, enterCall } from './support/call.js';
import { rtpCapabilities } from './support/requests.js';
import { socketServer, type SocketServer } from './support/socketServer.js';
import { killWorker, LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from './support/workers.js';

/** The whole server on real workers: hooks, the host application's hand, placement, deaths, leaks, limits. */

let watched: WatchedWorkers;
let server: SocketServer | undefined;

beforeEach(() => {
  watched = watchWorkers();
});
afterEach(async () => {
  await server?.close();
  watched.stop();
  // However a test went, nothing of it outlives its server.
  expect(watched.routers.size + watched.transports.size + watched.producers.size).toBe(0);
  expect(watched.workers.filter(({ closed }) => !closed)).toEqual([]);
});

async function start(options: Partial<ParlorOptions> = {}): Promise<SocketServer> {
  server = await socketServer({ media: LOCAL_MEDIA, ...options });
  return server;
}

const audio = () => ({ kind: 'audio', rtpParameters: sampleAudio(), appData: { source: 'microphone' } });
const video = () => ({ kind: 'video', rtpParameters: sampleVideo(), appData: { source: 'camera' } });

describe('hooks', () => {
  test('refuse in words that the client sees; what they allow is in the worker', async () => {
    const asked: string[] = [];
    const { connect, parlor } = await start({
      hooks: {
        onJoin({ peerId, displayName, room }) {
          asked.push(`${peerId} as ${displayName} into ${room.id}`);
          if (peerId === 'mallory') throw new Error('you were asked to stay away');
        },
        async onPublish({ peer, kind, appData }) {
          await Promise.resolve();
          if (kind === 'video') throw new Error(`${peer.id}, no ${String(appData['source'])} today`);
        },
      },
    });
    const mallory = await connect('mallory');
    expect(await mallory.join({ displayName: 'M' })).toMatchObject({
      code: 'JOIN_REFUSED',
      errorCode: 403,
      errorReason: 'you were asked to stay away',
    });
    expect(parlor.rooms.size).toBe(0);
    expect(watched.routers.size).toBe(0);

    const alice = await connect('alice');
    await alice.join({ transports: ['send'] });
    expect(await alice.request('produce', video())).toMatchObject({
      code: 'PUBLISH_REFUSED',
      errorReason: 'alice, no camera today',
    });
    await alice.ask('produce', audio());
    expect([...watched.producers.values()].map(({ kind }) => kind)).toEqual(['audio']);
    expect(asked).toEqual(['mallory as M into room', 'alice as alice into room']);
  });
});

describe('the host application', () => {
  test('removes a peer: told, cut off, its media gone, the others see it go', async () => {
    const { connect, parlor } = await start();
    const alice = await enterCall(await connect('alice'));
    const bob = await enterCall(await connect('bob'));
    await consume(alice, bob.video);
    parlor.rooms.get('room')?.peers.get('bob')?.remove();
    expect(await bob.client.closed).toEqual([4000, 'PEER_REMOVED']);
    expect((await alice.client.log.notified('peerLeft')).data).toMatchObject({
      peerId: 'bob',
      reason: 'removed',
    });
    const gone = alice.client.log.notifications.filter(({ method }) => method === 'producerClosed');
    expect(gone.map(({ data }) => data?.['producerId'])).toEqual([bob.audio, bob.video]);
    expect(watched.transports.size).toBe(2);
  });

  test('mutes a producer: no media passes the worker, and its owner is told', async () => {
    const { connect, parlor } = await start();
    const alice = await enterCall(await connect('alice'));
    const bob = await enterCall(await connect('bob'));
    const consumerId = await consume(bob, alice.audio);
    const producer = parlor.rooms.get('room')?.producers.get(alice.audio);
    await producer?.pause();
    expect((await alice.client.log.notified('producerPaused')).data).toMatchObject({
      producerId: alice.audio,
    });
    expect((await bob.client.log.notified('consumerPaused')).data).toMatchObject({ consumerId });
    const inWorker = watched.producers.get(alice.audio);
    expect(await inWorker?.dump()).toMatchObject({ paused: true });
    await producer?.resume();
    expect((await bob.client.log.notified('consumerResumed')).data).toMatchObject({ consumerId });
    expect(await inWorker?.dump()).toMatchObject({ paused: false });
  });

  test('closes the room: everybody is told and cut off, the router is gone', async () => {
    const { connect, parlor } = await start();
    const [alice, bob] = [await enterCall(await connect('alice')), await enterCall(await connect('bob'))];
    await consume(bob, alice.video);
    parlor.rooms.get('room')?.close();
    for (const { client } of [alice, bob]) {
      expect(await client.closed).toEqual([4000, 'ROOM_CLOSED']);
      expect(client.log.notifications.at(-1)).toMatchObject({
        method: 'roomClosed',
        data: { reason: 'closed' },
      });
    }
    expect(watched.routers.size).toBe(0);
    await (await connect('alice')).ask('joinRoom', { roomId: 'room', peerId: 'alice' });
    expect(parlor.rooms.get('room')?.peers.size).toBe(1);
  });
});

describe('workers', () => {
  const TWO = { ...LOCAL_MEDIA, workers: 2 };
  const workerOf = async (router: types.Router): Promise<types.Worker | undefined> => {
    for (const worker of watched.workers) {
      if (!worker.closed && (await worker.dump()).routerIds.includes(router.id)) return worker;
    }
    return undefined;
  };

  test('new rooms go where the least is going on', async () => {
    const { connect } = await start({ media: TWO });
    await enterCall(await connect('alice', { roomId: 'busy' }));
    const [busy] = watched.routers;
    const busyWorker = busy && (await workerOf(busy));
    for (const roomId of ['quiet-1', 'quiet-2']) await (await connect('bob', { roomId })).join();
    const quiet = [...watched.routers].filter((router) => router !== busy);
    for (const router of quiet) expect(await workerOf(router)).not.toBe(busyWorker);
    expect(quiet).toHaveLength(2);
  });

  test('round robin, as the source document has it', async () => {
    const { connect } = await start({ media: { ...TWO, placement: 'roundRobin' } });
    const used: (types.Worker | undefined)[] = [];
    for (const roomId of ['1', '2', '3', '4']) {
      const before = new Set(watched.routers);
      await (await connect('alice', { roomId })).join();
      const router = [...watched.routers].find((one) => !before.has(one));
      used.push(router && (await workerOf(router)));
    }
    expect(used[0]).not.toBe(used[1]);
    expect(used.slice(2)).toEqual(used.slice(0, 2));
  });

  test('one that is killed takes its rooms along and nothing else; another one takes its place', async () => {
    const { connect, parlor } = await start({ media: TWO });
    const [alice, bob] = [await connect('alice', { roomId: 'a' }), await connect('bob', { roomId: 'b' })];
    await alice.join({ transports: ['send', 'recv'] });
    await bob.join({ transports: ['send', 'recv'] });
    const router = [...watched.routers].find(({ appData }) => appData['roomId'] === 'a');
    const victim = router && (await workerOf(router));
    const replaced = new Promise<void>((resolve) => {
      watched.onWorker = ({ observer }) => {
        observer.once('newwebrtcserver', () => {
          resolve();
        });
      };
    });
    process.kill(victim?.pid ?? 0, 'SIGKILL');

    expect(await alice.closed).toEqual([4503, 'MEDIA_SERVER_DIED']);
    expect(alice.log.notifications.at(-1)?.data).toMatchObject({ reason: 'mediaServerDied' });
    expect([...parlor.rooms].map(({ id }) => id)).toEqual(['b']);
    await bob.ask('produce', audio());

    await replaced;
    const again = await connect('alice', { roomId: 'a' });
    const joined = await again.join({ transports: ['send'] });
    expect(joined).toMatchObject({ ok: true, data: { peers: [] } });
    expect([...watched.transports].filter(({ closed }) => closed)).toEqual([]);
    expect(watched.workers.filter(({ closed }) => !closed)).toHaveLength(2);
  });

  test('killed while everybody is asking for something: all are answered by a code', async () => {
    const { connect, parlor } = await start();
    const clients = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => enterCall(await connect(`peer-${String(index)}`))),
    );
    const videos = clients.map(({ video: id }) => id);
    const pending = clients.flatMap(({ client, send }) => [
      client.request('subscribe', { producerIds: videos }),
      client.request('produce', audio()),
      client.request('createWebRtcTransport', { direction: 'recv' }),
      client.request('restartIce', { transportId: send }),
    ]);
    const settled = Promise.allSettled(pending);
    await killWorker(watched);
    for (const { client } of clients) expect(await client.closed).toEqual([4503, 'MEDIA_SERVER_DIED']);
    for (const result of await settled) {
      // Answered before, by a code, or cut off before the answer: never by an internal error.
      if (result.status === 'fulfilled') expect(result.value.code).not.toBe('INTERNAL');
    }
    expect(parlor.rooms.size).toBe(0);
    expect(watched.routers.size + watched.transports.size).toBe(0);
    // Waits for the replacement by itself.
    expect(await (await connect('alice')).join({ transports: ['send'] })).toMatchObject({ ok: true });
  });
});

describe('leaks', () => {
  test(
    'after 200 joins and leaves nothing is left, in the server and in the worker',
    { timeout: 60_000 },
    async () => {
      const { connect, parlor } = await start();
      const [worker] = watched.workers;
      if (!worker) throw new Error('there is no worker');
      const listeners = () => worker.listenerCount('died') + worker.listenerCount('subprocessclose');
      const before = { listeners: listeners(), dump: await worker.dump() };

      const call = async (round: number) => {
        const roomId = `room-${String(round % 3)}`;
        const alice = await enterCall(await connect('alice', { roomId }));
        const bob = await enterCall(await connect('bob', { roomId }));
        await consume(bob, alice.video);
        await consume(alice, bob.audio);
        if (round % 2 === 0) await alice.client.ask('leave');
        alice.client.disconnect();
        bob.client.disconnect();
        await Promise.all([alice.client.closed, bob.client.closed]);
      };
      for (let round = 0; round < 100; round += 1) await call(round);

      if (parlor.rooms.size > 0) {
        await new Promise<void>((resolve) => {
          parlor.rooms.on('closed', () => {
            if (parlor.rooms.size === 0) resolve();
          });
        });
      }
      expect(watched.routers.size + watched.transports.size).toBe(0);
      expect(listeners()).toBe(before.listeners);
      expect(await worker.dump()).toEqual(before.dump);
      const webRtcServer = [...watched.webRtcServers][0];
      expect(await webRtcServer?.dump()).toMatchObject({
        webRtcTransportIds: [],
        localIceUsernameFragments: [],
      });
    },
  );
});

describe('limits', () => {
  test('are kept per server, room and peer', async () => {
    const { connect } = await start({
      limits: {
        maxRooms: 1,
        maxPeersPerRoom: 2,
        maxTransportsPerPeer: 2,
        maxProducersPerPeer: 2,
        maxConsumersPerPeer: 1,
      },
    });
    const [alice, bob] = [await enterCall(await connect('alice')), await enterCall(await connect('bob'))];
    const refused = { ok: false, code: 'LIMIT_REACHED', errorCode: 429 };
    expect(await (await connect('carol')).join()).toMatchObject(refused);
    expect(await (await connect('carol', { roomId: 'another' })).join()).toMatchObject(refused);
    expect(await alice.client.request('createWebRtcTransport', { direction: 'send' })).toMatchObject(refused);
    expect(await alice.client.request('produce', audio())).toMatchObject(refused);
    // At the same time, too.
    const both = await bob.client.request('subscribe', {
      producerIds: [alice.audio, alice.video],
      rtpCapabilities,
    });
    expect(both.data).toMatchObject({ consumers: [{}], failed: [{ code: 'LIMIT_REACHED' }] });
    const [router] = watched.routers;
    const dump = await router?.dump();
    expect(dump?.mapConsumerIdProducerId).toHaveLength(1);
    expect(dump?.transportIds).toHaveLength(4);
  });
});
