import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import type { SdkJoin } from './pages/sdk.js';
import { launchFirefox } from './support/firefox.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectToHearAndSee, expectUdp } from './support/sdk.js';

/**
 * Our client in Chromium with our client in Firefox. Media listens on the machine's own address, as it does by default:
 * Firefox sends nothing to 127.0.0.1.
 */

let server: TestServer;
let pages: PageServer;
let firefox: Browser;
test.beforeAll(async () => {
  [server, pages, firefox] = await Promise.all([startServer(), servePages(), launchFirefox()]);
});
test.afterAll(async () => {
  await firefox.close();
  pages.close();
  expect(await server.stop()).toBe(0);
});

async function join(browser: Browser, joining: SdkJoin): Promise<Page> {
  const page = await pages.open(browser, 'sdk');
  const options = { url: server.url, ...joining };
  await page.evaluate(({ url, ...given }) => window.sdk.join(url, given), options);
  await page.evaluate(() => window.sdk.publish());
  return page;
}

const expectReceives = (page: Page, from: string[]) =>
  expect
    .poll(() => page.evaluate(() => window.sdk.receives()))
    .toEqual(from.flatMap((peerId) => [`${peerId} audio`, `${peerId} video`]));

/** Both see and hear each other, over `connections` each. */
async function expectCall(people: readonly (readonly [string, Page])[], connections: number): Promise<void> {
  for (const [peerId, page] of people) {
    await expectReceives(
      page,
      people.map(([other]) => other).filter((other) => other !== peerId),
    );
    await expectToHearAndSee(page);
    await expectUdp(page, connections);
  }
}

/** What may be lost arrives; the first ones perhaps by signalling, then from browser to browser. */
async function expectMessages(page: Page, { to, from }: { to: Page; from: string }): Promise<void> {
  const word = 'x'.repeat(10_000);
  const before = await to.evaluate(() => window.sdk.messageBytes());
  await expect
    .poll(async () => {
      await page.evaluate((payload) => window.sdk.say(payload), word);
      return (await to.evaluate(() => window.sdk.messageBytes())) - before;
    })
    .toBeGreaterThan(word.length);
  await expect.poll(() => to.evaluate(() => window.sdk.heard())).toContain(`${from} ${word}`);
}

test('Chromium and Firefox see and hear each other through the SFU', async ({ browser }) => {
  const alice = await join(browser, { room: 'sfu', peerId: 'alice', topology: 'sfu' });
  const bob = await join(firefox, { room: 'sfu', peerId: 'bob', topology: 'sfu' });
  // One to send, one to receive.
  await expectCall(
    [
      ['alice', alice],
      ['bob', bob],
    ],
    2,
  );
  await bob.evaluate(() => window.sdk.leave());
  await expectReceives(alice, []);
  await alice.context().close();
  await bob.context().close();
});

test('Chromium and Firefox see and hear each other directly, whichever of them offers', async ({
  browser,
}) => {
  // The smaller id opens the connection.
  const bob = await join(firefox, { room: 'p2p', peerId: 'bob', topology: 'p2p' });
  for (const peerId of ['alice', 'carol']) {
    const page = await join(browser, { room: 'p2p', peerId, topology: 'p2p' });
    await expectCall(
      [
        ['bob', bob],
        [peerId, page],
      ],
      1,
    );
    await page.evaluate(() => window.sdk.publishTone());
    // Each page measures. Firefox measures itself by what needs a sound card: it may not know that it speaks too.
    const speakers = (of: Page) => of.evaluate(() => window.sdk.speakers());
    await expect.poll(async () => (await speakers(page)).sort()).toEqual([peerId, 'bob'].sort());
    await expect.poll(() => speakers(bob)).toContain(peerId);
    await expectMessages(page, { to: bob, from: peerId });
    await expectMessages(bob, { to: page, from: 'bob' });
    await page.evaluate(() => window.sdk.leave());
    await expectReceives(bob, []);
    await page.context().close();
  }
  await bob.context().close();
});
