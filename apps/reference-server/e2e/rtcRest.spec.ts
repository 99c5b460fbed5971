import { createToken } from '@parlor/sdk-server';
import type { UsageRecord } from '@parlor/sdk-server';
import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { TcpProxy } from '../../../packages/sdk-client/e2e/support/TcpProxy.js';
import { openRestPage } from './support/rtcRestPage.js';

/** `mediasoup-client` from npm, `fetch`, `EventSource` and the lines of the source document: enough for a call. */

const SECRET = 'a secret for the pages of this test, long enough';
const CAMERA = { audio: true, video: { width: 320, height: 180, frameRate: 15 } };

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer(['--dev'], { PARLOR_JWT_SECRET: SECRET });
});
test.afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

async function join(
  browser: Browser,
  sub: string,
  { room, url = server.url }: { room: string; url?: string },
): Promise<Page> {
  const page = await openRestPage(browser, url, await createToken({ sub }, SECRET));
  await page.evaluate((given) => window.rest.join(given), room);
  return page;
}

async function expectMediaFlows(page: Page): Promise<void> {
  for (const [kind, key] of [
    ['video', 'framesDecoded'],
    ['audio', 'totalAudioEnergy'],
  ] as const) {
    const read = () => page.evaluate((given) => window.rest.received(...given), [kind, key] as const);
    const before = await read();
    await expect.poll(read, { message: key }).toBeGreaterThan(before);
  }
}

const receives = (page: Page) => page.evaluate(() => window.rest.receives);
const saw = (page: Page, event: string) =>
  page.evaluate(
    (name) => window.rest.events.filter((one) => one.event === name).map(({ data }) => data),
    event,
  );

test('two clients hold a call over plain HTTP', async ({ browser }) => {
  const alice = await join(browser, 'alice', { room: 'rest' });
  await alice.evaluate((constraints) => window.rest.publish(constraints), CAMERA);
  // One comes late and finds what is there, the other one hears of what is new.
  const bob = await join(browser, 'bob', { room: 'rest' });
  await bob.evaluate((constraints) => window.rest.publish(constraints), CAMERA);
  for (const page of [alice, bob]) {
    await expect.poll(() => receives(page)).toEqual(['audio', 'video']);
    await expectMediaFlows(page);
  }

  await bob.evaluate(() => window.rest.pause('audio'));
  await expect.poll(() => saw(alice, 'consumerPaused')).toHaveLength(1);
  await bob.evaluate(() => window.rest.unpublish('video'));
  await expect.poll(() => receives(alice)).toEqual(['audio']);

  await alice.evaluate(() => window.rest.restartIce());
  await expectMediaFlows(bob);

  const { records } = (await alice.evaluate(() => window.rest.ask('GET', '/rtc/rooms/rest/usage'))) as {
    records: UsageRecord[];
  };
  expect(records).toMatchObject([{ userId: 'alice', dialect: 'rtcRest' }]);
  expect(records[0]?.secondsConnected).toBeGreaterThan(0);
  expect(records[0]?.bytesIn).toBeGreaterThan(10_000);
  expect(records[0]?.bytesOut).toBeGreaterThan(10_000);

  await bob.evaluate(() => window.rest.leave());
  await expect.poll(() => receives(alice)).toEqual([]);
  expect(await saw(alice, 'peerLeft')).toMatchObject([{ reason: 'left' }]);
  expect(await saw(bob, 'ended')).toEqual([{ reason: 'left' }]);
  await alice.context().close();
  await bob.context().close();
});

test('events that were missed while the network was gone come when it is back', async ({ browser }) => {
  const network = await TcpProxy.to(server.url);
  const alice = await join(browser, 'alice', { room: 'offline', url: network.url });
  const bob = await join(browser, 'bob', { room: 'offline' });
  await expect.poll(() => saw(alice, 'peerJoined')).toHaveLength(1);
  network.cut();
  await bob.evaluate((constraints) => window.rest.publish(constraints), CAMERA);
  await bob.evaluate(() => window.rest.unpublish('video'));
  network.mend();
  await expect.poll(() => receives(alice)).toContain('audio');
  await expect.poll(() => saw(alice, 'producerClosed')).toHaveLength(1);
  expect(await saw(alice, 'reset')).toEqual([]);
  const refusals = await alice.evaluate(() => window.rest.refusals);
  expect(refusals).toEqual([expect.stringContaining('"error":"PRODUCER_NOT_FOUND"')]);
  await alice.context().close();
  await bob.context().close();
  network.close();
});
