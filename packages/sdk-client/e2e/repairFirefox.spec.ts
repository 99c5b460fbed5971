import type { Browser, Page } from '@playwright/test';
import { launchFirefox } from '../../../tools/testing/launchFirefox.js';
import { expectDecodes, expectSound } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { CUTS, MediaRoute } from './support/mediaRoute.js';
import { PairRoute } from './support/PairRoute.js';
import { repairsOf } from './support/repairs.js';

/**
 * Firefox does not count connectivity checks: that media is cut off is found out with the server's help, and from browser
 * to browser by the reports of the other end.
 */

let firefox: Browser;
test.beforeAll(async () => {
  firefox = await launchFirefox();
});
test.afterAll(async () => {
  await firefox.close();
});

interface Two {
  readonly alice: Page;
  readonly bob: Page;
}

/** They see and hear each other. */
async function expectTalk({ alice, bob }: Two): Promise<void> {
  for (const expectMoves of [expectDecodes, expectSound])
    await Promise.all([expectMoves(alice, { from: 'bob' }), expectMoves(bob, { from: 'alice' })]);
}

/** Both send their camera and microphone, and hold on to all objects. */
async function startTalk({ alice, bob }: Two): Promise<void> {
  for (const page of [alice, bob])
    await page.evaluate(async () => {
      await window.call.room.localParticipant.setMicrophoneEnabled(true);
      await window.call.room.localParticipant.setCameraEnabled(true);
    });
  await expectTalk({ alice, bob });
  for (const page of [alice, bob])
    await page.evaluate(() => {
      window.call.keep();
    });
}

async function expectKept(pages: readonly Page[]): Promise<void> {
  for (const page of pages)
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
}

for (const way of CUTS) {
  const { direction, cut } = way;
  test(`a way to ${direction} that is cut (${cut}) is noticed, and comes back by an ICE restart`, async ({
    open,
    join,
    server,
    roomId,
  }) => {
    const alice = await join('alice');
    const bob = await open('bob', { browser: firefox });
    const route = await MediaRoute.of(bob);
    const repairs = await repairsOf(bob);
    await bob.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
    await startTalk({ alice, bob });
    const relay = route.cut(way);
    // Not `disconnected`, for which Firefox takes ten seconds.
    await expect.poll(repairs, { intervals: [100] }).toEqual([`${direction} iceRestart stalled`]);
    relay.cut(false);
    await expect
      .poll(repairs, { intervals: [100] })
      .toEqual([`${direction} iceRestart stalled`, `${direction} recovered stalled`]);
    await expectTalk({ alice, bob });
    await expectKept([alice, bob]);
    route.close();
  });
}

test.describe('from browser to browser', () => {
  test.use({ topology: 'p2p' });

  test('a pair that is cut is noticed, and comes back by an ICE restart', async ({
    open,
    server,
    roomId,
  }) => {
    const alice = await open('alice', { browser: firefox });
    const bob = await open('bob', { browser: firefox });
    const route = new PairRoute();
    for (const page of [alice, bob]) {
      await route.lead(page);
      await page.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
    }
    await startTalk({ alice, bob });
    const repairs = await repairsOf(alice);
    route.cut();
    await expect.poll(async () => (await repairs())[0]).toBe('both iceRestart stalled');
    route.cut(false);
    await expect.poll(async () => (await repairs()).at(-1)).toMatch(/^both recovered/);
    await expectTalk({ alice, bob });
    await expectKept([alice, bob]);
    route.close();
  });
});
