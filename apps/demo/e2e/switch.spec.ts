import { test, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { button, closePages, joinDemo, tile, tiles } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** Connections that are open: P2P takes one for each of the others, the server one for each direction. */
const expectConnections = async (page: Page, count: number): Promise<void> => {
  const open = () =>
    page.evaluate(
      () => window.probe.connections.filter(({ connectionState }) => connectionState === 'connected').length,
    );
  await expect.poll(open).toBe(count);
};

const expectWay = async (page: Page, text: string): Promise<void> => {
  await expect(page.getByTestId('way')).toHaveText(text);
};

/** How many frames the element that somebody was shown in at first has presented; -1 when it is not on the page any more. */
const framesOf = (page: Page, caption: string): Promise<number> =>
  tile(page, caption)
    .locator('video')
    .evaluate((element) => {
      const video = element as HTMLVideoElement & { shown?: number };
      const count = () => {
        video.shown = (video.shown ?? 0) + 1;
        video.requestVideoFrameCallback(count);
      };
      if (video.shown === undefined) {
        video.shown = 0;
        video.requestVideoFrameCallback(count);
        Object.assign(window, { watched: video });
      }
      return (window as { watched?: unknown }).watched === video ? video.shown : -1;
    });

const expectFrames = async (page: Page, caption: string): Promise<void> => {
  const before = await framesOf(page, caption);
  expect(before).toBeGreaterThanOrEqual(0);
  await expect.poll(() => framesOf(page, caption)).toBeGreaterThan(before + 5);
};

test('a call of two goes on in the same elements while a third brings the server in and takes it along', async ({
  browser,
}) => {
  const enter = (name: string) =>
    joinDemo(browser, { url: server.url, room: 'changing', name, topology: 'auto' });
  const [ann, bob] = [await enter('Ann'), await enter('Bob')];
  await Promise.all([expectConnections(ann, 1), expectConnections(bob, 1)]);
  await Promise.all([expectWay(ann, 'Direct'), expectWay(bob, 'Direct')]);
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await Promise.all([expectFrames(ann, 'Bob'), expectFrames(bob, 'Ann')]);

  const cid = await enter('Cid');
  for (const page of [ann, bob, cid]) {
    await expectConnections(page, 2);
    await expectWay(page, 'Through the server');
    await expect(tiles(page)).toHaveCount(3);
    await expectVideos(page, 2);
    await expectSounds(page, 2);
  }
  await Promise.all([expectFrames(ann, 'Bob'), expectFrames(bob, 'Ann')]);

  await button(cid, 'Leave call').click();
  await Promise.all([expectConnections(ann, 1), expectConnections(bob, 1)]);
  await Promise.all([expectWay(ann, 'Direct'), expectWay(bob, 'Direct')]);
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  await Promise.all([expectFrames(ann, 'Bob'), expectFrames(bob, 'Ann')]);
  await closePages(ann, bob, cid);
});
