import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import { describe, expect, it, vi } from 'vitest';
import { ParlorError } from '../../errors.js';
import { FakeWire } from '../../test/FakeWire.js';
import { call } from '../../test/sfuCall.js';
import { newest, until } from '../../test/kit.js';
import { alone, consumer, handlers, media, producers, servers } from '../../test/sfuDriver.js';
import { FakeMediaStreamTrack, settle } from '../../testing/index.js';
import { QUIET_LIMIT } from '../stall.js';
import { LOOK_INTERVAL } from './keeper/Keeper.js';
import { REPAIR_LIMITS } from './keeper/RepairLadder.js';

const TURN = [{ urls: 'turn:relay.test', username: 'u', credential: 'c' }];
const NOTICED = QUIET_LIMIT + LOOK_INTERVAL;

describe('media that moves', () => {
  it('is what being connected means', async () => {
    const { driver, platform, answers, requests, recv } = await alone();
    const down = new FakeWire(recv, { direction: 'recv', clock: platform.clock });
    down.isSilent = true;
    down.streams.set('1', 'audio');
    answers['connectWebRtcTransport'] = {};
    const subscribed = driver.subscribe(producers.slice(0, 1));
    requests[0]?.answer({ consumers: [consumer('p1', false)], failed: [] });
    await subscribed;
    recv.setConnectionState('connected');
    await until(() => platform.clock.pending > 0);
    await platform.clock.advance(LOOK_INTERVAL);
    expect(driver.state).toBe('connecting');
    down.isSilent = false;
    await platform.clock.advance(LOOK_INTERVAL);
    expect(driver.state).toBe('connected');
  });

  it('is looked at once a second, and not at all when there is none', async () => {
    const { driver, pass, platform, told, requests } = await call();
    await pass(60_000);
    expect(told).toEqual([]);
    expect(requests).toEqual([]);
    expect(platform.held.timers).toBe(1);
    driver.handleNotification('producerClosed', { producerId: 'own-1' });
    driver.handleNotification('producerClosed', { producerId: 'own-2' });
    driver.handleNotification('producerClosed', { producerId: 'p1' });
    await pass(LOOK_INTERVAL);
    expect(platform.held.timers).toBe(0);
    driver.close();
    expect(platform.held.pageListeners).toBe(0);
  });

  it('is worth what the server and the browser say together', async () => {
    const { driver, down, pass, scores } = await call();
    await pass(LOOK_INTERVAL);
    driver.handleNotification('producerScore', { producerId: 'own-2', scores: [{ score: 6 }] });
    driver.handleNotification('consumerScore', { consumerId: 'unknown', score: 0, producerScore: 0 });
    await pass(3 * LOOK_INTERVAL);
    expect(scores).toContain('own own-2 6');
    expect(scores).toContain('their p1 10');
    scores.length = 0;
    down.isSilent = true;
    await pass(NOTICED);
    expect(scores).toContain('their p1 0');
    expect(scores.join()).not.toContain('own-2 0');
  });

  it('and stops at once has been there, and is lost', async () => {
    const { driver, down, pass, scores } = await call();
    await driver.subscribe(producers.slice(1, 2));
    down.streams.set('2', 'audio');
    await pass(LOOK_INTERVAL);
    down.isSilent = true;
    await pass(NOTICED);
    const told = scores.filter((line) => line.startsWith('their p2'));
    expect([told[0], told.at(-1)]).toEqual(['their p2 10', 'their p2 0']);
  });
});

