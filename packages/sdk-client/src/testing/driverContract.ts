import type { DataMessage, MediaDriver, RemoteProducer } from '../drivers/MediaDriver.js';
import type { TrackKind } from '../types.js';

/** A message as it arrives. */
export interface Heard {
  readonly from: string | undefined;
  readonly topic: string;
  readonly payload: unknown;
}

/** One side of a call: a driver that has been opened in a room. */
export interface DriverSide {
  readonly driver: MediaDriver;
  /** A live local track. */
  createTrack(kind: TrackKind): MediaStreamTrack | Promise<MediaStreamTrack>;
  /** What others publish, once `accept` is content with it. */
  producers(accept: (producers: readonly RemoteProducer[]) => boolean): Promise<readonly RemoteProducer[]>;
  /** Who speaks, the loudest first, once `accept` is content with it. */
  speakers(accept: (peerIds: readonly string[]) => boolean): Promise<readonly string[]>;
  /** As a room sends what may be lost: by the driver, or else by signalling. */
  send(message: DataMessage): Promise<void>;
  /** What has arrived, either way, once `accept` is content with it. */
  messages(accept: (messages: readonly Heard[]) => boolean): Promise<readonly Heard[]>;
  /** Lets a received track be heard: browsers decode no other. */
  play(track: MediaStreamTrack): void;
}

/** Makes sides in one room. */
export interface DriverHarness {
  join(peerId: string): Promise<DriverSide>;
}

export interface DriverContractCase {
  readonly name: string;
  /** Only where media really flows: there is nothing to measure in memory. */
  readonly needsMedia?: true;
  run(harness: DriverHarness): Promise<void>;
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`driver contract: ${what}`);
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

const options = {};

async function publish(side: DriverSide, kind: TrackKind, muted = false): Promise<string> {
  const mediaStreamTrack = await side.createTrack(kind);
  const source = kind === 'audio' ? 'microphone' : 'camera';
  return await side.driver.publish({ mediaStreamTrack, kind, source, muted, options });
}

/** A stream is said to be worth something. */
const arrives = ({ driver }: DriverSide, producerId: string, own: boolean): Promise<void> =>
  new Promise((resolve) => {
    driver.on('score', (id, score, ofOwn) => {
      if (id === producerId && ofOwn === own && score >= 8 && score <= 10) resolve();
    });
  });

