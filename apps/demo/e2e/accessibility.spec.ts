import { test, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { violations } from './support/axe.js';
import { button, closePages, joinDemo, openDemo, tile, tiles } from './support/demo.js';
import { online, panel } from './support/phone.js';
import { inbound } from './support/probe.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has an accessibility violation, in the ${colorScheme} theme`, async ({ browser }) => {
    const options = { colorScheme, reducedMotion: 'reduce' } as const;
    const page = await openDemo(
      browser,
      { url: server.url, room: `axe-${colorScheme}`, name: 'Ann' },
      options,
    );
    await expect(button(page, 'Camera')).toHaveAttribute('aria-pressed', 'true');
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    expect(await violations(page)).toEqual([]);

    await button(page, 'Join now').click();
    const bob = await joinDemo(browser, { url: server.url, room: `axe-${colorScheme}`, name: 'Bob' });
    await button(bob, 'Camera').click();
    await button(bob, 'Microphone').click();
    await expect(tile(page, 'Bob').getByRole('img', { name: 'Microphone off' })).toBeVisible();
    expect(await violations(page)).toEqual([]);

    await button(page, 'Chat').click();
    await page.getByRole('textbox', { name: 'Message' }).fill('hello https://example.com');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('link')).toBeVisible();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: /^People/ }).click();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Devices').click();
    await expect(page.getByRole('dialog', { name: 'Devices' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await button(page, 'Leave call').click();
    await expect(page.getByRole('heading', { name: 'You left the call' })).toBeFocused();
    expect(await violations(page)).toEqual([]);
    await closePages(page, bob);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`ringing has no accessibility violation, in the ${colorScheme} theme`, async ({ browser }) => {
    const options = { colorScheme, reducedMotion: 'reduce' } as const;
    const [annName, bobName] = [`Ann ${colorScheme}`, `Bob ${colorScheme}`];
    const ann = await online(browser, { url: server.url, name: annName }, options);
    const bob = await online(browser, { url: server.url, name: bobName }, options);
    await expect(button(ann, `Ring ${bobName}`)).toBeVisible();
    expect(await violations(ann)).toEqual([]);
    await button(ann, `Ring ${bobName} with video`).click();
    await expect(panel(bob, `${annName} is calling`)).toBeVisible();
    await expect(button(bob, 'Accept with video')).toBeFocused();
    expect(await violations(ann)).toEqual([]);
    expect(await violations(bob)).toEqual([]);
    await closePages(ann, bob);
  });
}

/** Walks with Tab until the element with this name has the focus. */
const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
    );
    if (focused === name) return;
  }
  throw new Error(`Tab never reached "${name}".`);
};

test('a call can be had by keyboard alone', async ({ browser }) => {
  const page = await openDemo(browser, { url: server.url, room: 'keys', name: 'Ann' });
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await tabTo(page, 'Join now');
  await page.keyboard.press('Enter');
  await expect(button(page, 'Leave call')).toBeVisible();

  await page.keyboard.press('m');
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'false');
  await expect(page.getByTestId('announcer')).toHaveText('Microphone off.');
  await tabTo(page, 'Microphone');
  await page.keyboard.press('Space');
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('v');
  await expect(button(page, 'Camera')).toHaveAttribute('aria-pressed', 'false');

  await tabTo(page, 'Chat');
  await page.keyboard.press('Enter');
  const field = page.getByRole('textbox', { name: 'Message' });
  await expect(field).toBeFocused();
  await page.keyboard.type('more miming');
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Messages' })).toContainText('more miming');
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(button(page, 'Chat')).toBeFocused();

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await expect(button(page, 'Chat')).toBeFocused();

  // A page hears later that a dialog has closed: who has gone on by then is not called back.
  await page.keyboard.press('?');
  const devices = await button(page, 'Devices').elementHandle();
  await help.evaluate((dialog, next) => {
    (dialog as HTMLDialogElement).close();
    (next as HTMLElement).focus();
  }, devices);
  await expect(page.locator('dialog')).toHaveCount(0);
  await expect(button(page, 'Devices')).toBeFocused();

  await tabTo(page, 'Leave call');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'You left the call' })).toBeFocused();
  await closePages(page);
});

for (const [what, viewport] of [
  ['upright', { width: 360, height: 640 }],
  ['on its side', { width: 640, height: 360 }],
] as const) {
  test(`a phone held ${what} shows everything without scrolling`, async ({ browser }) => {
    const phone = { viewport, isMobile: true, hasTouch: true };
    const room = `phone-${String(viewport.width)}`;
    const guest = { url: server.url, room, topology: 'sfu', camera: 'large' as const };
    const ann = await joinDemo(browser, { ...guest, name: 'Ann' }, phone);
    const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
    await expect(tiles(ann)).toHaveCount(2);
    const size = await ann.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
    ]);
    expect(size).toEqual([viewport.width, viewport.height]);
    for (const name of ['Microphone', 'Camera', 'Chat', 'People, 2', 'Devices', 'Leave call']) {
      await expect(button(ann, name)).toBeInViewport({ ratio: 1 });
    }
    await expect(tile(ann, 'Bob')).toBeInViewport({ ratio: 1 });
    // Small tiles need no large pictures: of 1280x720, 640x360 and 320x180 the smallest that fills the tile, or nearly.
    const box = await tile(ann, 'Bob').locator('video').boundingBox();
    if (!box) throw new Error('the tile shows nothing');
    const needed = 0.9 * Math.max(box.height, (box.width * 9) / 16);
    const enough = [180, 360].find((height) => height >= needed);
    expect(enough).toBeDefined();
    const width = async () => (await inbound(ann)).find(({ kind }) => kind === 'video')?.frameWidth;
    await expect.poll(width, { timeout: 30_000 }).toBe((enough ?? 0) * (16 / 9));
    await closePages(ann, bob);
  });
}