describe('a path that carries nothing', () => {
  it('is noticed in 3 s and repaired by an ICE restart, the other is left alone', async () => {
    const { driver, up, pass, told, requests, scores, methods } = await call();
    up.isCut = true;
    await pass(NOTICED);
    expect(told).toEqual(['send iceRestart stalled', 'disconnected']);
    expect(methods()).toEqual(['restartIce']);
    expect(newest(requests).data).toEqual({ transportId: 'send', iceServers: true });
    expect(scores).toContain('own own-2 0');
    up.isCut = false;
    await pass(LOOK_INTERVAL);
    expect(told).toEqual(['send iceRestart stalled', 'disconnected', 'send recovered stalled', 'connected']);
    expect(driver.state).toBe('connected');
  });

  it('is noticed in 3 s where reports come that have nothing to tell', async () => {
    const { up, pass, told } = await call();
    await pass(10_000);
    up.isUpCut = true;
    await pass(NOTICED);
    expect(told[0]).toBe('send iceRestart stalled');
    await pass(LOOK_INTERVAL);
    expect(told).not.toContain('send recovered stalled');
    up.isUpCut = false;
    await pass(LOOK_INTERVAL);
    expect(told).toContain('send recovered stalled');
  });

  it('is noticed at once when the server says that nothing arrives', async () => {
    const { driver, pass, told } = await call();
    await pass(10_000);
    const say = (producerId: string, score: number) => {
      driver.handleNotification('producerScore', { producerId, scores: [{ score }] });
    };
    say('own-1', 0);
    await pass(LOOK_INTERVAL);
    expect(told).toEqual([]);
    say('own-2', 0);
    await pass(LOOK_INTERVAL);
    expect(told[0]).toBe('send iceRestart stalled');
  });

  it('is repaired with the ICE servers that the server names then: credentials of the join may have expired', async () => {
    const turn = (credential: string) => [{ urls: 'turn:relay.example', username: 'u', credential }];
    const updated = vi.spyOn(FakeHandler.prototype, 'updateIceServers');
    const { up, pass, answers, onRequest } = await call({ iceServers: turn('own') });
    Object.assign(answers, {
      restartIce: { iceParameters: { usernameFragment: 'u', password: 'p' }, iceServers: turn('later') },
    });
    onRequest['createWebRtcTransport'] = ({ iceServers }) => ({
      ...media().transport('later'),
      ...(iceServers === true && { iceServers: turn('last') }),
    });
    up.isCut = true;
    await pass(NOTICED);
    expect(updated.mock.calls).toEqual([[[...turn('later'), ...turn('own')]]]);
    await pass(REPAIR_LIMITS.iceRestart);
    expect(servers.at(-1)).toEqual([...turn('last'), ...turn('own')]);
    updated.mockRestore();
  });

  it('is repaired by an ICE restart also where mediasoup-client cannot change ICE servers, as in Firefox', async () => {
    const updated = vi.spyOn(FakeHandler.prototype, 'updateIceServers').mockRejectedValue(new Error('no'));
    const { up, pass, answers, told } = await call();
    Object.assign(answers, {
      restartIce: { iceParameters: { usernameFragment: 'u', password: 'p' }, iceServers: TURN },
    });
    up.isCut = true;
    await pass(NOTICED);
    up.isCut = false;
    await pass(LOOK_INTERVAL);
    const repairs = told.filter((line) => line.startsWith('send'));
    expect(repairs).toEqual(['send iceRestart stalled', 'send recovered stalled']);
    expect(updated).toHaveBeenCalled();
    updated.mockRestore();
  });

  it('is not waited for as long as the browser would when that has lost it', async () => {
    const { down, recv, pass, told } = await call();
    down.isCut = true;
    recv.setConnectionState('disconnected');
    await pass(NOTICED);
    expect(told).toEqual(['disconnected', 'recv iceRestart disconnected']);
  });

  it('that failed is repaired at once', async () => {
    const { send, pass, told } = await call();
    send.setConnectionState('failed');
    await pass(LOOK_INTERVAL);
    expect(told).toEqual(['disconnected', 'send iceRestart failed']);
  });

  it('to the server gives way to a new one, with everything under its id', async () => {
    const { driver, up, wire, pass, told, requests, replaced } = await call();
    await driver.setMuted('own-1', true);
    const other = new FakeMediaStreamTrack({ kind: 'video', settings: { width: 640, height: 360 } });
    await driver.replaceTrack('own-2', other);
    up.isCut = true;
    await pass(NOTICED);
    requests.length = 0;
    const began = handlers.length;
    await pass(REPAIR_LIMITS.iceRestart);
    const fresh = wire('send');
    expect(handlers).toHaveLength(began + 1);
    expect(requests.map(({ method }) => method)).toEqual([
      'createWebRtcTransport',
      'connectWebRtcTransport',
      'produce',
      'produce',
      'closeTransport',
    ]);
    expect(requests[2]?.data).toMatchObject({ producerId: 'own-1', kind: 'audio', paused: true });
    expect(requests[3]?.data).toMatchObject({ producerId: 'own-2', kind: 'video', paused: false });
    expect(requests[4]?.data).toEqual({ transportId: 'send' });
    fresh.streams.set('1', 'audio').set('2', 'video');
    handlers.at(-1)?.setConnectionState('connected');
    await pass(LOOK_INTERVAL);
    await pass(LOOK_INTERVAL);
    expect(told).toEqual([
      'send iceRestart stalled',
      'disconnected',
      'send newTransport stalled',
      'send recovered stalled',
      'connected',
    ]);
    expect(replaced).toEqual([]);
    await driver.setMuted('own-2', true);
    expect(newest(requests)).toMatchObject({ method: 'pauseProducer', data: { producerId: 'own-2' } });
    // Of the transport that was given up the server may say what it likes.
    driver.handleNotification('transportClosed', { transportId: 'send' });
    expect(driver.state).toBe('connected');
  });

  it('from the server gives way to a new one, and tracks have new media in them', async () => {
    const { driver, answers, down, wire, pass, told, requests, replaced } = await call();
    await driver.setPreferredLayers('p1', { spatialLayer: 1 });
    answers['resume'] = {};
    down.isCut = true;
    await pass(2 * NOTICED + REPAIR_LIMITS.iceRestart);
    const fresh = wire('recv');
    const methods = requests.map(({ method }) => method);
    expect(methods.slice(1)).toEqual([
      'restartIce',
      'createWebRtcTransport',
      'closeTransport',
      'subscribe',
      'connectWebRtcTransport',
      'setPreferredLayers',
    ]);
    expect(requests[4]?.data).toMatchObject({ producerIds: ['p1'], follow: true });
    expect(replaced).toEqual(['p1']);
    fresh.streams.set('1', 'audio');
    handlers.at(-1)?.setConnectionState('connected');
    await pass(LOOK_INTERVAL);
    expect(told.at(-2)).toBe('recv recovered stalled');
    expect(driver.state).toBe('connected');
  });

  it('is given up when a relay does not help either', async () => {
    const { driver, up, pass, told, methods } = await call({ iceServers: TURN });
    up.isCut = true;
    await pass(NOTICED + REPAIR_LIMITS.iceRestart);
    expect(told.at(-1)).toBe('send newTransport stalled');
    await pass(REPAIR_LIMITS.newTransport);
    expect(told.at(-1)).toBe('send relayOnly stalled');
    expect(methods().filter((method) => method === 'createWebRtcTransport')).toHaveLength(2);
    await pass(REPAIR_LIMITS.relayOnly);
    expect(told.slice(-3)).toEqual(['send gaveUp stalled', 'TRANSPORT_FAILED', 'failed']);
    expect(driver.state).toBe('failed');
  });

  it('is given up sooner where there is no relay', async () => {
    const { up, pass, told } = await call();
    up.isCut = true;
    await pass(NOTICED + REPAIR_LIMITS.iceRestart + REPAIR_LIMITS.newTransport);
    expect(told.slice(-3)).toEqual(['send gaveUp stalled', 'TRANSPORT_FAILED', 'failed']);
  });

  it('goes on to the next step at once when the server refuses one', async () => {
    const { answers, onRequest, up, pass, told } = await call();
    delete answers['restartIce'];
    onRequest['restartIce'] = () => Promise.reject(new ParlorError('TRANSPORT_NOT_FOUND', 'gone'));
    up.isCut = true;
    await pass(NOTICED);
    expect(told).toContain('send newTransport stalled');
  });

  it('is not judged while signalling is away', async () => {
    const { answers, up, pass, told, requests, methods } = await call();
    const answer = answers['restartIce'];
    delete answers['restartIce'];
    up.isCut = true;
    await pass(60_000);
    expect(methods()).toEqual(['restartIce']);
    requests[0]?.answer(answer);
    await pass(REPAIR_LIMITS.iceRestart);
    expect(told.filter((line) => line.startsWith('send'))).toEqual([
      'send iceRestart stalled',
      'send newTransport stalled',
    ]);
  });
});

