import { expect, test, type Page } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { button, closePages, joinDemo, tile, tiles } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('four people: who comes late sees all, who leaves takes their tile along', async ({ browser }) => {
  const names = ['Ann', 'Bob', 'Cid', 'Dee'];
  const pages: Page[] = [];
  for (const name of names) {
    pages.push(
      await joinDemo(
        browser,
        { url: server.url, room: 'four', name },
        { viewport: { width: 800, height: 600 } },
      ),
    );
  }
  for (const page of pages) await expect(tiles(page)).toHaveCount(4);
  for (const page of pages) {
    await expectVideos(page, 3);
    await expectSounds(page, 3);
  }
  await expect(pages[0]!.getByTestId('announcer')).toHaveText('Dee joined.');

  const [ann, bob, cid, dee] = pages as [Page, Page, Page, Page];
  await button(dee, 'Leave call').click();
  await expect(dee.getByRole('heading', { name: 'You left the call' })).toBeVisible();
  for (const page of [ann, bob, cid]) {
    await expect(tile(page, 'Dee')).toHaveCount(0);
    await expect(tiles(page)).toHaveCount(3);
    await expectVideos(page, 2);
  }
  await expect(ann.getByTestId('announcer')).toHaveText('Dee left.');

  await button(dee, 'Rejoin').click();
  await expect(tiles(dee)).toHaveCount(4);
  await expectVideos(dee, 3);
  await expect(tile(ann, 'Dee')).toHaveCount(1);

  // A closed window is gone too, though it said no goodbye.
  await dee.close({ runBeforeUnload: false });
  await expect(tile(ann, 'Dee')).toHaveCount(0);
  await closePages(...pages);
});
