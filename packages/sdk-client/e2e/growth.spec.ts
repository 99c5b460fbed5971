import type { CDPSession } from '@playwright/test';
import { startServer } from '../../../tools/testing/startServer.js';
import { expect, test } from './support/fixtures.js';

/** Everything of a call that must not stay behind. */
const KINDS = {
  rooms: 'window.growth.Room.prototype',
  connections: 'RTCPeerConnection.prototype',
  sockets: 'WebSocket.prototype',
  tracks: 'MediaStreamTrack.prototype',
  streams: 'MediaStream.prototype',
  elements: 'HTMLMediaElement.prototype',
};

/** Live objects of each kind after a garbage collection. */
async function census(cdp: CDPSession): Promise<Record<keyof typeof KINDS, number>> {
  const count = async (prototype: string) => {
    const { result } = await cdp.send('Runtime.evaluate', { expression: prototype });
    const { objects } = await cdp.send('Runtime.queryObjects', {
      prototypeObjectId: String(result.objectId),
      objectGroup: 'census',
    });
    const { result: length } = await cdp.send('Runtime.callFunctionOn', {
      objectId: String(objects.objectId),
      functionDeclaration: 'function () { return this.length; }',
      returnByValue: true,
    });
    await cdp.send('Runtime.releaseObjectGroup', { objectGroup: 'census' });
    return Number(length.value);
  };
  const counts = { rooms: 0, connections: 0, sockets: 0, tracks: 0, streams: 0, elements: 0 };
  await cdp.send('HeapProfiler.collectGarbage');
  for (const kind of Object.keys(counts) as (keyof typeof counts)[]) counts[kind] = await count(KINDS[kind]);
  return counts;
}

async function heapSize(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** Elements and tracks of the last round may still be on their way out of the browser; never more than one round's. */
async function expectNothingLeft(cdp: CDPSession): Promise<void> {
  await expect
    .poll(async () => {
      const { tracks, elements, ...others } = await census(cdp);
      return { ...others, tracks: Math.max(0, tracks - 6), elements: Math.max(0, elements - 3) };
    })
    .toEqual({ rooms: 0, connections: 0, sockets: 0, streams: 0, tracks: 0, elements: 0 });
}

test('joining and leaving fifty times leaves nothing behind', async ({ browser, host }) => {
  test.setTimeout(300_000);
  const server = await startServer();
  const page = await host.open(browser, 'growth');
  const cdp = await page.context().newCDPSession(page);
  const rounds = (from: number, to: number) =>
    page.evaluate(
      async (given) => {
        for (let round = given.from; round < given.to; round++) {
          // Opening devices is slow; if it left something behind, every fifth time would show it.
          const devices = round % 5 === 0;
          await window.growth.joinAndLeave(given.url, { room: `round-${String(round)}`, devices });
        }
      },
      { url: server.url, from, to },
    );

  await rounds(0, 10);
  await expectNothingLeft(cdp);
  const before = await heapSize(cdp);
  await rounds(10, 50);
  await expectNothingLeft(cdp);
  // One kept session, with what it knows of codecs and streams, weighs several times this.
  await expect.poll(async () => ((await heapSize(cdp)) - before) / 40).toBeLessThan(5000);
  const { peerConnections, closed } = await page.evaluate(() => window.growth.taken);
  expect(closed).toBe(peerConnections);
  expect(peerConnections).toBeGreaterThanOrEqual(50 * 2 * 2);

  const logged = (message: string) => server.log.filter(({ msg }) => msg === message).length;
  await expect.poll(() => logged('room closed')).toBe(50);
  expect(logged('peer left')).toBe(100);
  expect(await server.stop()).toBe(0);
});

test('losing the connection fifty times leaves nothing behind', async ({ browser, host, server, roomId }) => {
  test.setTimeout(300_000);
  const page = await host.open(browser, 'growth');
  const cdp = await page.context().newCDPSession(page);
  const lose = (times: number) =>
    page.evaluate(async (count) => {
      for (let time = 0; time < count; time++) await window.growth.loseConnection();
    }, times);

  await page.evaluate(([url, room]) => window.growth.begin(url, room), [server.url, roomId] as const);
  await lose(10);
  await expect.poll(async () => (await census(cdp)).sockets).toBe(2);
  const [before, size] = [await census(cdp), await heapSize(cdp)];
  expect(before).toMatchObject({ rooms: 2 });
  await lose(40);
  await expect.poll(() => census(cdp)).toEqual(before);
  await expect.poll(async () => ((await heapSize(cdp)) - size) / 40).toBeLessThan(2000);
  await page.evaluate(() => window.growth.end());
  await expectNothingLeft(cdp);
});
