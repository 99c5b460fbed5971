import { describe, expect, it } from 'vitest';
import { until } from '../../test/kit.js';
import { alone, consumer, producers } from '../../test/sfuDriver.js';

type Alone = Awaited<ReturnType<typeof alone>>;

/** Of three tracks the second is held. */
async function holding() {
  const test = await alone();
  const told: (string | undefined)[] = [];
  test.driver
    .on('held', (producerId, reason) => told.push(`${producerId} ${reason ?? 'flows'}`))
    .on('trackReplaced', (producerId) => told.push(`${producerId} comes`))
    .on('trackLost', (producerId) => told.push(`${producerId} is lost`));
  Object.assign(test.answers, { pause: {}, resume: {}, setPreferredLayers: {}, closeConsumer: {} });
  const subscribed = test.driver.subscribe(producers);
  test.requests[0]?.answer({
    consumers: [consumer('p1', false), consumer('p3', false)],
    failed: [{ producerId: 'p2', code: 'PRODUCER_PENDING', held: 'notLoudest' }],
  });
  return { ...test, results: await subscribed, heldTold: told };
}

const released = ({ driver }: Pick<Alone, 'driver'>, paused = false) => {
  driver.handleNotification('newConsumer', { consumer: consumer('p2', paused) });
};

describe('what the room holds back', () => {
  it('is no failure, and comes by itself without being asked for', async () => {
    const test = await holding();
    expect(test.results).toMatchObject([
      { producerId: 'p1', mediaStreamTrack: {} },
      { producerId: 'p2', error: { code: 'PRODUCER_PENDING' } },
      { producerId: 'p3', mediaStreamTrack: {} },
    ]);
    expect(test.heldTold).toEqual(['p2 notLoudest']);
    released(test, true);
    await until(() => test.heldTold.length === 3);
    expect(test.heldTold).toEqual(['p2 notLoudest', 'p2 flows', 'p2 comes']);
    expect(test.methods().filter((method) => method === 'subscribe')).toHaveLength(1);
    await until(() => test.told.length === 1);
    expect(test.told).toEqual([{ method: 'resume', data: { consumerIds: ['c-p2'] } }]);
  });

  it('is not asked for when it was announced so', async () => {
    const { driver, methods, heldTold, answers } = await holding();
    answers['subscribe'] = { consumers: [], failed: [] };
    driver.handleNotification('newProducer', { producerId: 'p4', peerId: 'b', held: 'lastN' });
    const [producer] = producers;
    if (!producer) throw new Error('no producer');
    const before = methods().length;
    const results = await driver.subscribe([{ ...producer, producerId: 'p4' }]);
    expect(results).toMatchObject([{ error: { code: 'PRODUCER_PENDING' } }]);
    expect(methods()).toHaveLength(before);
    expect(heldTold.at(-1)).toBe('p4 lastN');
  });

  it('stops and goes on as it is told, and is the same track', async () => {
    const { driver, heldTold } = await holding();
    const said = { consumerId: 'c-p1', producerId: 'p1', reason: 'notLoudest' };
    driver.handleNotification('consumerPaused', said);
    driver.handleNotification('consumerResumed', said);
    expect(heldTold.slice(1)).toEqual(['p1 notLoudest', 'p1 flows']);
  });

  it('gives its media section up for a while; what the page wants of it stays', async () => {
    const test = await holding();
    await test.driver.setReceiving('p1', false);
    test.driver.handleNotification('consumerClosed', {
      consumerId: 'c-p1',
      producerId: 'p1',
      held: 'notLoudest',
    });
    expect(test.heldTold.slice(1)).toEqual(['p1 notLoudest']);
    const before = test.requests.length;
    test.driver.handleNotification('newConsumer', {
      consumer: { ...consumer('p1', true), consumerId: 'c-p1-again' },
    });
    await until(() => test.heldTold.includes('p1 comes') && test.requests.length > before);
    expect(test.requests.at(-1)).toMatchObject({ method: 'pause', data: { consumerId: 'c-p1-again' } });
  });

  it('says nothing while there is no consumer, and is given back when nobody wants it any more', async () => {
    const test = await holding();
    const before = test.requests.length;
    await test.driver.setReceiving('p2', false);
    await test.driver.unsubscribe(['p2']);
    expect(test.requests).toHaveLength(before);
    released(test);
    await until(() => test.requests.length > before);
    expect(test.requests.at(-1)).toMatchObject({ method: 'closeConsumer', data: { consumerIds: ['c-p2'] } });
    expect(test.heldTold).toEqual(['p2 notLoudest']);
  });

  it('is no reason to think badly of the path', async () => {
    const { driver } = await holding();
    const scores: unknown[] = [];
    driver.on('score', (...score) => scores.push(score));
    driver.handleNotification('consumerPaused', {
      consumerId: 'c-p1',
      producerId: 'p1',
      reason: 'notLoudest',
    });
    driver.handleNotification('consumerScore', { consumerId: 'c-p1', score: 10, producerScore: 0 });
    driver.handleNotification('consumerScore', { consumerId: 'c-p3', score: 10, producerScore: 9 });
    expect(scores).toEqual([['p3', 9, false]]);
  });
});
