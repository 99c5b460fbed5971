import type { Page } from '@playwright/test';
import { startServer } from '../../../tools/testing/startServer.js';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';

/** A server that forwards one video to each. */

const states = (page: Page) =>
  page.evaluate(() =>
    ['alice', 'bob', 'carol'].map((name) => window.call.publication(name, 'camera')?.streamState),
  );

const pin = (page: Page, identity: string, pinned: boolean) =>
  page.evaluate((given) => window.call.publication(given.identity, 'camera')?.setPinned(given.pinned), {
    identity,
    pinned,
  });

/** Of this one pictures come, and of the others none. */
async function expectOnly(page: Page, shown: 'alice' | 'bob' | 'carol'): Promise<void> {
  const names = ['alice', 'bob', 'carol'];
  await expect
    .poll(() => states(page), { message: `${shown} alone`, timeout: 30_000 })
    .toEqual(names.map((name) => (name === shown ? 'active' : 'paused')));
  const frames = () =>
    page.evaluate(() => Promise.all(['alice', 'bob', 'carol'].map((name) => window.call.frames(name))));
  // What was on its way may still come.
  const whileOneIsSeen = async () => {
    const before = await frames();
    await expectDecodes(page, { from: shown });
    const after = await frames();
    return names.filter((_, index) => (after[index] ?? 0) > (before[index] ?? 0));
  };
  await expect.poll(whileOneIsSeen, { timeout: 60_000 }).toEqual([shown]);
}

test('one video comes at a time: the first, then the pinned one, then of who speaks', async ({ join }) => {
  test.setTimeout(240_000);
  const server = await startServer(['--dev', '--last-n', '1']);
  const { url } = server;
  const pages = {
    alice: await join('alice', { url }),
    bob: await join('bob', { url }),
    carol: await join('carol', { url }),
  };
  for (const page of Object.values(pages))
    await page.evaluate(() => window.call.publishColour([30, 180, 40]).then(() => undefined));
  const dave = await join('dave', { url });

  await expectOnly(dave, 'alice');
  // Nothing was set up for what has not been forwarded yet.
  expect(await dave.evaluate(() => window.call.publication('bob', 'camera')?.isSubscribed)).toBe(false);
  await pin(dave, 'carol', true);
  await expectOnly(dave, 'carol');
  await pin(dave, 'carol', false);
  await expectOnly(dave, 'alice');

  await pages.bob.evaluate(() => window.call.publishTone(440).then(() => undefined));
  await expectOnly(dave, 'bob');
  // To him the others have changed nothing, and he does not take his own place.
  expect(await pages.bob.evaluate(() => window.call.publication('alice', 'camera')?.streamState)).toBe(
    'active',
  );
  await dave.evaluate(() => window.call.room.setLastN(0));
  await expect.poll(() => states(dave)).toEqual(['paused', 'paused', 'paused']);
  await dave.evaluate(() => window.call.room.setLastN(undefined));
  await expectOnly(dave, 'bob');
  // What is held back is missed by nobody.
  expect(await dave.evaluate(() => window.call.told('mediaRepair'))).toEqual([]);
  expect(await server.stop()).toBe(0);
});
