import type { types } from 'mediasoup';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PRIORITY } from '../src/core/forwarding/priority.js';
import { sampleAudio, sampleDtls, sampleVideo } from '../src/testing/rtpSamples.js';
import { rtpCapabilities } from './support/requests.js';
import { socketServer, type SocketServer } from './support/socketServer.js';
import type { TestClient } from './support/TestClient.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from './support/workers.js';

/** What is asked of real workers and of publishers, and in which order videos give way. */

let watched: WatchedWorkers;
let server: SocketServer;
/** By what they consume. */
let consumers: Map<string, types.Consumer>;

beforeEach(async () => {
  watched = watchWorkers();
  consumers = new Map();
  watched.onWorker = (worker) => {
    worker.observer.on('newrouter', ({ observer: router }) => {
      router.on('newtransport', ({ observer: transport }) => {
        transport.on('newconsumer', (consumer) => consumers.set(consumer.producerId, consumer));
      });
    });
  };
  server = await socketServer({ media: LOCAL_MEDIA });
});
afterEach(async () => {
  await server.close();
  watched.stop();
});

async function enter(peerId: string, options: object = {}): Promise<TestClient> {
  const client = await server.connect(peerId);
  const joining = { rtpCapabilities, transports: ['send', 'recv'], ...options };
  const { data } = await client.join(joining);
  const transports = data?.['transports'] as Record<'send' | 'recv', { id: string }>;
  for (const { id: transportId } of [transports.send, transports.recv])
    await client.ask('connectWebRtcTransport', { transportId, dtlsParameters: sampleDtls() });
  return client;
}

async function publish(
  client: TestClient,
  source: string,
  kind: 'audio' | 'video' = 'video',
): Promise<string> {
  const rtpParameters = kind === 'audio' ? sampleAudio() : { ...sampleVideo(), mid: source };
  const { producerId } = await client.ask<{ producerId: string }>('produce', {
    kind,
    rtpParameters,
    appData: { source },
  });
  return producerId;
}

async function receive(client: TestClient, producerId: string): Promise<string> {
  const { consumerId } = await client.ask<{ consumerId: string }>('consume', { producerId });
  await client.ask('resume', { consumerId });
  return consumerId;
}

/** As the worker has it. */
const priorityOf = async (producerId: string): Promise<number | undefined> => {
  const dump = await consumers.get(producerId)?.dump();
  return dump?.priority;
};

test('the worker lets other videos give way before pinned ones, and those before screens; sound has no part in it', async () => {
  const [alice, bob, viewer] = [await enter('alice'), await enter('bob'), await enter('viewer')];
  const [screen, camera] = [await publish(alice, 'screen'), await publish(alice, 'camera')];
  const [other, sound] = [await publish(bob, 'camera'), await publish(bob, 'microphone', 'audio')];
  for (const producerId of [screen, camera, other, sound]) await receive(viewer, producerId);
  const all = () => Promise.all([screen, camera, other, sound].map(priorityOf));
  expect(await all()).toEqual([PRIORITY.screen, PRIORITY.other, PRIORITY.other, PRIORITY.other]);
  await viewer.ask('setForwarding', { pinned: [camera, sound] });
  expect(await all()).toEqual([PRIORITY.screen, PRIORITY.pinned, PRIORITY.other, PRIORITY.other]);
  await viewer.ask('setForwarding', {});
  expect(await all()).toEqual([PRIORITY.screen, PRIORITY.other, PRIORITY.other, PRIORITY.other]);
});

test('a layer that a video does not have is not asked of the worker', async () => {
  const [alice, viewer] = [await enter('alice'), await enter('viewer')];
  const camera = await publish(alice, 'camera');
  const consumerId = await receive(viewer, camera);
  await viewer.ask('setPreferredLayers', { consumerId, spatialLayer: 8, temporalLayer: 7 });
  expect(consumers.get(camera)?.preferredLayers).toEqual({ spatialLayer: 2, temporalLayer: 0 });
  await viewer.ask('setPreferredLayers', { consumerId, spatialLayer: 1 });
  expect(consumers.get(camera)?.preferredLayers).toMatchObject({ spatialLayer: 1 });
});

test('publishers that take it hear which layers somebody wants, others do not', async () => {
  const [alice, plain] = [await enter('alice', { dynacast: true }), await enter('plain')];
  const viewer = await enter('viewer');
  const [camera, unwatched] = [await publish(alice, 'camera'), await publish(alice, 'screen')];
  await publish(plain, 'camera');
  const consumerId = await receive(viewer, camera);
  await viewer.ask('setPreferredLayers', { consumerId, spatialLayer: 1 });
  const heard = (producerId: string, layer: number | undefined) =>
    alice.log.find(
      ({ method, data }) =>
        method === 'producerDemand' && data?.['producerId'] === producerId && data['spatialLayer'] === layer,
    );
  await heard(unwatched, undefined);
  await heard(camera, 1);
  await viewer.ask('setPreferredLayers', { consumerId, spatialLayer: 2 });
  await heard(camera, 2);
  await viewer.ask('pause', { consumerId });
  await heard(camera, undefined);
  await viewer.settled();
  expect(plain.log.notifications.filter(({ method }) => method === 'producerDemand')).toEqual([]);
});
