import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { launchFirefox } from './support/firefox.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectToHearAndSee } from './support/sdk.js';
import {
  expectCallMedia,
  expectNoErrors,
  receivedBy,
  remoteUfrag,
  SDP_CALL_SECRET,
  sdpCalls,
  type SdpCalls,
} from './support/sdpCalls.js';

/** Firefox in calls over plain SDP: its payload types, header extensions and offers are not Chromium's. */

let server: TestServer;
let pages: PageServer;
let calls: SdpCalls;
let firefox: Browser;
test.beforeAll(async () => {
  [server, pages, firefox] = await Promise.all([
    startServer(['--dev'], { PARLOR_JWT_SECRET: SDP_CALL_SECRET }),
    servePages(),
    launchFirefox(),
  ]);
  calls = sdpCalls(server, pages);
});
test.afterAll(async () => {
  await firefox.close();
  pages.close();
  expect(await server.stop()).toBe(0);
});

const close = (...all: Page[]) => Promise.all(all.map((page) => page.context().close()));

test('Firefox, Chromium and a client of ours in one call, from which people go and to which they come', async ({
  browser,
}) => {
  const fox = await calls.publisher(firefox, 'fox', { chat: 1 });
  const alice = await calls.publisher(browser, 'alice', { chat: 1 });
  await expectCallMedia(fox, ['alice']);
  await expectCallMedia(alice, ['fox']);

  const ours = await pages.open(browser, 'sdk');
  await ours.evaluate((url) => window.sdk.join(url, { room: 'chat:1', peerId: 'ours' }), server.url);
  await ours.evaluate(() => window.sdk.publish());
  const plain = ['alice audio', 'alice video', 'fox audio', 'fox video'];
  await expect.poll(() => ours.evaluate(() => window.sdk.receives().sort())).toEqual(plain);
  await expectCallMedia(fox, ['alice', 'ours']);

  const viewer = await calls.open(firefox, 'viewer', { chat: 1 });
  await viewer.evaluate(() => {
    window.call.watch();
  });
  await expectCallMedia(viewer, ['alice', 'fox', 'ours']);

  const before = await remoteUfrag(fox);
  await fox.evaluate(() => {
    window.call.restartIce();
  });
  await expect.poll(() => remoteUfrag(fox)).not.toBe(before);
  await expectCallMedia(fox, ['alice', 'ours']);
  await expectCallMedia(alice, ['fox', 'ours']);

  const sections = () => fox.evaluate(() => window.call.pc.getTransceivers().length);
  const count = await sections();
  await alice.evaluate(() => {
    window.call.leave();
  });
  await expect.poll(async () => Object.keys(await receivedBy(fox))).toEqual(['ours']);
  await expect.poll(() => ours.evaluate(() => window.sdk.receives())).toEqual(['fox audio', 'fox video']);
  await expectToHearAndSee(ours);
  const late = await calls.publisher(browser, 'late', { chat: 1 });
  await expectCallMedia(late, ['fox', 'ours']);
  await expectCallMedia(fox, ['late', 'ours']);
  await expectCallMedia(viewer, ['fox', 'late', 'ours']);
  expect(await sections()).toBe(count);

  await expectNoErrors(fox, alice, viewer, late);
  await close(fox, alice, ours, viewer, late);
});

test('Firefox waits for the server’s offer, and takes its tracks away and back', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 2 });
  const fox = await pages.open(firefox, 'sdpWs');
  await fox.evaluate(
    async (url) => {
      const call = window.createCall({ url, sessionId: 'fox', roomId: 2 });
      await call.addTracks();
      await call.join();
    },
    await calls.address('fox', 2),
  );
  await expectCallMedia(fox, ['alice']);
  await expectCallMedia(alice, ['fox']);
  const first = await fox.evaluate(() =>
    window.call.types().find((type) => type === 'offer' || type === 'answer'),
  );
  expect(first).toBe('offer');

  await fox.evaluate(() => {
    window.call.unpublish('video');
  });
  await expect.poll(async () => (await receivedBy(alice))['fox']?.codecs).toEqual(['audio/opus']);
  await fox.evaluate(() => window.call.publish({ audio: false }));
  await expectCallMedia(alice, ['fox']);
  await expectCallMedia(fox, ['alice']);
  await expectNoErrors(alice, fox);
  await close(alice, fox);
});

for (const impolite of [false, true]) {
  test(`offers that cross, with ${impolite ? 'an impolite' : 'a polite'} Firefox`, async ({ browser }) => {
    const chat = impolite ? 4 : 3;
    const fox = await calls.publisher(firefox, 'fox', { chat, impolite });
    const alice = await calls.publisher(browser, 'alice', { chat });
    await expectCallMedia(fox, ['alice']);
    await fox.evaluate(() => {
      window.call.crossNextOffer();
      return window.call.publish({ audio: false });
    });
    await alice.evaluate(() => window.call.publish({ audio: false }));
    for (const [page, other] of [
      [fox, 'alice'],
      [alice, 'fox'],
    ] as const) {
      const seen = async () =>
        Object.entries(await receivedBy(page))
          .filter(([id, { frames }]) => id.startsWith(other) && frames > 0)
          .map(([id]) => id);
      await expect.poll(seen).toHaveLength(2);
    }
    await expectNoErrors(fox, alice);
    await close(fox, alice);
  });
}

test('data channels of Firefox and Chromium', async ({ browser }) => {
  const fox = await calls.open(firefox, 'fox', { chat: 'data' });
  const alice = await calls.open(browser, 'alice', { chat: 'data' });
  for (const page of [fox, alice]) await page.evaluate(() => window.call.openChannel('chat'));
  const heardBy = (page: Page) => page.evaluate(() => window.call.heard);
  for (const [from, to, id] of [
    [fox, alice, 'fox'],
    [alice, fox, 'alice'],
  ] as const) {
    await from.evaluate((text) => {
      window.call.say('chat', text);
    }, `hello of ${id}`);
    const said = JSON.stringify({ from: id, topic: 'chat', payload: `hello of ${id}` });
    await expect.poll(() => heardBy(to)).toEqual([['chat', said]]);
  }
  await expectNoErrors(fox, alice);
  await close(fox, alice);
});
