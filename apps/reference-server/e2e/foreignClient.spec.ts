import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectMediaFlows, statOf } from './support/stats.js';

/** `protoo-client` and `mediasoup-client` from npm and the source document: enough for a call. */

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const CAMERA = { audio: true, video: { width: 320, height: 180, frameRate: 15 } };

test('two clients that know only the source document hold a call', async ({ browser }) => {
  const options = { server: server.url, roomId: 'foreign' };
  const alice = await pages.joinForeign(browser, { ...options, peerId: 'alice' });
  await alice.evaluate((constraints) => window.client.publish(constraints), CAMERA);
  // One comes late and finds what is there, the other one hears of what is new.
  const bob = await pages.joinForeign(browser, { ...options, peerId: 'bob', capabilities: 'answer' });
  await bob.evaluate((constraints) => window.client.publish(constraints), CAMERA);

  for (const page of [alice, bob]) {
    await expect.poll(() => page.evaluate(() => window.client.receives)).toEqual(['audio', 'video']);
    await expectMediaFlows(page);
    for (const direction of ['send', 'recv'] as const) {
      const local = await statOf(page, direction, {
        type: 'local-candidate',
        id: await selectedLocal(page, direction),
      });
      expect(local?.['protocol']).toBe('udp');
    }
  }

  const closed = await alice.evaluate(() => window.client.closeProducer('video'));
  await expect
    .poll(() =>
      bob.evaluate(() =>
        window.client.notifications
          .filter(({ method }) => method === 'producerClosed')
          .map(({ data }) => data['producerId']),
      ),
    )
    .toEqual([closed]);
  await expect.poll(() => bob.evaluate(() => window.client.receives)).toEqual(['audio']);
  await expectMediaFlows(alice);

  await bob.evaluate(() => {
    window.client.close();
  });
  await expect.poll(() => alice.evaluate(() => window.client.receives)).toEqual([]);
  const left = await alice.evaluate(
    () => window.client.notifications.find(({ method }) => method === 'peerLeft')?.data,
  );
  expect(left).toMatchObject({ peerId: 'bob', reason: 'disconnected' });
  await alice.context().close();
  await bob.context().close();
});

async function selectedLocal(
  page: Parameters<typeof statOf>[0],
  direction: 'send' | 'recv',
): Promise<string> {
  const transport = await statOf(page, direction, { type: 'transport' });
  const pair = await statOf(page, direction, { id: String(transport?.['selectedCandidatePairId']) });
  return String(pair?.['localCandidateId']);
}
