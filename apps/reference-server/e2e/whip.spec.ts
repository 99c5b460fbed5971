import { test, type Browser, type Page } from '@playwright/test';
import { MediaRoute } from '../../../packages/sdk-client/e2e/support/mediaRoute.js';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { startEncoder, startPlayer } from './support/gstreamer.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectToHearAndSee } from './support/sdk.js';
import { expectViewerPerceives, whipPages, type WhipPages } from './support/whip.js';

/** Clients of WHIP and WHEP that know nothing of Parlor, with one of ours in the room. */

let server: TestServer;
let pages: PageServer;
let whip: WhipPages;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
  whip = whipPages(server, pages);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

/** A client of ours that has joined. */
async function joinOurs(browser: Browser, room: string, peerId = 'ours'): Promise<Page> {
  const page = await pages.open(browser, 'sdk');
  await page.evaluate((given) => window.sdk.join(given.url, given), { url: server.url, room, peerId });
  return page;
}

/** `<dialect> <kind>` of what our client receives; ids of WHIP publishers begin with it. */
const kinds = (page: Page) =>
  page.evaluate(() => window.sdk.receives().map((track) => track.replace(/^(whip)-\S+/, '$1')));

test('a page that publishes by WHIP is seen and heard, in the layers that it sends', async ({ browser }) => {
  const ours = await joinOurs(browser, 'ingest');
  const publisher = await whip.publish(browser, 'ingest', {
    width: 640,
    height: 360,
    rids: ['low', 'high'],
  });
  await expect.poll(() => kinds(ours)).toEqual(['whip audio', 'whip video']);
  await expectToHearAndSee(ours);
  const encodedBy = (rid: string) =>
    publisher.evaluate(async (wanted) => {
      let frames = 0;
      (await window.whip.connection.getStats()).forEach((stat: Record<string, unknown>) => {
        if (stat['type'] === 'outbound-rtp' && stat['rid'] === wanted) frames = Number(stat['framesEncoded']);
      });
      return frames;
    }, rid);
  for (const rid of ['low', 'high']) await expect.poll(() => encodedBy(rid)).toBeGreaterThan(0);
  const width = () => ours.evaluate(async () => (await window.sdk.received('video'))?.frameWidth);
  await expect.poll(width).toBe(640);

  expect(await publisher.evaluate(() => window.whip.stop())).toBe(200);
  await expect.poll(() => kinds(ours)).toEqual([]);
  await ours.context().close();
  await publisher.context().close();
});

test('a WHEP viewer that was there first sees who comes, and then who is next', async ({ browser }) => {
  const viewer = await whip.watch(browser, 'egress');
  const ours = await joinOurs(browser, 'egress');
  await ours.evaluate(() => window.sdk.publish());
  await expectViewerPerceives(viewer);

  const publisher = await whip.publish(browser, 'egress');
  await ours.evaluate(() => window.sdk.leave());
  await expectViewerPerceives(viewer);

  expect(await viewer.evaluate(() => window.whip.stop())).toBe(200);
  expect(await publisher.evaluate(() => window.whip.stop())).toBe(200);
  for (const page of [viewer, ours, publisher]) await page.context().close();
});

test('a viewer gets its key frame although the requests for it were lost', async ({ browser }) => {
  const ours = await pages.open(browser, 'sdk');
  const route = await MediaRoute.of(ours);
  const joining = { url: server.url, room: 'bad-network', peerId: 'ours' };
  await ours.evaluate((given) => window.sdk.join(given.url, given), joining);
  await ours.evaluate(() => window.sdk.publish());
  const requests = route.loseKeyFrameRequests();
  const viewer = await whip.watch(browser, 'bad-network');
  // The worker asks once more, and then no more; if the encoder makes one unasked there is nothing to wait for.
  const frames = async () => (await viewer.evaluate(() => window.perceive())).frames;
  await expect.poll(async () => requests.lost() >= 2 || (await frames()) > 0).toBe(true);
  requests.end();
  await expectViewerPerceives(viewer);
  for (const page of [viewer, ours]) await page.context().close();
  route.close();
});

test('both sides of an ICE restart go on, and late candidates are taken', async ({ browser }) => {
  const publisher = await whip.publish(browser, 'restart');
  const viewer = await whip.watch(browser, 'restart');
  await expectViewerPerceives(viewer);
  for (const page of [publisher, viewer]) {
    const before = await page.evaluate(() => window.whip.etag);
    expect(await page.evaluate(() => window.whip.trickle())).toBe(204);
    expect(await page.evaluate(() => window.whip.restartIce())).toBe(200);
    expect(await page.evaluate(() => window.whip.etag)).not.toBe(before);
    expect(await page.evaluate((etag) => window.whip.trickle(etag), before)).toBe(412);
    expect(await page.evaluate(() => window.whip.trickle())).toBe(204);
  }
  await expectViewerPerceives(viewer);
  const state = (page: Page) => page.evaluate(() => window.whip.connection.connectionState);
  await expect.poll(() => state(publisher)).toBe('connected');
  for (const page of [publisher, viewer]) await page.context().close();
});

for (const codec of ['vp8', 'h264'] as const) {
  test(`GStreamer publishes ${codec.toUpperCase()} by WHIP and is seen and heard`, async ({ browser }) => {
    const room = `gstreamer-${codec}`;
    const ours = await joinOurs(browser, room);
    const encoder = startEncoder(`${server.url}/whip/${room}`, codec);
    await encoder.said('answered 201');
    await encoder.said('connected');
    await expect.poll(() => kinds(ours)).toEqual(['whip audio', 'whip video']);
    await expectToHearAndSee(ours);
    const viewer = await whip.watch(browser, room);
    await expectViewerPerceives(viewer);

    expect(await encoder.stop()).toBe(0);
    await expect.poll(() => kinds(ours)).toEqual([]);
    for (const page of [ours, viewer]) await page.context().close();
  });
}

test('GStreamer watches by WHEP what a page publishes', async ({ browser }) => {
  const publisher = await whip.publish(browser, 'player');
  const player = startPlayer(`${server.url}/whep/player`);
  await player.said('answered 201');
  await player.said('connected');
  await player.said('frames 20');
  await player.said('loud 20');
  expect(await player.stop()).toBe(0);
  await publisher.context().close();
});