/** What every MediaDriver has to do, whatever it runs on. Free of any test framework: `run` throws. */
export const driverContract: readonly DriverContractCase[] = [
  {
    name: 'what one side publishes the other sees and receives, in the order asked',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const ids = await Promise.all([publish(a, 'audio'), publish(a, 'video')]);
      const seen = await b.producers((producers) =>
        ids.every((id) => producers.some((p) => p.producerId === id)),
      );
      check(
        seen.every(({ peerId }) => peerId === 'a'),
        'producers name their peer',
      );
      const asked = [...seen].reverse();
      const results = await b.driver.subscribe(asked);
      check(results.length === asked.length, 'one result for each');
      results.forEach((result, index) => {
        check(result.producerId === asked[index]?.producerId, 'results keep the order');
        check('mediaStreamTrack' in result, 'everything arrives');
        check(result.mediaStreamTrack.kind === asked[index]?.kind, 'the kind is right');
        check(result.mediaStreamTrack.readyState === 'live', 'tracks are live');
      });
    },
  },
  {
    name: 'one that cannot be received does not spoil the others',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      await publish(a, 'audio');
      const seen = await b.producers((producers) => producers.length === 1);
      const ghost: RemoteProducer = {
        producerId: 'ghost',
        peerId: 'a',
        kind: 'video',
        source: 'camera',
        paused: false,
      };
      const [none, some] = await b.driver.subscribe([ghost, ...seen]);
      check(
        none !== undefined && 'error' in none && typeof none.error.code === 'string',
        'the ghost has a code',
      );
      check(some !== undefined && 'mediaStreamTrack' in some, 'the other arrives');
    },
  },
  {
    name: 'muting and unmuting is seen by the others',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'audio', true);
      await b.producers(([first]) => first?.producerId === id && first.paused);
      await a.driver.setMuted(id, false);
      await b.producers(([first]) => first?.paused === false);
      await a.driver.setMuted(id, true);
      await b.producers(([first]) => first?.paused === true);
    },
  },
  {
    name: 'media is replaced under the same producer',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'video');
      await b.producers((producers) => producers.length === 1);
      await a.driver.replaceTrack(id, await a.createTrack('video'));
      const seen = await b.producers((producers) => producers.length === 1);
      check(seen[0]?.producerId === id, 'the producer stays');
    },
  },
  {
    name: 'what is unpublished goes away',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'video');
      const seen = await b.producers((producers) => producers.length === 1);
      const [result] = await b.driver.subscribe(seen);
      check(result !== undefined && 'mediaStreamTrack' in result, 'received');
      await a.driver.unpublish(id);
      await b.producers((producers) => producers.length === 0);
      check(result.mediaStreamTrack.readyState === 'ended', 'the received track has ended');
      check(
        (await codeOf(a.driver.setMuted(id, true))) === 'TRACK_NOT_PUBLISHED',
        'it is unknown afterwards',
      );
    },
  },
  {
    name: 'a subscription can be given up and taken again',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      await publish(a, 'audio');
      const seen = await b.producers((producers) => producers.length === 1);
      const ids = seen.map(({ producerId }) => producerId);
      await b.driver.subscribe(seen);
      await b.driver.unsubscribe(ids);
      await b.driver.unsubscribe(ids);
      const [again] = await b.driver.subscribe(seen);
      check(again !== undefined && 'mediaStreamTrack' in again, 'received again');
      check(again.mediaStreamTrack.readyState === 'live', 'and live');
    },
  },
  {
    name: 'receiving can be paused, resumed and limited to layers; not of what is not received',
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'video');
      const seen = await b.producers((producers) => producers.length === 1);
      check(
        (await codeOf(b.driver.setReceiving(id, false))) === 'CONSUMER_NOT_FOUND',
        'nothing to pause yet',
      );
      await b.driver.subscribe(seen);
      await b.driver.setReceiving(id, false);
      await b.driver.setReceiving(id, true);
      await b.driver.setPreferredLayers(id, { spatialLayer: 0 });
    },
  },
  {
    name: 'a message reaches whom it is for, once, with or without a straight way there',
    async run(harness) {
      const sides = [await harness.join('a'), await harness.join('b'), await harness.join('c')] as const;
      const [a, b, c] = sides;
      const round = async (number: number) => {
        const to = (name: string) => ({ topic: 'move', payload: { number, to: name } });
        await a.send(to('all'));
        await a.send({ ...to('b'), to: 'b' });
        await b.send({ ...to('a and c'), to: ['a', 'c'] });
        const expected = [1, 2, 2].map((count) => count * number);
        await Promise.all(
          sides.map((side, index) => side.messages(({ length }) => length >= (expected[index] ?? 0))),
        );
      };
      await round(1);
      const id = await publish(a, 'audio');
      for (const side of [b, c]) {
        const seen = await side.producers(([first]) => first?.producerId === id);
        const [result] = await side.driver.subscribe(seen);
        check(result !== undefined && 'mediaStreamTrack' in result, 'received');
      }
      await round(2);
      const words = async (side: DriverSide) =>
        (await side.messages(() => true))
          .map(({ from, topic, payload }) => `${String(from)} ${topic} ${JSON.stringify(payload)}`)
          .sort()
          .join();
      const word = (from: string, to: string) =>
        [1, 2].map((number) => `${from} move ${JSON.stringify({ number, to })}`);
      check((await words(a)) === word('b', 'a and c').join(), 'a hears b');
      check((await words(b)) === [...word('a', 'all'), ...word('a', 'b')].sort().join(), 'b hears a');
      check(
        (await words(c)) === [...word('a', 'all'), ...word('b', 'a and c')].sort().join(),
        'c hears both',
      );
      check(
        !a.driver.sendData({ to: 'nobody', topic: '', payload: 1 }),
        'there is no way to who is not there',
      );
    },
  },
  {
    name: 'who speaks is told to all, and who falls silent',
    needsMedia: true,
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'audio');
      const seen = await b.producers((producers) => producers.length === 1);
      const [result] = await b.driver.subscribe(seen);
      check(result !== undefined && 'mediaStreamTrack' in result, 'received');
      b.play(result.mediaStreamTrack);
      for (const side of [a, b]) await side.speakers((ids) => ids.join() === 'a');
      await a.driver.setMuted(id, true);
      for (const side of [a, b]) await side.speakers((ids) => ids.length === 0);
    },
  },
  {
    name: 'a stream that arrives is worth something, at both ends',
    needsMedia: true,
    async run(harness) {
      const [a, b] = [await harness.join('a'), await harness.join('b')];
      const id = await publish(a, 'video');
      const seen = await b.producers((producers) => producers.length === 1);
      const told = [arrives(a, id, true), arrives(b, id, false)];
      await b.driver.subscribe(seen);
      await Promise.all(told);
    },
  },
  {
    name: 'a closed driver is closed for good',
    async run(harness) {
      const a = await harness.join('a');
      await publish(a, 'audio');
      a.driver.close();
      a.driver.close();
      check(a.driver.state === 'closed', 'state is closed');
      check((await codeOf(publish(a, 'audio'))) === 'NOT_CONNECTED', 'publishing is refused');
      check((await codeOf(a.driver.unsubscribe(['x']))) !== 'TypeError', 'nothing breaks');
      check((await a.driver.stats()).tracks.length === 0, 'no statistics');
      check(!a.driver.sendData({ topic: '', payload: 1 }), 'no way for messages');
    },
  },
];

/** The part of it that can be kept without media. */
export const contractInMemory = driverContract.filter(({ needsMedia }) => !needsMedia);
