import { beforeEach, describe, expect, test } from 'vitest';
import type { Consumer } from '../../src/core/types.js';
import type { FakeConsumer } from '../../src/media/fake/FakeBackend.js';
import { awaitVideo } from '../../src/sdp/awaitVideo.js';
import { CAPABILITIES } from './capabilities.js';
import { ManualTime } from './ManualTime.js';
import { sessionRoom } from './sessionRoom.js';

let time: ManualTime;
let consumer: Consumer;
let media: FakeConsumer;

beforeEach(async () => {
  const { peer, publish, media: room } = await sessionRoom();
  const producer = await publish();
  const [result] = await peer.subscribe([producer.id], { rtpCapabilities: CAPABILITIES, paused: true });
  if (!result || !('consumer' in result)) throw new Error('not consumed');
  const made = [...room.transports].flatMap(({ consumers }) => [...consumers])[0];
  if (!made) throw new Error('no consumer');
  [consumer, media, time] = [result.consumer, made, new ManualTime()];
  awaitVideo(consumer, time);
  // As when the client has answered.
  await consumer.resume();
});

async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    time.pass(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How many key frames were asked for since. */
function asked(): number {
  const requests = media.keyFrameRequests;
  media.keyFrameRequests = 0;
  return requests;
}

describe('a video of which nothing is sent', () => {
  test('gets key frames asked for, less and less often, until it comes', async () => {
    await pass(1);
    expect(asked()).toBe(0);
    await pass(1);
    expect(asked()).toBe(1);
    await pass(12);
    expect(asked()).toBe(2);
    media.stream.packets = 10;
    await pass(600);
    expect(asked()).toBe(0);
  });

  test('is given up some time', async () => {
    await pass(600);
    expect(asked()).toBe(7);
    await pass(600);
    expect(asked()).toBe(0);
  });

  test.each<[string, () => Promise<void>]>([
    ['the client pauses it', () => consumer.pause()],
    ['its publisher is muted', () => consumer.producer.pause()],
    [
      'it is closed',
      async () => {
        consumer.close();
        await Promise.resolve();
      },
    ],
  ])('is left alone when %s', async (_, happen) => {
    await happen();
    await pass(600);
    expect(asked()).toBe(0);
  });
});

describe('a video that goes on', () => {
  beforeEach(async () => {
    media.stream.packets = 10;
    await pass(2);
  });

  test.each<[string, () => Promise<void> | void]>([
    [
      'after a pause of the client',
      async () => {
        await consumer.pause();
        await consumer.resume();
      },
    ],
    [
      'after a pause of its publisher',
      async () => {
        await consumer.producer.pause();
        await consumer.producer.resume();
      },
    ],
    [
      'after none of its layers was sent',
      () => {
        media.emit('layersChanged', undefined);
      },
    ],
  ])('%s gets key frames asked for where nothing comes', async (_, happen) => {
    await happen();
    await pass(6);
    expect(asked()).toBe(1);
    media.stream.packets += 10;
    await pass(600);
    expect(asked()).toBe(0);
  });
});
