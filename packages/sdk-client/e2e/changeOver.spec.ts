import { chromium, type Browser, type Page } from '@playwright/test';
import { launchFirefox } from '../../../tools/testing/launchFirefox.js';
import { expect, test } from './support/fixtures.js';

/** Media of a remote track is replaced by media that comes by another way, while both flow. */

/** Chromium whose tab can be listened to: nothing is sent to a speaker that is muted. */
const launchAudible = (): Promise<Browser> =>
  chromium.launch({
    ...test.info().project.use.launchOptions,
    ignoreDefaultArgs: ['--mute-audio'],
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--auto-accept-this-tab-capture'],
  });

const COLOURS = ['red', 'blue'] as const;
const CHANGES = 6;

const open = (page: Page, together: boolean) =>
  page.evaluate(
    async (given) => {
      window.changeOver = await window.ChangeOver.open(given);
    },
    { together },
  );

/** Changes so many times at once, and waits until frames of `way` are shown. */
async function change(page: Page, way: number, times = 1): Promise<void> {
  const from = await page.evaluate((count) => {
    const { frames } = window.changeOver;
    for (let time = 0; time < count; time++) window.changeOver.change();
    return frames.length;
  }, times);
  const colour = COLOURS[way];
  const shown = () =>
    page.evaluate(
      (given) =>
        window.changeOver.frames.slice(given.from).filter(({ look }) => look === given.colour).length,
      { from, colour },
    );
  await expect.poll(shown, { message: `frames of the ${String(colour)} way` }).toBeGreaterThan(5);
}

/** Nothing else than the two pictures was ever seen, and each changed once into the other. */
async function expectNoBreak(page: Page, changes: number): Promise<void> {
  const seen = await page.evaluate(() => [window.changeOver.painted, window.changeOver.frames]);
  for (const frames of seen) {
    const looks = frames.map(({ look }) => look);
    expect(frames.filter(({ look }) => look === 'nothing' || look === 'other')).toEqual([]);
    expect(new Set(looks)).toEqual(new Set(COLOURS));
    expect(looks.filter((look, index) => index > 0 && look !== looks[index - 1])).toHaveLength(changes);
  }
}

/** The elements hold what comes by this way, and nothing else holds anything. */
const expectHolds = (page: Page, way: number) =>
  expect
    .poll(() => page.evaluate(() => window.changeOver.held))
    .toEqual({ ways: [`audio ${String(way)}`, `video ${String(way)}`], helpers: 0 });

async function expectPlays(page: Page): Promise<void> {
  const played = () => page.evaluate(() => window.changeOver.playedFor);
  const before = await played();
  await expect.poll(async () => (await played()).video).toBeGreaterThan(before.video);
  await expect.poll(async () => (await played()).audio).toBeGreaterThan(before.audio);
}

for (const [name, launch] of [
  ['Chromium', launchAudible],
  ['Firefox', launchFirefox],
] as const) {
  for (const together of [false, true]) {
    const where = together ? 'in one element' : 'in elements of their own';
    test(`${name}: picture and sound ${where} go on when their media changes`, async ({ host }) => {
      const browser = await launch();
      const page = await host.open(browser, 'changeover');
      await open(page, together);
      for (let time = 1; time <= CHANGES; time++) {
        await change(page, time % 2);
        await expectHolds(page, time % 2);
      }
      await expectNoBreak(page, CHANGES);
      await expectPlays(page);
      // Back and forth and back again before anything was shown.
      await change(page, 1, 3);
      await expectHolds(page, 1);
      await expectNoBreak(page, CHANGES + 1);
      await expectPlays(page);
      await browser.close();
    });
  }
}

test('what the page plays comes by the new way, and by that alone', async ({ host }) => {
  const browser = await launchAudible();
  const page = await host.open(browser, 'changeover');
  await open(page, false);
  await page.evaluate(() => window.changeOver.hearTab());
  const heard = () => page.evaluate(() => window.changeOver.heard());
  await expect.poll(heard).toEqual([500]);
  for (const [way, hz] of [
    [1, 900],
    [0, 500],
    [1, 900],
  ] as const) {
    await change(page, way);
    await expect.poll(heard).toEqual([hz]);
  }
  await browser.close();
});
