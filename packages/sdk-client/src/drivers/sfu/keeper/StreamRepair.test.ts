import { describe, expect, it } from 'vitest';
import { until } from '../../../test/kit.js';
import { alone, consumer, media } from '../../../test/sfuDriver.js';
import { FakeWire } from '../../../test/FakeWire.js';
import { settle } from '../../../testing/index.js';
import type { RemoteProducer } from '../../MediaDriver.js';
import { LOOK_INTERVAL } from './Keeper.js';

const camera: RemoteProducer = {
  producerId: 'p1',
  peerId: 'a',
  kind: 'video',
  source: 'camera',
  paused: false,
};

/** A video comes in, in several layers. */
async function watching(producer: RemoteProducer = camera) {
  const setup = await alone();
  const { driver, platform, recv, requests, answers, onRequest } = setup;
  let made = 0;
  Object.assign(answers, { connectWebRtcTransport: {}, requestKeyFrame: {}, closeConsumer: {}, pause: {} });
  onRequest['subscribe'] = () => ({
    consumers: [
      {
        ...consumer('p1', false),
        consumerId: `c${String(++made)}`,
        kind: 'video',
        type: 'simulcast',
        rtpParameters: media().consumerParameters('video'),
      },
    ],
    failed: [],
  });
  const down = new FakeWire(recv, { direction: 'recv', clock: platform.clock });
  const replaced: string[] = [];
  driver.on('trackReplaced', (producerId) => replaced.push(producerId));
  await driver.subscribe([producer]);
  down.streams.set('1', 'video');
  recv.setConnectionState('connected');
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) {
      await platform.clock.advance(LOOK_INTERVAL);
      await settle();
    }
  };
  await until(() => platform.clock.pending > 0);
  await pass(3);
  requests.length = 0;
  const tell = (method: string, data: object) => {
    driver.handleNotification(method, { consumerId: `c${String(made)}`, producerId: 'p1', ...data });
  };
  /** What the page has asked for since. */
  const asked = () => requests.splice(0).map(({ method }) => method);
  return { ...setup, down, pass, tell, asked, replaced };
}

const ASKED_FOR_10_S = ['requestKeyFrame', 'requestKeyFrame', 'requestKeyFrame'];

describe('a video that does not come although its path lives', () => {
  it('gets key frames asked for, less and less often', async () => {
    const { down, pass, asked } = await watching();
    await pass(10);
    expect(asked()).toEqual([]);
    down.stuck.add('1');
    await pass(3);
    expect(asked()).toEqual(['requestKeyFrame']);
    await pass(7);
    expect(asked()).toEqual(ASKED_FOR_10_S.slice(1));
    down.stuck.clear();
    await pass(10);
    expect(asked()).toEqual([]);
    down.stuck.add('1');
    await pass(3);
    expect(asked()).toEqual(['requestKeyFrame']);
  });

  it('gets another consumer where the server says that it comes', async () => {
    const { down, pass, asked, tell, replaced } = await watching();
    tell('consumerScore', { score: 10, producerScore: 9 });
    down.stuck.add('1');
    await pass(6);
    expect(asked()).toEqual(['requestKeyFrame', 'requestKeyFrame', 'closeConsumer', 'subscribe']);
    expect(replaced).toEqual(['p1']);
    // Its media section is another one as well.
    for (const mid of ['2', '3']) down.streams.set(mid, 'video');
    await pass(20);
    expect(asked()).toEqual([]);
  });

  it('gets another one later where the server has refused', async () => {
    const { down, pass, asked, tell, onRequest, replaced } = await watching();
    const answer = onRequest['subscribe'];
    onRequest['subscribe'] = () => ({ consumers: [], failed: [{ producerId: 'p1', code: 'INTERNAL' }] });
    tell('consumerScore', { score: 10, producerScore: 9 });
    down.stuck.add('1');
    await pass(6);
    expect([asked().slice(-2), replaced]).toEqual([['closeConsumer', 'subscribe'], []]);
    if (answer) onRequest['subscribe'] = answer;
    await pass(5);
    expect([asked().slice(-2), replaced]).toEqual([['closeConsumer', 'subscribe'], ['p1']]);
  });

  it('gets them also where the server forwards none of its layers for now', async () => {
    const { down, pass, asked, tell } = await watching();
    tell('consumerScore', { score: 10, producerScore: 9 });
    tell('consumerLayersChanged', {});
    down.stuck.add('1');
    await pass(10);
    expect(asked()).toEqual(ASKED_FOR_10_S);
    tell('consumerLayersChanged', { spatialLayer: 0 });
    down.stuck.clear();
    await pass(10);
    expect(asked()).toEqual([]);
  });

  it.each<[string, (test: Awaited<ReturnType<typeof watching>>) => unknown]>([
    [
      'its publisher sends nothing',
      ({ tell }) => {
        tell('consumerScore', { score: 10, producerScore: 0 });
      },
    ],
    [
      'its publisher has muted it',
      ({ tell }) => {
        tell('consumerPaused', {});
      },
    ],
    [
      'the room holds it',
      ({ tell }) => {
        tell('consumerPaused', { reason: 'lastN' });
      },
    ],
    ['this page does not want it', ({ driver }) => driver.setReceiving('p1', false)],
    [
      'its path is dead',
      ({ down }) => {
        down.isCut = true;
      },
    ],
  ])('is left alone where %s', async (_, happen) => {
    const test = await watching();
    await happen(test);
    test.down.stuck.add('1');
    test.asked();
    await test.pass(20);
    expect(test.asked().filter((method) => method !== 'restartIce')).toEqual([]);
  });

  it('is left alone where a screen stands still, but not one that has never come', async () => {
    const screen = { ...camera, source: 'screen' } as const;
    const { down, pass, asked, tell } = await watching(screen);
    down.stuck.add('1');
    await pass(20);
    expect(asked()).toEqual([]);
    tell('consumerPaused', { reason: 'lastN' });
    await pass(1);
    tell('consumerResumed', { reason: 'lastN' });
    await pass(3);
    expect(asked()).toEqual(['requestKeyFrame']);
  });
});
