import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { ALLOWED, AUTOPLAY, DENIED, FAKE_DEVICES, launchChromium } from './support/chromium.js';
import { button, closePages, joinDemo, openDemo, tile } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';
import { installProbe } from './support/probe.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('when permission is denied the page says what to do, and one can still watch', async ({ browser }) => {
  const denying = await launchChromium(AUTOPLAY, DENIED, FAKE_DEVICES);
  const ann = await joinDemo(browser, { url: server.url, room: 'watch', name: 'Ann' });
  const bob = await openDemo(denying, { url: server.url, room: 'watch', name: 'Bob' });
  await expect(bob.getByTestId('device-notice')).toContainText('blocks camera and microphone');
  await button(bob, 'Join without camera or mic').click();

  await expectVideos(bob, 1);
  await expectSounds(bob, 1);
  await expect(tile(ann, 'Bob').locator('video')).toHaveCount(0);
  await expect(tile(ann, 'Bob').getByRole('img', { name: 'Microphone off' })).toBeVisible();

  await button(bob, 'Camera').click();
  await expect(bob.getByRole('status').filter({ hasText: 'The browser blocks the camera.' })).toBeVisible();
  await expect(button(bob, 'Camera')).toHaveAttribute('aria-pressed', 'false');
  await closePages(ann, bob);
  await denying.close();
});

test('without a camera the page says so, and the microphone works', async ({ browser }) => {
  const blind = await launchChromium(AUTOPLAY, ALLOWED, '--use-fake-device-for-media-stream=device-count=0');
  const ann = await joinDemo(browser, { url: server.url, room: 'blind', name: 'Ann' });
  const bob = await openDemo(blind, { url: server.url, room: 'blind', name: 'Bob' });
  await expect(bob.getByTestId('device-notice')).toContainText('No camera was found.');
  await expect(button(bob, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await button(bob, 'Join now').click();
  await expectVideos(bob, 1);
  await expectSounds(ann, 1);
  await expect(tile(ann, 'Bob').locator('video')).toHaveCount(0);
  await closePages(ann, bob);
  await blind.close();
});

test('blocked sound asks for a click, which starts it', async ({ browser }) => {
  const ann = await joinDemo(browser, { url: server.url, room: 'blocked', name: 'Ann' });
  // Everything that Playwright does in a page counts as the user's: this page must join without being touched. And a
  // page that captures may always play, so it watches only.
  const strict = await launchChromium('--autoplay-policy=document-user-activation-required', DENIED);
  const context = await strict.newContext();
  await installProbe(context);
  await context.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.body.textContent.includes('Click to hear')) console.log('sound is blocked');
      const join = document.querySelector<HTMLButtonElement>('button[type=submit]');
      if (join?.textContent.startsWith('Join without')) join.click();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  const bob = await context.newPage();
  const blocked = bob.waitForEvent('console', (message) => message.text() === 'sound is blocked');
  await bob.goto(`${server.url}/demo/?room=blocked&name=Bob`, { waitUntil: 'commit' });
  await blocked;

  await button(bob, 'Click to hear the others').click();
  await expect(button(bob, 'Click to hear the others')).toHaveCount(0);
  await expect(bob.locator('audio')).toHaveJSProperty('paused', false);
  await closePages(ann, bob);
  await strict.close();
});

test('another camera can be chosen in the call', async ({ browser }) => {
  // Chromium's second fake camera gives depth pictures, which no codec takes: the third is a camera again.
  const three = await launchChromium(
    AUTOPLAY,
    ALLOWED,
    '--use-fake-device-for-media-stream=device-count=3,fps=20',
  );
  const ann = await joinDemo(three, { url: server.url, room: 'switch', name: 'Ann' });
  const bob = await joinDemo(browser, { url: server.url, room: 'switch', name: 'Bob' });
  await expectVideos(bob, 1);
  await button(ann, 'Devices').click();
  const camera = ann.getByLabel('Camera').and(ann.locator('select'));
  const other = camera.locator('option').filter({ hasText: 'fake_device_2' });
  const value = await other.getAttribute('value');
  await camera.selectOption(value);
  await expect
    .poll(() =>
      ann.evaluate(() =>
        window.probe.captured
          .filter((t) => t.kind === 'video' && t.readyState === 'live')
          .map((t) => t.getSettings().deviceId),
      ),
    )
    .toEqual([value]);
  await expectVideos(bob, 1);
  await closePages(ann, bob);
  await three.close();
});
