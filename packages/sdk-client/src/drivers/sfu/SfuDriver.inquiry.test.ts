import { describe, expect, it } from 'vitest';
import { newest } from '../../test/kit.js';
import { call as anyCall } from '../../test/sfuCall.js';
import { handlers } from '../../test/sfuDriver.js';
import { settle } from '../../testing/index.js';
import { LOOK_INTERVAL } from './keeper/Keeper.js';
import { REPAIR_LIMITS } from './keeper/RepairLadder.js';

/** Milliseconds in which a cut has to be noticed. */
const NOTICED = 3000;
const STEP = 100;

/** In a browser that does not count connectivity checks; the server counts what it gets and sends. */
async function call() {
  const made = await anyCall({ isUncounted: true });
  const { onRequest, up, down, requests, told, pass } = made;
  const counted = { up, down };
  onRequest['getTransportStats'] = ({ transportId }) => {
    const isSent = String(transportId).startsWith('send');
    return {
      rtpBytesReceived: isSent ? counted.up.carried : 0,
      rtpBytesSent: isSent ? 0 : counted.down.carried,
    };
  };
  const asked = () =>
    requests
      .filter(({ method }) => method === 'getTransportStats')
      .map(({ data }) => String(data['transportId']));
  const noticed = async () => {
    for (let waited = 0; told.length === 0; waited += STEP) {
      if (waited >= NOTICED) throw new Error('not noticed');
      await pass(STEP);
    }
  };
  // What asks is loaded by the first look.
  await import('./keeper/Inquiry.js');
  await settle();
  return { ...made, counted, asked, noticed };
}

describe('where the browser does not count connectivity checks', () => {
  it('the server is not asked while media moves', async () => {
    const { pass, told, asked } = await call();
    await pass(60_000);
    expect([told, asked()]).toEqual([[], []]);
  });

  for (const [way, cut] of [
    ['and reports still come', 'isUpCut'],
    ['and nothing comes', 'isCut'],
  ] as const)
    it(`what is sent and gets lost is noticed in 3 s ${way}, and is back when it arrives`, async () => {
      const { up, pass, noticed, told, asked } = await call();
      await pass(10_000);
      up[cut] = true;
      await noticed();
      expect(told[0]).toBe('send iceRestart stalled');
      expect(asked()).toContain('send');
      await pass(LOOK_INTERVAL);
      expect(told).not.toContain('send recovered stalled');
      up[cut] = false;
      await pass(LOOK_INTERVAL);
      expect(told.slice(2)).toEqual(['send recovered stalled', 'connected']);
    });

  it('what is received and gets lost is noticed in 3 s, and is back when it comes', async () => {
    const { down, pass, noticed, told, asked } = await call();
    await pass(10_000);
    down.isCut = true;
    await noticed();
    expect(told[0]).toBe('recv iceRestart stalled');
    expect(new Set(asked())).toEqual(new Set(['recv']));
    down.isCut = false;
    await pass(LOOK_INTERVAL);
    expect(told.slice(2)).toEqual(['recv recovered stalled', 'connected']);
  });

  it('what does not come because nobody sends it is no reason for a repair', async () => {
    const { down, pass, told, asked } = await call();
    await pass(10_000);
    down.isSilent = true;
    await pass(20_000);
    expect(told).toEqual([]);
    expect(asked()).toContain('recv');
  });

  it('a new transport is asked about by its own id', async () => {
    const { up, wire, counted, pass, noticed, told, asked, requests } = await call();
    await pass(10_000);
    up.isUpCut = true;
    await noticed();
    await pass(REPAIR_LIMITS.iceRestart);
    expect(told).toContain('send newTransport stalled');
    counted.up = wire('send');
    counted.up.streams.set('1', 'audio').set('2', 'video');
    newest(handlers).setConnectionState('connected');
    await pass(2 * LOOK_INTERVAL);
    expect(told).toContain('send recovered stalled');
    requests.length = told.length = 0;
    counted.up.isUpCut = true;
    await noticed();
    expect(told[0]).toBe('send iceRestart stalled');
    const [id] = new Set(asked());
    expect(id).toMatch(/^send-\d+$/);
  });
});

describe('a connection that the browser calls lost', () => {
  it('is left alone while media is known to arrive, as where a single check was lost', async () => {
    const { driver, send, recv, pass, told } = await call();
    await pass(10_000);
    send.setConnectionState('disconnected');
    recv.setConnectionState('disconnected');
    const scores: (number | undefined)[] = [];
    driver.on('score', (_id, score) => scores.push(score));
    await pass(30_000);
    expect(told.filter((line) => line.includes(' '))).toEqual([]);
    expect(scores).not.toContain(0);
  });

  it('is repaired when media does not arrive', async () => {
    const { send, up, pass, told } = await call();
    await pass(10_000);
    send.setConnectionState('disconnected');
    up.isCut = true;
    await pass(NOTICED);
    expect(told).toContain('send iceRestart disconnected');
  });

  it('is repaired where there is no media that could tell', async () => {
    const { driver, send, pass, told } = await call();
    await driver.setMuted('own-1', true);
    await driver.setMuted('own-2', true);
    await pass(10_000);
    send.setConnectionState('disconnected');
    await pass(NOTICED);
    expect(told).toContain('send iceRestart disconnected');
  });
});
