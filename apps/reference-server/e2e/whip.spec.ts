import { expect, test, type Browser, type Page } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { startEncoder } from './support/encoder.js';
import { servePages, type PageServer } from './support/pages.js';

/** Clients of WHIP and WHEP that know nothing of Parlor, with one of ours in the room. */

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
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

async function publishByWhip(
  browser: Browser,
  room: string,
  { rids, ...capture }: { width: number; height: number; rids?: string[] } = { width: 320, height: 180 },
): Promise<Page> {
  const page = await pages.open(browser, 'whip');
  const options = { url: `${server.url}/whip/${room}`, ...(rids && { rids }) };
  const status = await page.evaluate((given) => window.publishByWhip(given.options, given.capture), {
    options,
    capture,
  });
  expect(status).toBe(201);
  return page;
}

async function watchByWhep(browser: Browser, room: string): Promise<Page> {
  const page = await pages.open(browser, 'whip');
  const status = await page.evaluate((url) => window.watchByWhep({ url }), `${server.url}/whep/${room}`);
  expect(status).toBe(201);
  return page;
}

const received = (page: Page, kind: string, key: 'frames' | 'totalAudioEnergy' | 'frameWidth') =>
  page.evaluate(async (given) => (await window.sdk.received(given.kind))?.[given.key] ?? 0, { kind, key });

/** Frames are decoded and sound is heard at our client. */
async function expectOursPerceives(page: Page): Promise<void> {
  for (const [kind, key] of [
    ['video', 'frames'],
    ['audio', 'totalAudioEnergy'],
  ] as const) {
    const before = await received(page, kind, key);
    await expect.poll(() => received(page, kind, key), { message: key }).toBeGreaterThan(before);
  }
}

/** Frames are painted and sound is played at a viewer. */
async function expectViewerPerceives(page: Page): Promise<void> {
  const before = await page.evaluate(() => window.perceive().frames);
  await expect
    .poll(() => page.evaluate(() => window.perceive().frames), { message: 'frames painted' })
    .toBeGreaterThan(before + 5);
  await expect
    .poll(() => page.evaluate(() => window.perceive().level), { message: 'loudness', intervals: [50] })
    .toBeGreaterThan(0.01);
}

/** `<dialect> <kind>` of what our client receives; ids of WHIP publishers begin with it. */
const kinds = (page: Page) =>
  page.evaluate(() => window.sdk.receives().map((track) => track.replace(/^(whip)-\S+/, '$1')));

test('a page that publishes by WHIP is seen and heard, in the layers that it sends', async ({ browser }) => {
  const ours = await joinOurs(browser, 'ingest');
  const publisher = await publishByWhip(browser, 'ingest', {
    width: 640,
    height: 360,
    rids: ['low', 'high'],
  });
  await expect.poll(() => kinds(ours)).toEqual(['whip audio', 'whip video']);
  await expectOursPerceives(ours);
  const encodedBy = (rid: string) =>
    publisher.evaluate(async (wanted) => {
      let frames = 0;
      (await window.whip.connection.getStats()).forEach((stat: Record<string, unknown>) => {
        if (stat['type'] === 'outbound-rtp' && stat['rid'] === wanted) frames = Number(stat['framesEncoded']);
      });
      return frames;
    }, rid);
  for (const rid of ['low', 'high']) await expect.poll(() => encodedBy(rid)).toBeGreaterThan(0);
  await expect.poll(() => received(ours, 'video', 'frameWidth')).toBe(640);

  expect(await publisher.evaluate(() => window.whip.stop())).toBe(200);
  await expect.poll(() => kinds(ours)).toEqual([]);
  await ours.context().close();
  await publisher.context().close();
});

test('a WHEP viewer that was there first sees who comes, and then who is next', async ({ browser }) => {
  const viewer = await watchByWhep(browser, 'egress');
  const ours = await joinOurs(browser, 'egress');
  await ours.evaluate(() => window.sdk.publish());
  await expectViewerPerceives(viewer);

  const publisher = await publishByWhip(browser, 'egress');
  await ours.evaluate(() => window.sdk.leave());
  await expectViewerPerceives(viewer);

  expect(await viewer.evaluate(() => window.whip.stop())).toBe(200);
  expect(await publisher.evaluate(() => window.whip.stop())).toBe(200);
  for (const page of [viewer, ours, publisher]) await page.context().close();
});

test('both sides of an ICE restart go on, and late candidates are taken', async ({ browser }) => {
  const publisher = await publishByWhip(browser, 'restart');
  const viewer = await watchByWhep(browser, 'restart');
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
    await expectOursPerceives(ours);
    const viewer = await watchByWhep(browser, room);
    await expectViewerPerceives(viewer);

    expect(await encoder.stop()).toBe(0);
    await expect.poll(() => kinds(ours)).toEqual([]);
    for (const page of [ours, viewer]) await page.context().close();
  });
}
