import type { Page } from '@playwright/test';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test, type JoinPage } from './support/fixtures.js';

/** Of a video is sent what somebody watches. */

const RED: Rgb = [220, 30, 30];
const BLUE: Rgb = [30, 40, 220];
/** Large enough for three layers, of which the lowest is a quarter as wide. */
const SENT = { width: 960, height: 540 };
const ALL = ['r0', 'r1', 'r2'];

/** The top layer starts last, and what nobody watches rests after 5 s. */
const settled = { timeout: 60_000 };

interface Layer {
  readonly name: string;
  readonly active: boolean;
  readonly packets: number;
}

/** What this page sends of video, layer by layer. */
async function layersOf(page: Page): Promise<Layer[]> {
  const stats = await page.evaluate(() => window.call.stats());
  return stats
    .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    .map(({ rid, active, packetsSent }) => ({
      name: typeof rid === 'string' ? rid : 'all',
      active: active === true,
      packets: Number(packetsSent),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** These layers are on, and of others not a packet leaves any more. */
async function expectSends(page: Page, names: readonly string[]): Promise<void> {
  let before = new Map<string, number>();
  const look = async () => {
    const layers = await layersOf(page);
    const resting = layers.filter(({ name }) => !names.includes(name));
    const leaving = resting.filter(({ name, packets }) => packets !== before.get(name));
    before = new Map(layers.map(({ name, packets }) => [name, packets]));
    return {
      isKnown: layers.length > 0,
      on: layers.filter(({ active }) => active).map(({ name }) => name),
      leaving: leaving.map(({ name }) => name),
    };
  };
  await expect
    .poll(look, { ...settled, intervals: [1000], message: `${names.join(' ') || 'nothing'} is sent` })
    .toEqual({ isKnown: true, on: names, leaving: [] });
}

async function expectWidth(page: Page, width: number): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.call.frameWidth('alice')), settled).toBe(width);
  await expectDecodes(page, { from: 'alice' });
}

const ask = (page: Page, spatialLayer: number) =>
  page.evaluate(
    (layer) => window.call.publication('alice', 'camera')?.setPreferredLayers({ spatialLayer: layer }),
    spatialLayer,
  );

const enable = (page: Page, enabled: boolean) =>
  page.evaluate((on) => window.call.publication('alice', 'camera')?.setEnabled(on), enabled);

/** Alice sends a picture and a tone, others look and listen to all of it whatever the size of their elements. */
async function call(
  join: JoinPage,
  viewers: readonly string[],
  videoCodec: 'vp8' | 'vp9' = 'vp8',
): Promise<Page[]> {
  const alice = await join('alice');
  const others: Page[] = [];
  for (const name of viewers) others.push(await join(name, { adaptiveStream: false }));
  await alice.evaluate(
    (given) =>
      Promise.all([window.call.publishTone(500), window.call.publishColour(given.rgb, given.options)]),
    { rgb: RED, options: { ...SENT, videoCodec } },
  );
  for (const page of others) await expectDecodes(page, { from: 'alice' });
  return [alice, ...others];
}

test('layers rest when nobody wants them, and are there when somebody does', async ({ join }) => {
  test.setTimeout(420_000);
  const [alice, bob, carol] = await call(join, ['bob', 'carol']);
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  await expectWidth(bob, 960);
  await ask(bob, 0);
  await expectWidth(bob, 240);
  // Carol wants all as yet.
  await expectSends(alice, ALL);
  await ask(carol, 0);
  await expectSends(alice, ['r0']);
  await expectDecodes(bob, { from: 'alice' });

  await ask(carol, 2);
  await expectSends(alice, ALL);
  await expectWidth(carol, 960);
  await ask(carol, 1);
  await expectSends(alice, ['r0', 'r1']);
  await carol.evaluate(() => window.call.room.disconnect());
  await expectSends(alice, ['r0']);

  await test.step('also after being muted, and of another track', async () => {
    await alice.evaluate(async (given) => {
      const publication = window.call.room.localParticipant.getTrackPublication('camera');
      await publication?.mute();
      await publication?.unmute();
      await publication?.track.replaceTrack(window.call.colour(given));
    }, BLUE);
    await expectSees(bob, { from: 'alice', rgb: BLUE });
    await expectSends(alice, ['r0']);
  });
});

/** The picture that leaves is as large as the highest size that is wanted; rates stay. */
async function expectSizes(page: Page, scalabilityMode: string, frameWidth: number): Promise<void> {
  const sent = async () => {
    const stats = await page.evaluate(() => window.call.stats());
    return stats.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
  };
  await expect.poll(sent, settled).toMatchObject({ scalabilityMode, frameWidth });
}

test('sizes within one stream rest when nobody wants them, too', async ({ join }) => {
  test.setTimeout(420_000);
  const [alice, bob, carol] = await call(join, ['bob', 'carol'], 'vp9');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  await expectWidth(bob, 960);
  await expectSizes(alice, 'L3T3_KEY', 960);
  await ask(bob, 0);
  await expectWidth(bob, 240);
  await ask(carol, 0);
  await expectSizes(alice, 'L1T3', 240);
  for (const page of [bob, carol]) await expectWidth(page, 240);

  await ask(carol, 2);
  await expectSizes(alice, 'L3T3_KEY', 960);
  await expectWidth(carol, 960);
  await expectWidth(bob, 240);
  await ask(carol, 1);
  await expectSizes(alice, 'L2T3_KEY', 480);
  await expectWidth(carol, 480);
  await expectWidth(bob, 240);
  for (const page of [bob, carol]) await expectSees(page, { from: 'alice', rgb: RED });
});

test('what nobody watches is not sent, and nothing is wrong with it', async ({ join }) => {
  test.setTimeout(300_000);
  const [alice, bob] = await call(join, ['bob']);
  if (!alice || !bob) throw new Error('somebody is missing');
  await bob.evaluate(() => {
    window.call.keep();
  });
  await enable(bob, false);
  await expectSends(alice, []);
  await expectHears(bob, { from: 'alice', hz: 500 });
  // What rests for long is still not missed.
  const own = () => alice.evaluate(() => window.call.room.localParticipant.connectionQuality);
  const theirs = () => bob.evaluate(() => window.call.participant('alice').connectionQuality);
  for (const quality of [own, theirs]) await expect.poll(quality, settled).not.toBe('lost');

  await enable(bob, true);
  await expectDecodes(bob, { from: 'alice' });
  await expectSends(alice, ALL);
  expect(await bob.evaluate(() => window.call.kept.remote)).toBe(true);
});

for (const videoCodec of ['vp8', 'vp9'] as const) {
  test(`${videoCodec} rests until the first viewer comes`, async ({ join }) => {
    test.setTimeout(240_000);
    const alice = await join('alice');
    await alice.evaluate((given) => window.call.publishColour(given.rgb, given.options), {
      rgb: RED,
      options: { ...SENT, videoCodec },
    });
    await expectSends(alice, []);
    const bob = await join('bob', { adaptiveStream: false });
    await expectSees(bob, { from: 'alice', rgb: RED });
    await expectDecodes(bob, { from: 'alice' });
  });
}
