import type { types } from 'mediasoup-client';
import { describe, expect, it, vi } from 'vitest';
import { ParlorError } from '../../errors.js';
import { silentLogger } from '../../logger.js';
import { newest, until } from '../../test/kit.js';
import {
  alone,
  consumer,
  fakeHandler,
  handlers,
  joined,
  media,
  outgoing,
  producers,
} from '../../test/sfuDriver.js';
import { contractInMemory } from '../../testing/driverContract.js';
import {
  FakeMediaStreamTrack,
  FakePlatform,
  MemoryServer,
  sessionHarness,
  settle,
} from '../../testing/index.js';
import { SEND_LATER, SfuDriver } from './SfuDriver.js';
import { RESTART_LIMIT } from './SfuTransport.js';

describe('SfuDriver keeps the contract', () => {
  it.each(contractInMemory)('$name', async ({ run }) => {
    const harness = sessionHarness({
      url: 'wss://memory',
      roomId: 'contract',
      driver: (context) => new SfuDriver(context, fakeHandler),
      channel: new MemoryServer(media()).channel,
      platform: new FakePlatform(),
      createTrack: (kind) => new FakeMediaStreamTrack({ kind }),
    });
    try {
      await run(harness);
    } finally {
      harness.close();
    }
  });
});

describe('what nobody watches', () => {
  it.each([true, false])('is told by the server where the app takes it: %s', (dynacast) => {
    const driver = new SfuDriver(
      {
        request: () => Promise.resolve({}),
        tell: () => {},
        platform: new FakePlatform(),
        logger: silentLogger,
        rtcConfiguration: {},
        dynacast,
      },
      fakeHandler,
    );
    expect(driver.joinRequest()['dynacast']).toBe(dynacast || undefined);
  });
});

describe('what sends', () => {
  it('is made after joining, when there has been time for what is received', async () => {
    const { platform } = await joined();
    await platform.clock.advance(SEND_LATER - 1);
    expect(handlers).toHaveLength(1);
    await platform.clock.advance(1);
    expect(handlers).toHaveLength(2);
  });

  it('is made at once for who publishes at once, and once', async () => {
    const { driver, platform, answers } = await joined();
    answers['produce'] = { producerId: 'p' };
    await Promise.all([driver.publish(outgoing('audio')), driver.publish(outgoing('video'))]);
    await platform.clock.advance(SEND_LATER);
    expect(handlers).toHaveLength(2);
  });

  it('is not left behind by who leaves meanwhile', async () => {
    const { driver, platform } = await joined();
    const publishing = driver.publish(outgoing('audio'));
    driver.close();
    await expect(publishing).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(platform.clock.pending).toBe(0);
    for (const handler of handlers) await expect(handler.getTransportStats()).rejects.toThrow('closed');
  });
});

describe('publishing', () => {
  it('sends connect and both produces without waiting for an answer in between', async () => {
    const { driver, requests, methods } = await alone();
    const published = Promise.all([driver.publish(outgoing('audio')), driver.publish(outgoing('video'))]);
    await until(() => requests.length === 3);
    expect(methods()).toEqual(['connectWebRtcTransport', 'produce', 'produce']);
    requests[2]?.answer({ producerId: 'video' });
    requests[1]?.answer({ producerId: 'audio' });
    expect(await published).toEqual(['audio', 'video']);
  });

  it('says what it is, muted or not, in three layers, without abs-capture-time', async () => {
    const { driver, requests, answers } = await alone();
    answers['produce'] = { producerId: 'p' };
    await driver.publish(outgoing('video', { muted: true, options: { name: 'face' } }));
    const { data } = newest(requests);
    expect(data).toMatchObject({
      transportId: 'send',
      kind: 'video',
      paused: true,
      appData: { source: 'camera', name: 'face' },
    });
    const { encodings, headerExtensions, codecs } = data['rtpParameters'] as types.RtpParameters;
    expect(encodings).toHaveLength(3);
    expect(JSON.stringify(headerExtensions)).not.toContain('abs-capture-time');
    expect(codecs[0]?.mimeType).toBe('video/VP8');
  });

  it('rejects with the server’s code', async () => {
    const { driver, requests } = await alone();
    const published = driver.publish(outgoing('audio'));
    await until(() => requests.length === 2);
    requests[1]?.answer(
      Promise.reject(Object.assign(new Error('no'), { name: 'ParlorError', code: 'PUBLISH_REFUSED' })),
    );
    await expect(published).rejects.toMatchObject({ code: 'PUBLISH_REFUSED' });
    await expect(driver.setMuted('x', true)).rejects.toMatchObject({ code: 'TRACK_NOT_PUBLISHED' });
  });

  it('never stops or disables the app’s track', async () => {
    const { driver, answers } = await alone();
    Object.assign(answers, { produce: { producerId: 'p' }, pauseProducer: {}, closeProducer: {} });
    const request = outgoing('audio');
    await driver.publish(request);
    await driver.setMuted('p', true);
    expect(request.mediaStreamTrack.enabled).toBe(true);
    await driver.unpublish('p');
    driver.close();
    expect(request.mediaStreamTrack.readyState).toBe('live');
  });

  it('hears when the server ends a publication', async () => {
    const { driver, answers } = await alone();
    answers['produce'] = { producerId: 'p' };
    const lost: string[] = [];
    driver.on('publicationLost', (id) => lost.push(id));
    await driver.publish(outgoing('audio'));
    driver.handleNotification('producerClosed', { producerId: 'p' });
    driver.handleNotification('producerClosed', { producerId: 'p' });
    expect(lost).toEqual(['p']);
  });
});

