import { expect, test, type Locator, type Page } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { violations } from './support/axe.js';
import { button, closePages, join, joinDemo, openDemo, tile, tiles } from './support/demo.js';
import { expectVideos } from './support/media.js';

const faults = '';
const OFFLINE = 'No connection to the server. The call goes on…';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Faults' });
const toggle = (page: Page, name: string): Locator => panel(page).getByRole('switch', { name });
const slider = (page: Page, name: string): Locator => panel(page).getByRole('slider', { name });
/** What the log says, newest first. */
const events = (page: Page, text: string): Locator =>
  panel(page).getByRole('list', { name: 'Events' }).getByRole('listitem').filter({ hasText: text });
/** Of the only other video. */
const gap = (page: Page): Locator => panel(page).getByTestId('gap');

test('a line that the panel cuts comes back, and media goes on meanwhile', async ({ browser }) => {
  const guest = { url: server.url, room: 'cut' };
  const ann = await joinDemo(browser, { ...guest, name: 'Ann', faults });
  const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);

  await toggle(ann, 'Server down').click();
  await expect(ann.getByText(OFFLINE)).toBeVisible();
  await expect(panel(ann).getByTestId('fault-count')).toHaveText('1 set');
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await toggle(ann, 'Server down').click();
  await expect(ann.getByText(OFFLINE)).toHaveCount(0);

  await button(ann, 'Cut the socket').click();
  await expect(events(ann, 'connectionStateChanged signalReconnecting')).toHaveCount(2);
  await expect(events(ann, 'connectionStateChanged connected')).toHaveCount(3);
  await expect(events(ann, 'Socket cut')).toHaveCount(1);
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  for (const page of [ann, bob]) await expect(tiles(page)).toHaveCount(2);
  await closePages(ann, bob);
});

for (const topology of ['sfu', 'p2p']) {
  test(`lost frames freeze the picture on the other side until they come again, ${topology}`, async ({
    browser,
  }) => {
    const guest = { url: server.url, room: `frames-${topology}`, topology, faults };
    const ann = await joinDemo(browser, { ...guest, name: 'Ann' });
    const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
    await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
    await expect(gap(ann)).toContainText('Moving');

    // By keyboard, as a slider can be used.
    await slider(bob, 'Sent frames lost').focus();
    await bob.keyboard.press('End');
    await expect(slider(bob, 'Sent frames lost')).toHaveAttribute('aria-valuetext', '100 %');
    await expect(gap(ann)).toContainText(/Frozen for [1-9].*s/);
    await expect(gap(ann)).toContainText('Bob');
    // The other direction is as it was.
    await expectVideos(bob, 1);
    await expect(gap(bob)).toContainText('Moving');

    await button(bob, 'All clear').click();
    await expect(gap(ann)).toContainText('Moving');
    await expectVideos(ann, 1);
    await expect(events(bob, 'All clear')).toHaveCount(1);

    await slider(ann, 'Received frames lost').fill('100');
    await expect(gap(ann)).toContainText('Frozen');
    await button(ann, 'All clear').click();
    await expect(gap(ann)).toContainText('Moving');
    await closePages(ann, bob);
  });
}

test('a page that does not ask for faults loads nothing of them', async ({ browser }) => {
  const loaded = (page: Page) =>
    page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const plain = await openDemo(browser, { url: server.url, room: 'plain', name: 'Ann' });
  await expect(button(plain, 'Join now')).toBeVisible();
  expect((await loaded(plain)).filter((name) => /faults/i.test(name))).toEqual([]);
  const broken = await openDemo(browser, { url: server.url, room: 'plain', name: 'Ann', faults });
  await expect(panel(broken)).toBeVisible();
  expect((await loaded(broken)).filter((name) => /faults.*js/i.test(name))).toHaveLength(1);
  await closePages(plain, broken);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the panel has no accessibility violation, in the ${colorScheme} theme`, async ({ browser }) => {
    const guest = { url: server.url, room: `axe-faults-${colorScheme}`, faults };
    const options = { colorScheme, reducedMotion: 'reduce' } as const;
    const ann = await openDemo(browser, { ...guest, name: 'Ann' }, options);
    await expect(panel(ann)).toBeVisible();
    expect(await violations(ann)).toEqual([]);
    await join(ann);
    const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
    await expect(gap(ann)).toContainText('Moving');
    await slider(ann, 'Messages lost').fill('5');
    await slider(bob, 'Sent frames lost').fill('100');
    await toggle(ann, 'ICE fails').click();
    await expect(gap(ann)).toContainText('Frozen');
    expect(await violations(ann)).toEqual([]);

    await button(ann, 'Hide faults').click();
    await expect(button(ann, 'Faults 2 set')).toBeFocused();
    expect(await violations(ann)).toEqual([]);
    await ann.keyboard.press('Enter');
    await expect(button(ann, 'Hide faults')).toBeFocused();
    await ann.keyboard.press('Escape');
    await expect(button(ann, 'Faults 2 set')).toBeFocused();
    await closePages(ann, bob);
  });
}

test('on a phone the panel and what it breaks are in view together', async ({ browser }) => {
  const viewport = { width: 360, height: 640 };
  const guest = { url: server.url, room: 'small', faults };
  const ann = await joinDemo(
    browser,
    { ...guest, name: 'Ann' },
    { viewport, isMobile: true, hasTouch: true },
  );
  const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
  await expect(tiles(ann)).toHaveCount(2);
  const size = await ann.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.scrollHeight,
  ]);
  expect(size).toEqual([viewport.width, viewport.height]);
  await expect(tile(ann, 'Bob')).toBeInViewport({ ratio: 1 });
  for (const name of ['Leave call', 'All clear', 'Hide faults']) {
    await expect(button(ann, name)).toBeInViewport({ ratio: 1 });
  }
  await button(ann, 'Hide faults').click();
  await expect(button(ann, 'Faults none set')).toBeInViewport({ ratio: 1 });
  for (const name of ['Microphone', 'Leave call']) await button(ann, name).click({ trial: true });
  await closePages(ann, bob);
});
