import type { Page } from '@playwright/test';
import type { AttachOptions } from '../src/index.js';
import type { Rgb } from './pages/colours.js';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { repairsOf } from './support/repairs.js';

/** What is received of a picture follows the element that shows it. */

const GREEN: Rgb = [30, 180, 40];
/** Large enough for three layers. */
const SENT = { width: 960, height: 540 };

const sized = (width: number, height: number) =>
  `position: fixed; top: 0; left: 0; width: ${String(width)}px; height: ${String(height)}px`;
const SMALL = sized(240, 135);
const MIDDLE = sized(480, 270);
const LARGE = sized(960, 540);
const BELOW = `${MIDDLE}; top: 3000px`;

/** The top layer starts last: the sender finds out first what the path bears. */
const settled = { timeout: 40_000 };

const tile = (page: Page, style: string, options: AttachOptions = {}) =>
  page.evaluate(
    (given) => {
      window.call.tile('alice', given.style, given.options);
    },
    { style, options },
  );

const publish = (page: Page) =>
  page.evaluate((given) => window.call.publishColour(given.rgb, given.size), { rgb: GREEN, size: SENT });

async function expectWidth(page: Page, width: number): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.call.frameWidth('alice')), settled).toBe(width);
  await expectDecodes(page, { from: 'alice' });
}

/** It is the same from one look to the next. */
async function expectStill(count: () => Promise<number>): Promise<void> {
  let before = -1;
  const grown = async () => {
    const last = before;
    before = await count();
    return before - last;
  };
  await expect.poll(grown, { ...settled, intervals: [1000] }).toBe(0);
}

/** Not a frame comes any more. */
const expectRest = (page: Page) => expectStill(() => page.evaluate(() => window.call.frames('alice')));

/** Its publisher has heard that nobody watches. */
const expectUnsent = (page: Page) =>
  expectStill(async () => {
    const stats = await page.evaluate(() => window.call.stats());
    return stats
      .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
      .reduce((sum, { packetsSent }) => sum + Number(packetsSent), 0);
  });

test('the layer follows the size of the element, unless something else is said', async ({ join }) => {
  test.setTimeout(240_000);
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice);
  await expectDecodes(bob, { from: 'alice' });

  await tile(bob, LARGE);
  await expectWidth(bob, 960);
  await tile(bob, SMALL);
  await expectWidth(bob, 240);
  await tile(bob, MIDDLE);
  await expectWidth(bob, 480);
  await tile(bob, SMALL, { adaptive: false });
  await expectWidth(bob, 960);
  await tile(bob, SMALL);
  await expectWidth(bob, 240);
  await bob.evaluate(() => window.call.publication('alice', 'camera')?.setVideoQuality('high'));
  await expectWidth(bob, 960);
  await bob.evaluate(() => window.call.publication('alice', 'camera')?.setVideoQuality(undefined));
  await expectWidth(bob, 240);
  // No style gives it a size: it must not stay as small as its picture.
  await tile(bob, 'position: fixed; top: 0; left: 0');
  await tile(bob, LARGE);
  await expectWidth(bob, 960);
});

test('an element without a size of its own shows all there is', async ({ join }) => {
  test.setTimeout(120_000);
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice);
  await expectDecodes(bob, { from: 'alice' });
  await tile(bob, 'position: fixed; top: 0; left: 0');
  await expectWidth(bob, 960);
});

test('what cannot be seen is not received, and nothing is wrong with that', async ({ join }) => {
  test.setTimeout(180_000);
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice);
  await expectDecodes(bob, { from: 'alice' });
  const repairs = [await repairsOf(alice), await repairsOf(bob)];
  await tile(bob, MIDDLE);
  await expectWidth(bob, 480);

  for (const unseen of [`${MIDDLE}; display: none`, BELOW]) {
    await tile(bob, unseen);
    await expectRest(bob);
    // By then whoever takes it for a fault has said so.
    await expectUnsent(alice);
    await expectRest(bob);
    await tile(bob, MIDDLE);
    await expectDecodes(bob, { from: 'alice' });
  }
  for (const told of repairs) expect(await told()).toEqual([]);
  const own = () => alice.evaluate(() => window.call.room.localParticipant.connectionQuality);
  const theirs = () => bob.evaluate(() => window.call.participant('alice').connectionQuality);
  for (const quality of [own, theirs]) await expect.poll(quality, settled).not.toBe('lost');
});

test.describe('in a room that changes its way', () => {
  test.use({ topology: 'auto' });

  test('what is hidden stays so, keeps nobody waiting, and comes when it is shown', async ({ join }) => {
    test.setTimeout(180_000);
    const way = (page: Page) => page.evaluate(() => window.call.room.topology);
    const speak = (page: Page) => page.evaluate(() => window.call.publishTone(500));
    const ready = (page: Page) =>
      page.evaluate(() => [window.call.room.topology, window.call.connectionStates().join()]);
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([publish(alice), speak(bob)]);
    await expectDecodes(bob, { from: 'alice' });
    expect(await way(bob)).toBe('p2p');
    await tile(bob, BELOW);
    await expectRest(bob);
    await tile(bob, MIDDLE);
    await expectDecodes(bob, { from: 'alice' });
    await tile(bob, BELOW);
    await expectRest(bob);

    const carol = await join('carol');
    await speak(carol);
    // The former way is let go only when everything is on the new one.
    for (const page of [alice, bob, carol])
      await expect.poll(() => ready(page), settled).toEqual(['sfu', 'connected,connected']);
    await expectDecodes(carol, { from: 'alice' });
    await expectRest(bob);
    await tile(bob, SMALL);
    await expectWidth(bob, 240);
    await tile(bob, BELOW);
    await expectRest(bob);

    await carol.evaluate(() => window.call.room.disconnect());
    for (const page of [alice, bob])
      await expect.poll(() => ready(page), settled).toEqual(['p2p', 'connected']);
    await expectRest(bob);
    await tile(bob, MIDDLE);
    await expectDecodes(bob, { from: 'alice' });
  });
});
