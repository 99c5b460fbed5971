import type { Browser, Page } from '@playwright/test';
import { launchFirefox } from '../../../tools/testing/launchFirefox.js';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { MediaRoute } from './support/mediaRoute.js';
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

const expectSeeEachOther = ({ alice, bob }: { alice: Page; bob: Page }) =>
  Promise.all([expectDecodes(alice, { from: 'bob' }), expectDecodes(bob, { from: 'alice' })]);

async function publish(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await window.call.room.localParticipant.setMicrophoneEnabled(true);
    await window.call.room.localParticipant.setCameraEnabled(true);
  });
}

for (const { direction, cut } of [
  { direction: 'recv', cut: 'down' },
  { direction: 'recv', cut: 'both' },
  { direction: 'send', cut: 'up' },
  { direction: 'send', cut: 'both' },
] as const) {
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
    for (const page of [alice, bob]) await publish(page);
    await expectSeeEachOther({ alice, bob });
    await bob.evaluate(() => {
      window.call.keep();
    });
    const [relay] = route[direction];
    if (!relay) throw new Error('no relay');
    if (cut !== 'down') relay.upCut = true;
    if (cut !== 'up') relay.downCut = true;
    // Not `disconnected`, for which Firefox takes ten seconds.
    await expect.poll(repairs, { intervals: [100] }).toEqual([`${direction} iceRestart stalled`]);
    relay.cut(false);
    await expect
      .poll(repairs, { intervals: [100] })
      .toEqual([`${direction} iceRestart stalled`, `${direction} recovered stalled`]);
    await expectSeeEachOther({ alice, bob });
    expect(await bob.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
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
      await publish(page);
    }
    await expectSeeEachOther({ alice, bob });
    const repairs = await repairsOf(alice);
    for (const page of [alice, bob])
      await page.evaluate(() => {
        window.call.keep();
      });
    route.cut();
    await expect.poll(async () => (await repairs())[0]).toBe('both iceRestart stalled');
    route.cut(false);
    await expect.poll(async () => (await repairs()).at(-1)).toMatch(/^both recovered/);
    await expectSeeEachOther({ alice, bob });
    for (const page of [alice, bob])
      expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
    route.close();
  });
});
