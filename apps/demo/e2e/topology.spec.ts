import { expect, test, type Locator, type Page } from '@playwright/test';
import { startServer } from '../../../tools/testing/startServer.js';
import { closePages, joinDemo, tiles } from './support/demo.js';
import { expectVideos } from './support/media.js';

const way = (page: Page): Locator => page.getByTestId('way');

test('the page says how pictures and sound travel, and how that changes with the third person', async ({
  browser,
}) => {
  const server = await startServer();
  const guest = { url: server.url, room: 'ways', topology: 'auto' };
  const ann = await joinDemo(browser, { ...guest, name: 'Ann' });
  const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  for (const page of [ann, bob]) await expect(way(page)).toHaveText('Direct');

  const carol = await joinDemo(browser, { ...guest, name: 'Carol' });
  for (const page of [ann, bob, carol]) {
    await expect(way(page)).toHaveText('Through the server');
    await expect(tiles(page)).toHaveCount(3);
  }
  await Promise.all([expectVideos(ann, 2), expectVideos(bob, 2), expectVideos(carol, 2)]);
  await closePages(ann, bob, carol);
  await server.stop();
});
