import { expect, test, type Browser, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import type * as sdk from '@parlor/sdk-client';
import { bundlePage } from '../../../tools/testing/bundlePage.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { closePages } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';
import { inbound, installProbe } from './support/probe.js';

declare global {
  interface Window {
    sdk: typeof sdk;
    room: sdk.RoomLike;
  }
}

let server: TestServer;
let bundle: string;
test.beforeAll(async () => {
  server = await startServer();
  bundle = await bundlePage(fileURLToPath(new URL('support/barePage.ts', import.meta.url)), 'sdk');
});
test.afterAll(() => server.stop());

/** A page that has nothing but the SDK, in the room with camera and microphone, playing what it receives. */
const joinBare = async (browser: Browser, room: string): Promise<Page> => {
  const context = await browser.newContext();
  await installProbe(context);
  const page = await context.newPage();
  await page.goto(`${server.url}/health`);
  await page.addScriptTag({ content: bundle });
  await page.evaluate(
    async ({ url, name }) => {
      const room = new window.sdk.Room();
      window.room = room;
      room.on('trackSubscribed', (track) => document.body.append(track.attach()));
      room.on('trackUnsubscribed', (track) => {
        for (const element of track.detach()) element.remove();
      });
      await room.localParticipant.enableCameraAndMicrophone();
      await room.connect(url, undefined, { room: name });
    },
    { url: `${server.url}/ws`, name: room },
  );
  return page;
};

test('two, then four bare pages hold a call', async ({ browser }) => {
  const pages = [await joinBare(browser, 'bare'), await joinBare(browser, 'bare')];
  for (const page of pages) {
    await expectVideos(page, 1);
    await expectSounds(page, 1);
  }
  pages.push(await joinBare(browser, 'bare'), await joinBare(browser, 'bare'));
  for (const page of pages) {
    await expectVideos(page, 3);
    await expectSounds(page, 3);
  }
  await pages[3]!.evaluate(() => window.room.disconnect());
  for (const page of pages.slice(0, 3)) {
    await expect(page.locator('video')).toHaveCount(2);
    await expectVideos(page, 2);
  }
  await closePages(...pages);
});

test('simulcast layers switch as asked', async ({ browser }) => {
  test.slow();
  const [ann, bob] = [await joinBare(browser, 'layers'), await joinBare(browser, 'layers')];
  const width = async () => (await inbound(bob)).find(({ kind }) => kind === 'video')?.frameWidth;
  const prefer = (spatialLayer: number) =>
    bob.evaluate(async (layer) => {
      const [participant] = [...window.room.remoteParticipants.values()];
      await participant!.getTrackPublication('camera')!.setPreferredLayers({ spatialLayer: layer });
    }, spatialLayer);
  await expectVideos(bob, 1);
  const widths = { 0: 320, 1: 640, 2: 1280 } as const;
  for (const layer of [0, 2, 1, 0] as const) {
    await prefer(layer);
    await expect.poll(width, { message: `layer ${String(layer)}`, timeout: 30_000 }).toBe(widths[layer]);
    await expectVideos(bob, 1);
  }
  await closePages(ann, bob);
});