describe('subscribing', () => {
  it('tells its capabilities once, and resumes what waits with one message', async () => {
    const { driver, requests, methods, told } = await alone();
    const first = driver.subscribe(producers);
    requests[0]?.answer({
      consumers: producers.map(({ producerId }) => consumer(producerId, true)),
      failed: [],
    });
    await first;
    expect(methods()).toEqual(['subscribe', 'connectWebRtcTransport']);
    expect(told).toEqual([{ method: 'resume', data: { consumerIds: ['c-p1', 'c-p2', 'c-p3'] } }]);
    void driver.subscribe(producers);
    await until(() => requests.length === 3);
    expect(requests[0]?.data).toHaveProperty('rtpCapabilities');
    expect(requests[2]?.data).not.toHaveProperty('rtpCapabilities');
  });

  it('resumes nothing when nothing waits', async () => {
    const { driver, requests, methods, told } = await alone();
    const first = driver.subscribe(producers);
    requests[0]?.answer({
      consumers: producers.map(({ producerId }) => consumer(producerId, false)),
      failed: [],
    });
    const results = await first;
    expect(results.every((result) => 'mediaStreamTrack' in result)).toBe(true);
    expect(methods()).toEqual(['subscribe', 'connectWebRtcTransport']);
    expect(told).toEqual([]);
  });

  it('asks for nothing that was sent along with its announcement', async () => {
    const { driver, requests, methods, told } = await alone();
    const following = driver.subscribe([], { follow: true });
    expect(requests[0]?.data).toMatchObject({ producerIds: [], follow: true });
    requests[0]?.answer({ consumers: [], failed: [] });
    expect(await following).toEqual([]);
    driver.handleNotification('newProducer', { producerId: 'p1', consumer: consumer('p1', true) });
    driver.handleNotification('newProducer', { producerId: 'p2', consumer: consumer('p2', false) });
    const results = await driver.subscribe(producers.slice(0, 2));
    expect(results.every((result) => 'mediaStreamTrack' in result)).toBe(true);
    expect(methods()).toEqual(['subscribe', 'connectWebRtcTransport']);
    expect(told).toEqual([{ method: 'resume', data: { consumerIds: ['c-p1'] } }]);
  });

  it('takes a consumer of which it is told twice for one', async () => {
    const { driver, answers, recv } = await alone();
    answers['subscribe'] = { consumers: [consumer('p1', true)], failed: [] };
    const receive = vi.spyOn(recv, 'receive');
    const again = () => {
      driver.handleNotification('producerMoved', { producerId: 'p1', consumer: consumer('p1', true) });
    };
    const subscribing = driver.subscribe(producers.slice(0, 1));
    again();
    const results = await subscribing;
    again();
    expect(results[0]).toHaveProperty('mediaStreamTrack');
    expect(await driver.subscribe(producers.slice(0, 1))).toEqual(results);
    expect(receive).toHaveBeenCalledTimes(1);
  });

  it('asks for what was announced without', async () => {
    const { driver, requests } = await alone();
    driver.handleNotification('newProducer', { producerId: 'p1', consumer: consumer('p1', true) });
    const first = driver.subscribe(producers.slice(0, 2));
    expect(requests[0]?.data).toMatchObject({ producerIds: ['p2'] });
    requests[0]?.answer({ consumers: [], failed: [{ producerId: 'p2', code: 'CANNOT_CONSUME' }] });
    const [offered, refused] = await first;
    expect(offered).toHaveProperty('mediaStreamTrack');
    expect(refused).toMatchObject({ error: { code: 'CANNOT_CONSUME' } });
  });

  it('gives back what was sent and is not wanted', async () => {
    const { driver, requests, methods, answers } = await alone();
    answers['closeConsumer'] = {};
    driver.handleNotification('newProducer', { producerId: 'p1', consumer: consumer('p1', true) });
    await driver.unsubscribe(['p1']);
    expect(newest(requests)).toMatchObject({ method: 'closeConsumer', data: { consumerIds: ['c-p1'] } });
    driver.handleNotification('newProducer', { producerId: 'p2', consumer: consumer('p2', true) });
    driver.handleNotification('consumerClosed', { producerId: 'p2', consumerId: 'c-p2' });
    driver.handleNotification('newProducer', { producerId: 'p3', consumer: consumer('p3', true) });
    driver.handleNotification('producerClosed', { producerId: 'p3' });
    void driver.subscribe(producers);
    await until(() => methods().length === 2);
    expect(newest(requests).data).toMatchObject({ producerIds: ['p1', 'p2', 'p3'] });
  });

  it('copes with a consumer that is closed while it is being set up', async () => {
    const { driver, requests } = await alone();
    const first = driver.subscribe(producers.slice(0, 1));
    requests[0]?.answer({ consumers: [consumer('p1', false)], failed: [] });
    driver.handleNotification('consumerClosed', { consumerId: 'c-p1', producerId: 'p1' });
    const [result] = await first;
    expect(result).toMatchObject({ error: { code: 'CONSUMER_NOT_FOUND' } });
  });

  it('copes with a producer that ends while it is being set up', async () => {
    const { driver, requests, told } = await alone();
    const first = driver.subscribe(producers.slice(0, 2));
    requests[0]?.answer({ consumers: [consumer('p1', true), consumer('p2', true)], failed: [] });
    driver.handleNotification('producerClosed', { producerId: 'p1' });
    const [gone, there] = await first;
    expect(gone).toMatchObject({ error: { code: 'CONSUMER_NOT_FOUND' } });
    expect(there).toHaveProperty('mediaStreamTrack');
    expect(told).toEqual([{ method: 'resume', data: { consumerIds: ['c-p2'] } }]);
    expect((await driver.stats()).tracks.map(({ producerId }) => producerId)).toEqual(['p2']);
  });

  it('passes scores on by producer', async () => {
    const { driver, requests } = await alone();
    const scores: unknown[] = [];
    driver.on('score', (...score) => scores.push(score));
    const first = driver.subscribe(producers.slice(0, 1));
    requests[0]?.answer({ consumers: [consumer('p1', false)], failed: [] });
    await first;
    driver.handleNotification('consumerScore', { consumerId: 'c-p1', score: 7, producerScore: 9 });
    driver.handleNotification('producerScore', { producerId: 'mine', scores: [{ score: 10 }, { score: 0 }] });
    driver.handleNotification('fromTheFuture', {});
    expect(scores).toEqual([
      ['p1', 9, false],
      ['mine', 10, true],
    ]);
  });
});

