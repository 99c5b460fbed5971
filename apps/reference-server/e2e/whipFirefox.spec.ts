import { expect, test, type Browser } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { launchFirefox } from './support/firefox.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectViewerPerceives, whipPages, type WhipPages } from './support/whip.js';

/** Firefox has payload types of its own, and no other browser's do for it. */

let server: TestServer;
let pages: PageServer;
let whip: WhipPages;
let firefox: Browser;
test.beforeAll(async () => {
  [server, pages, firefox] = await Promise.all([startServer(), servePages(), launchFirefox()]);
  whip = whipPages(server, pages);
});
test.afterAll(async () => {
  await firefox.close();
  pages.close();
  expect(await server.stop()).toBe(0);
});

test('viewers in Firefox and in Chromium see who publishes in the other, one after the other', async ({
  browser,
}) => {
  const viewers = [await whip.watch(firefox, 'firefox'), await whip.watch(browser, 'firefox')];
  const first = await whip.publish(browser, 'firefox');
  for (const viewer of viewers) await expectViewerPerceives(viewer);
  const second = await whip.publish(firefox, 'firefox');
  expect(await first.evaluate(() => window.whip.stop())).toBe(200);
  for (const viewer of viewers) await expectViewerPerceives(viewer);
  for (const page of [...viewers, first, second]) await page.context().close();
});
