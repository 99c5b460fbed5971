import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleAudio, sampleVideo } from '../src/testing/rtpSamples.js';
import type { Frame } from './support/FrameLog.js';
import { rtpCapabilities } from './support/requests.js';
import { socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';
import { LOCAL_MEDIA } from './support/workers.js';

/** A hundred people in one room, of whom nine are seen and three are heard: over real sockets, on a real worker. */

const PEERS = 100;
const LAST_N = 9;
const MAX_AUDIBLE = 3;

let server: SocketServer;
/** What the worker has. */
const consumers = new Set<types.Consumer>();
const producers = new Map<string, types.Producer>();
let observer: types.AudioLevelObserver | undefined;

const watch = (worker: types.Worker) => {
  worker.observer.on('newrouter', (router) => {
    router.observer.on('newrtpobserver', (created) => {
      if (created.type === 'audiolevel') observer = created as types.AudioLevelObserver;
    });
    router.observer.on('newtransport', (transport) => {
      transport.observer.on('newproducer', (producer) => {
        producers.set(producer.id, producer);
      });
      transport.observer.on('newconsumer', (consumer) => {
        consumers.add(consumer);
        consumer.observer.on('close', () => consumers.delete(consumer));
      });
    });
  });
};

beforeEach(async () => {
  mediasoup.observer.on('newworker', watch);
  server = await socketServer({
    media: LOCAL_MEDIA,
    topology: 'sfu',
    lastN: LAST_N,
    maxAudible: MAX_AUDIBLE,
  });
});
afterEach(async () => {
  await server.close();
  mediasoup.observer.off('newworker', watch);
  expect(consumers.size).toBe(0);
});

interface Guest {
  readonly client: SocketClient;
  readonly joined: Record<string, { producerId: string; peerId: string }[]>;
  readonly audio: string;
  readonly video: string;
}

/** As our own client does it: one request to be in, one for each track, one to receive all. */
async function enter(index: number): Promise<Guest> {
  const client = await server.connect(`peer${String(index)}`);
  const { data } = await client.join({ rtpCapabilities, transports: ['send', 'recv'], lazy: true });
  const joined = data as Guest['joined'];
  const producerIds = joined['producers']?.map(({ producerId }) => producerId) ?? [];
  await client.ask('subscribe', { producerIds, follow: true });
  // Who came between the two answers was told of, and no more.
  const between = (client.log.frames as { method?: string; data: Record<string, unknown> }[])
    .filter(({ method, data }) => method === 'newProducer' && !data['consumer'] && !data['held'])
    .map(({ data }) => data['producerId']);
  if (between.length > 0) await client.ask('subscribe', { producerIds: between });
  const publish = async (kind: string, source: string, rtpParameters: object) =>
    (await client.ask<{ producerId: string }>('produce', { kind, rtpParameters, appData: { source } }))
      .producerId;
  return {
    client,
    joined,
    audio: await publish('audio', 'microphone', sampleAudio()),
    video: await publish('video', 'camera', sampleVideo()),
  };
}

/** Whom of the others a guest knows, by what it was told. */
function known({ client, joined }: Guest): Set<string> {
  const ids = new Set(joined['producers']?.map(({ producerId }) => producerId));
  for (const { method, data } of client.log.frames as (Frame & { data: { producerId: string } })[]) {
    if (method === 'newProducer') ids.add(data.producerId);
    if (method === 'producerClosed') ids.delete(data.producerId);
  }
  return ids;
}

/** Of each peer, how many run. */
function running(kind: 'audio' | 'video'): number[] {
  const room = server.parlor.rooms.get('room');
  return [...(room?.peers.values() ?? [])].map(
    ({ consumers: own }) =>
      [...own.values()].filter((each) => each.kind === kind && each.forwarding.active).length,
  );
}

/** As the worker reports it. */
function speaks({ audio }: Guest): void {
  const producer = producers.get(audio);
  if (!observer || !producer) throw new Error('nobody listens');
  for (let report = 0; report < 2; report += 1) observer.emit('volumes', [{ producer, volume: -20 }]);
}

/** On a slow machine each takes its time. */
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 40_000, interval: 200 });

/** Each sees everybody, and receives neither more nor fewer than it may. */
async function isAsItShouldBe(guests: readonly Guest[]): Promise<void> {
  await eventually(() => {
    for (const guest of guests) expect(known(guest).size).toBe(2 * (guests.length - 1));
    expect(new Set(running('video'))).toEqual(new Set([LAST_N]));
    // Who is among the loudest hears the others of them.
    expect(new Set(running('audio'))).toEqual(new Set([MAX_AUDIBLE - 1, MAX_AUDIBLE]));
    const flowing = [...consumers].filter(({ paused }) => !paused);
    expect(flowing.length).toBeLessThanOrEqual(guests.length * (LAST_N + MAX_AUDIBLE));
  });
  // What rests is bounded as well: it does not grow with the square of who is there.
  expect(consumers.size).toBeLessThanOrEqual(guests.length * (LAST_N + MAX_AUDIBLE + 16));
}

test(
  'each sees everybody and receives a few, whoever comes, speaks and goes',
  { timeout: 180_000 },
  async () => {
    const guests: Guest[] = [];
    while (guests.length < PEERS)
      guests.push(
        ...(await Promise.all(Array.from({ length: 10 }, (_, more) => enter(guests.length + more)))),
      );
    await isAsItShouldBe(guests);

    const speaker = guests[PEERS / 2] ?? expect.fail();
    speaks(speaker);
    await eventually(() => {
      for (const id of [speaker.audio, speaker.video]) {
        const sent = [...consumers].filter(({ producerId, paused }) => producerId === id && !paused);
        expect(sent).toHaveLength(PEERS - 1);
      }
    });
    await isAsItShouldBe(guests);

    const [gone, left] = [guests.slice(0, 20), guests.slice(20)];
    for (const { client } of gone) client.disconnect();
    await isAsItShouldBe(left);
    left.push(...(await Promise.all([1, 2, 3].map((more) => enter(PEERS + more)))));
    await isAsItShouldBe(left);
  },
);