describe('a path that is left alone', () => {
  it('carries nothing because there is nothing: a picture stands still', async () => {
    const { up, pass, told } = await call();
    up.delivers = false;
    await pass(20_000);
    expect(told).toEqual([]);
  });

  it('carries nothing because its publisher sends nothing', async () => {
    const { down, pass, told } = await call();
    down.isSilent = true;
    await pass(20_000);
    expect(told).toEqual([]);
  });

  it('carries nothing because it is paused', async () => {
    const { driver, down, answers, pass, told } = await call();
    answers['pause'] = {};
    await driver.setReceiving('p1', false);
    down.isSilent = true;
    await pass(20_000);
    expect(told).toEqual([]);
  });
});

describe('a publication that nobody watches', () => {
  const silence = { producerId: 'own-2', scores: [{ score: 0 }, { score: 0 }] };

  it('rests: nothing is wrong with it, nor with the path', async () => {
    const { driver, up, pass, told, scores } = await call();
    driver.handleNotification('producerClosed', { producerId: 'own-1' });
    driver.handleNotification('producerDemand', { producerId: 'own-2' });
    up.isResting = true;
    driver.handleNotification('producerScore', silence);
    scores.length = 0;
    await pass(20_000);
    expect([told, scores.filter((line) => line.startsWith('own'))]).toEqual([[], []]);
    driver.handleNotification('producerDemand', { producerId: 'own-2', spatialLayer: 0 });
    // The first frame takes its time.
    await pass(LOOK_INTERVAL);
    up.isResting = false;
    driver.handleNotification('producerScore', { producerId: 'own-2', scores: [{ score: 9 }] });
    await pass(3 * LOOK_INTERVAL);
    expect(told).toEqual([]);
    expect(scores.findLast((line) => line.startsWith('own'))).toBe('own own-2 9');
  });

  it('is missed when somebody does', async () => {
    const { driver, up, pass, told, scores } = await call();
    driver.handleNotification('producerClosed', { producerId: 'own-1' });
    driver.handleNotification('producerDemand', { producerId: 'own-2', spatialLayer: 0 });
    up.isResting = true;
    driver.handleNotification('producerScore', silence);
    await pass(NOTICED);
    expect(told).toContain('send iceRestart stalled');
    expect(scores).toContain('own own-2 0');
  });
});

