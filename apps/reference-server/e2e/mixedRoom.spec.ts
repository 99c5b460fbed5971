import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectToHearAndSee } from './support/sdk.js';
import { expectMediaFlows } from './support/stats.js';

/** A client of ours and one that has only the source document, in one room. */

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

test('a foreign client and one of ours see and hear each other', async ({ browser }) => {
  const room = 'mixed';
  const foreign = await pages.joinForeign(browser, { server: server.url, roomId: room, peerId: 'foreign' });
  await foreign.evaluate(() => window.client.publish({ audio: true, video: { width: 320, height: 180 } }));

  const ours = await pages.open(browser, 'sdk');
  await ours.evaluate((given) => window.sdk.join(given.url, { room: given.room, peerId: 'ours' }), {
    url: server.url,
    room,
  });
  await ours.evaluate(() => window.sdk.publish());

  await expect
    .poll(() => ours.evaluate(() => window.sdk.receives()))
    .toEqual(['foreign audio', 'foreign video']);
  await expect.poll(() => foreign.evaluate(() => window.client.receives)).toEqual(['audio', 'video']);
  await expectToHearAndSee(ours);
  await expectMediaFlows(foreign);

  await foreign.evaluate(() => window.client.closeProducer('video'));
  await expect.poll(() => ours.evaluate(() => window.sdk.receives())).toEqual(['foreign audio']);
  await ours.evaluate(() => window.sdk.leave());
  await expect.poll(() => foreign.evaluate(() => window.client.receives)).toEqual([]);
  const left = await foreign.evaluate(
    () => window.client.notifications.find(({ method }) => method === 'peerLeft')?.data,
  );
  expect(left).toMatchObject({ peerId: 'ours', reason: 'left' });
  await foreign.context().close();
  await ours.context().close();
});
