import type { Browser, Page } from '@playwright/test';
import { launchFirefox } from '../../../tools/testing/launchFirefox.js';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { MediaRoute } from './support/mediaRoute.js';
import { repairsOf } from './support/repairs.js';

/** Firefox does not count connectivity checks: that media is cut off is found out with the server's help. */

let firefox: Browser;
test.beforeAll(async () => {
  firefox = await launchFirefox();
});
test.afterAll(async () => {
  await firefox.close();
});

const expectSeeEachOther = ({ alice, bob }: { alice: Page; bob: Page }) =>
  Promise.all([expectDecodes(alice, { from: 'bob' }), expectDecodes(bob, { from: 'alice' })]);

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
    for (const page of [alice, bob])
      await page.evaluate(async () => {
        await window.call.room.localParticipant.setMicrophoneEnabled(true);
        await window.call.room.localParticipant.setCameraEnabled(true);
      });
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