describe('what this page does not receive', () => {
  it('is not bad because it does not come', async () => {
    const { driver, answers, requests, down, pass, scores } = await call();
    Object.assign(answers, { pause: {}, resume: {} });
    const their = () => scores.filter((line) => line.startsWith('their'));
    await driver.setReceiving('p1', false);
    const { consumerId } = newest(requests).data;
    down.isSilent = true;
    scores.length = 0;
    const silence = { consumerId, producerId: 'p1', score: 10, producerScore: 0 };
    driver.handleNotification('consumerScore', silence);
    await pass(LOOK_INTERVAL);
    // Held back by the server as well.
    driver.handleNotification('consumerPaused', silence);
    await driver.setReceiving('p1', true);
    driver.handleNotification('consumerScore', silence);
    await pass(LOOK_INTERVAL);
    driver.handleNotification('consumerResumed', silence);
    // Its sender takes its time.
    await pass(5 * LOOK_INTERVAL);
    expect(their()).not.toContain('their p1 0');
    down.isSilent = false;
    // The last picture has stood until now.
    down.frozen += 7;
    await pass(2 * LOOK_INTERVAL);
    expect(their()).toEqual(['their p1 10']);
    driver.handleNotification('consumerScore', silence);
    expect(their().at(-1)).toBe('their p1 0');
  });

  it('is not lost while its sender begins again, but is when nothing comes of it', async () => {
    const { driver, answers, requests, down, pass, scores } = await call();
    Object.assign(answers, { pause: {}, resume: {} });
    const their = () => scores.filter((line) => line.startsWith('their'));
    await driver.setReceiving('p1', false);
    const { consumerId } = newest(requests).data;
    const silence = { consumerId, producerId: 'p1', score: 10, producerScore: 0 };
    down.isSilent = true;
    await pass(LOOK_INTERVAL);
    driver.handleNotification('consumerScore', silence);
    scores.length = 0;
    await driver.setReceiving('p1', true);
    driver.handleNotification('consumerScore', silence);
    await pass(LOOK_INTERVAL);
    expect(their()).not.toContain('their p1 0');
    await pass(4 * LOOK_INTERVAL);
    expect(their().at(-1)).toBe('their p1 0');
  });
});