describe('the path', () => {
  it('that may use relays only, and has none, has failed', async () => {
    const outcome = async (policy: RTCIceTransportPolicy, candidates: object[]) => {
      const { driver, send, platform } = await alone({ iceTransportPolicy: policy });
      const errors: string[] = [];
      driver.on('error', ({ code }) => errors.push(code));
      const stats = new Map(candidates.map((each, index) => [String(index), each])) as RTCStatsReport;
      vi.spyOn(send, 'getTransportStats').mockResolvedValue(stats);
      send.emit('@icegatheringstatechange', 'complete');
      await platform.clock.advance(RESTART_LIMIT);
      return errors;
    };
    const candidate = (candidateType: string) => ({ type: 'local-candidate', candidateType });
    expect(await outcome('relay', [])).toEqual(['TRANSPORT_FAILED']);
    expect(await outcome('relay', [candidate('relay')])).toEqual([]);
    expect(await outcome('all', [candidate('host')])).toEqual([]);
  });

  it('that the server has let go waits for its word', async () => {
    const { driver, requests, answers } = await alone();
    answers['produce'] = { producerId: 'p' };
    await driver.publish(outgoing('audio'));
    requests[0]?.answer(Promise.reject(new ParlorError('TRANSPORT_NOT_FOUND', 'gone')));
    await settle();
    expect(driver.state).toBe('connecting');
  });

  it('whose DTLS the server refuses has failed', async () => {
    const { driver, requests, answers } = await alone();
    answers['produce'] = { producerId: 'p' };
    await driver.publish(outgoing('audio'));
    requests[0]?.answer(Promise.reject(new Error('nope')));
    await until(() => driver.state === 'failed');
  });

  it('closed while it was set up does not come up', async () => {
    const platform = new FakePlatform();
    const driver = new SfuDriver(
      {
        platform,
        logger: silentLogger,
        rtcConfiguration: {},
        tell: () => undefined,
        request: () => new Promise(() => {}),
      },
      fakeHandler,
    );
    const { rtpCapabilities, transport } = media();
    const opening = driver.open({
      rtpCapabilities,
      iceServers: [],
      transports: { send: transport('s'), recv: transport('r') },
    });
    driver.close();
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('needs a browser with WebRTC', () => {
    const context = {
      platform: new FakePlatform(),
      logger: silentLogger,
      rtcConfiguration: {},
      tell: () => undefined,
      request: () => Promise.resolve({}),
    };
    expect(() => new SfuDriver(context)).toThrow(expect.objectContaining({ code: 'BROWSER_UNSUPPORTED' }));
  });
});
