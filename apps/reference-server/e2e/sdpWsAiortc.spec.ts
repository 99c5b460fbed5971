import { test, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { startAiortc, type AiortcClient, type AiortcOptions } from './support/aiortc.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectToHearAndSee } from './support/sdk.js';
import {
  expectCallMedia,
  expectNoErrors,
  receivedBy,
  SDP_CALL_SECRET,
  sdpCalls,
  type SdpCalls,
} from './support/sdpCalls.js';

/** aiortc in calls over plain SDP: a script in Python, with a WebRTC stack that no browser has. */

let server: TestServer;
let pages: PageServer;
let calls: SdpCalls;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([
    startServer(['--dev'], { PARLOR_JWT_SECRET: SDP_CALL_SECRET }),
    servePages(),
  ]);
  calls = sdpCalls(server, pages);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const close = (...all: Page[]) => Promise.all(all.map((page) => page.context().close()));

const start = async (options: Omit<AiortcOptions, 'url'>) =>
  startAiortc({ url: await calls.address(options.sessionId, options.chat), ...options });

/** It ended by itself, and the server had found fault with nothing. */
async function expectGoodEnd(client: AiortcClient): Promise<void> {
  expect(client.messages('error')).toEqual([]);
  expect(await client.stop()).toBe(0);
}

test('aiortc, Chromium and a client of ours in one call, which aiortc leaves', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 1 });
  const python = await start({ chat: 1, sessionId: 'python', role: 'publish' });
  await expectCallMedia(alice, ['python']);
  await python.expectMedia(['alice']);

  const ours = await pages.open(browser, 'sdk');
  await ours.evaluate((url) => window.sdk.join(url, { room: 'chat:1', peerId: 'ours' }), server.url);
  await ours.evaluate(() => window.sdk.publish());
  await python.expectMedia(['alice', 'ours']);
  expect(python.received()['ours']?.width).toBe(320);
  await expectCallMedia(alice, ['ours', 'python']);

  await alice.evaluate(() => {
    window.call.leave();
  });
  await expect.poll(() => python.messages('participantLeft')).toMatchObject([{ participantId: 'alice' }]);
  await expect
    .poll(() => ours.evaluate(() => window.sdk.receives()))
    .toEqual(['python audio', 'python video']);
  await expectToHearAndSee(ours);
  await python.expectMedia(['ours']);
  expect(python.messages('connection').at(-1)).toMatchObject({ state: 'connected' });

  await expectGoodEnd(python);
  await expect.poll(() => ours.evaluate(() => window.sdk.receives())).toEqual([]);
  await expectNoErrors(alice);
  await close(alice, ours);
});

test('aiortc waits for the server’s offer, and sees who comes in the place of another', async ({
  browser,
}) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 2 });
  const python = await start({ chat: 2, sessionId: 'python', role: 'wait' });
  await expectCallMedia(alice, ['python']);
  await python.expectMedia(['alice']);

  await alice.evaluate(() => {
    window.call.leave();
  });
  await expect.poll(() => python.messages('participantLeft')).toMatchObject([{ participantId: 'alice' }]);
  const bob = await calls.publisher(browser, 'bob', { chat: 2 });
  await python.expectMedia(['bob']);
  await expectCallMedia(bob, ['python']);
  await expectGoodEnd(python);
  await expectNoErrors(alice, bob);
  await close(alice, bob);
});

test('aiortc with H.264 and PCMA alone is received, and is told what it cannot play', async ({ browser }) => {
  const sender = await start({
    chat: 3,
    sessionId: 'sender',
    role: 'publish',
    codecs: ['audio/PCMA', 'video/H264', 'video/rtx'],
  });
  const alice = await calls.publisher(browser, 'alice', { chat: 3 });
  await expectCallMedia(alice, ['sender']);
  expect((await receivedBy(alice))['sender']?.codecs).toEqual(['audio/PCMA', 'video/H264']);
  const viewer = await start({ chat: 3, sessionId: 'viewer', role: 'watch' });
  await viewer.expectMedia(['alice', 'sender']);
  const track = (kind: string) => ({ code: 'CANNOT_CONSUME', track: { participantId: 'alice', kind } });
  await expect.poll(() => sender.messages('error')).toMatchObject([track('audio'), track('video')]);
  await expectGoodEnd(viewer);
  expect(await sender.stop()).toBe(0);
  await expect.poll(() => receivedBy(alice)).toEqual({});
  await expectNoErrors(alice);
  await close(alice);
});