describe('the network', () => {
  it('that is back, or another, is used at once in both directions', async () => {
    const { platform, pass, told, requests } = await call();
    platform.page.emit('online');
    await settle();
    expect(requests.map(({ method, data }) => [method, data['transportId']])).toEqual([
      ['restartIce', 'send'],
      ['restartIce', 'recv'],
    ]);
    expect(told).toEqual(['send iceRestart networkChanged', 'recv iceRestart networkChanged']);
    await pass(LOOK_INTERVAL);
    // Media went on all the time: nobody hears of more than that.
    expect(told.slice(2)).toEqual(['send recovered networkChanged', 'recv recovered networkChanged']);
  });
});

describe('a producer that has moved', () => {
  it('is received by its new consumer', async () => {
    const { driver, requests, replaced } = await call();
    const moved = { ...consumer('p1', true), consumerId: 'c-new' };
    driver.handleNotification('producerMoved', { producerId: 'p1', peerId: 'a', consumer: moved });
    await until(() => replaced.length === 1);
    expect(replaced).toEqual(['p1']);
    expect(requests).toEqual([]);
    driver.handleNotification('consumerClosed', { producerId: 'p1', consumerId: 'c-p1' });
    expect((await driver.stats()).tracks.map(({ producerId }) => producerId)).toContain('p1');
  });

  it('is as good as before while the new one counts from the start', async () => {
    const { driver, down, pass, scores } = await call();
    for (let second = 0; second < 20; second++) await pass(LOOK_INTERVAL);
    down.streams.delete('1');
    down.streams.set('2', 'audio');
    const moved = { ...consumer('p1', false), consumerId: 'c-moved' };
    driver.handleNotification('producerMoved', { producerId: 'p1', peerId: 'a', consumer: moved });
    for (let second = 0; second < 4; second++) await pass(LOOK_INTERVAL);
    expect(scores).not.toContain('their p1 0');
    down.isSilent = true;
    await pass(NOTICED);
    expect(scores.at(-1)).toBe('their p1 0');
  });

  it('is subscribed to again when it brings no consumer', async () => {
    const { driver, requests, replaced } = await call();
    driver.handleNotification('producerMoved', { producerId: 'p1', peerId: 'a' });
    await until(() => replaced.length === 1);
    expect(newest(requests)).toMatchObject({ method: 'subscribe', data: { producerIds: ['p1'] } });
  });
});
