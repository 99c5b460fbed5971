import { createToken } from '@parlor/sdk-server';
import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { servePages, type PageServer } from './support/pages.js';
import { openRestPage } from './support/rtcRestPage.js';
import { countReceptions, expectReceptions } from './support/receptions.js';

/** One room, at once: a client of every dialect. Each sees and hears each that publishes, and hears when one leaves. */

const SECRET = 'a secret for the pages of this test, long enough';
const ROOM = 'chat:7';
const SMALL = { audio: true, video: { width: 320, height: 180, frameRate: 10 } };

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(['--dev'], { PARLOR_JWT_SECRET: SECRET }), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const tokenFor = (name: string) => createToken({ sub: name, name }, SECRET);

async function open(browser: Browser, name: string): Promise<Page> {
  const page = await pages.open(browser, name);
  await countReceptions(page);
  return page;
}

async function native(browser: Browser): Promise<Page> {
  const page = await open(browser, 'sdk');
  await page.evaluate((given) => window.sdk.join(given.url, given), {
    url: server.url,
    room: ROOM,
    peerId: 'native',
  });
  await page.evaluate(() => window.sdk.publish());
  return page;
}

async function protoo(browser: Browser): Promise<Page> {
  const page = await open(browser, 'foreign');
  await page.evaluate((given) => window.createClient(given).join(), {
    server: server.url,
    roomId: ROOM,
    peerId: 'protoo',
  });
  await page.evaluate((given) => window.client.publish(given), SMALL);
  return page;
}

async function rest(browser: Browser): Promise<Page> {
  const page = await openRestPage(browser, server.url, await tokenFor('rest'));
  await countReceptions(page);
  await page.evaluate((room) => window.rest.join(room), ROOM);
  await page.evaluate((given) => window.rest.publish(given), SMALL);
  return page;
}

async function sdp(browser: Browser): Promise<Page> {
  const page = await open(browser, 'sdpWs');
  const url = `${server.url.replace('http', 'ws')}/api/v1/chat/7/call?token=${await tokenFor('sdp')}`;
  await page.evaluate((given) => window.createCall(given).join(), {
    url,
    roomId: 7,
    sessionId: 'sdp',
    name: 'sdp',
  });
  await page.evaluate(() => window.call.publish());
  return page;
}

async function whip(browser: Browser): Promise<Page> {
  const page = await open(browser, 'whip');
  const options = { url: `${server.url}/whip/${ROOM}?name=whip`, token: await tokenFor('whip') };
  const status = await page.evaluate(
    (given) => window.publishByWhip(given, { width: 320, height: 180 }),
    options,
  );
  expect(status).toBe(201);
  return page;
}

async function whep(browser: Browser): Promise<Page> {
  const page = await open(browser, 'whip');
  const options = { url: `${server.url}/whep/${ROOM}`, token: await tokenFor('whep') };
  expect(await page.evaluate((given) => window.watchByWhep(given), options)).toBe(201);
  return page;
}

/** Calls whoever it finds under this name, as a page made for calls between browsers. */
async function caller(browser: Browser, callee: string): Promise<Page> {
  const page = await open(browser, 'peerSignal');
  await page.evaluate(
    (given) => {
      window.createCaller(given.url, { roomName: given.room, pseudo: 'caller' });
    },
    { url: server.url, room: ROOM },
  );
  await expect.poll(() => page.evaluate(() => window.caller.names)).toContain(callee);
  await page.evaluate((given) => window.caller.call(given.callee, given.media), { callee, media: SMALL });
  await expect.poll(() => page.evaluate(() => window.caller.phase)).toBe('connected');
  return page;
}

test('clients of all dialects see and hear each other in one room', async ({ browser }) => {
  const publishers = {
    native: await native(browser),
    protoo: await protoo(browser),
    rest: await rest(browser),
    sdp: await sdp(browser),
    whip: await whip(browser),
  };
  const viewer = await whep(browser);
  const { whip: encoder, ...two } = publishers;
  // Everybody but the encoder, which only sends, receives the four others.
  for (const [name, page] of Object.entries(two)) await expectReceptions(page, { name, count: 4 });
  await expectReceptions(viewer, { name: 'whep', count: 1 });

  // A page that calls one of them is there for all.
  const calling = await caller(browser, 'native');
  await expectReceptions(calling, { name: 'caller', count: 1 });
  for (const [name, page] of Object.entries(two)) await expectReceptions(page, { name, count: 5 });

  // Whoever leaves is missed by each.
  await encoder.evaluate(() => window.whip.stop());
  await calling.evaluate(() => {
    window.caller.hangUp();
  });
  for (const [name, page] of Object.entries(two)) await expectReceptions(page, { name, count: 3 });
  await publishers.rest.evaluate(() => window.rest.leave());
  await expect.poll(() => publishers.native.evaluate(() => window.sdk.receives())).toHaveLength(4);
  await expect
    .poll(() =>
      publishers.sdp.evaluate(() => window.call.types().filter((type) => type === 'participantLeft').length),
    )
    .toBeGreaterThanOrEqual(2);
  for (const page of [...Object.values(publishers), viewer, calling]) await page.context().close();
});
