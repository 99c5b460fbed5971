import { test, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { button, closePages, joinDemo, tile, tiles } from './support/demo.js';
import { expectSilent, expectSounds, expectVideos } from './support/media.js';
import { openDevices } from './support/probe.js';

let server: TestServer;
let ann: Page;
let bob: Page;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  ann = await joinDemo(browser, { url: server.url, room: 'controls', name: 'Ann' });
  bob = await joinDemo(browser, { url: server.url, room: 'controls', name: 'Bob' });
});
test.afterAll(async () => {
  await closePages(ann, bob);
  await server.stop();
});

test('a muted microphone sends nothing and shows so, and comes back', async () => {
  await expectSounds(bob, 1);
  const badge = tile(bob, 'Ann').getByRole('img', { name: 'Microphone off' });
  await button(ann, 'Microphone').click();
  await expect(button(ann, 'Microphone')).toHaveAttribute('aria-pressed', 'false');
  await expect(badge).toBeVisible();
  await expectSilent(bob, 'audio');

  await button(ann, 'Microphone').click();
  await expect(badge).toHaveCount(0);
  await expectSounds(bob, 1);
});

test('a camera that is off is closed and leaves initials, and comes back', async () => {
  await expectVideos(bob, 1);
  await button(ann, 'Camera').click();
  await expect(tile(bob, 'Ann').locator('video')).toHaveCount(0);
  await expect(tile(bob, 'Ann').getByText('A', { exact: true })).toBeVisible();
  await expect.poll(() => openDevices(ann), { message: 'the light of the camera is off' }).toEqual(['audio']);
  await expectSilent(bob, 'video');

  await button(ann, 'Camera').click();
  await expect(tile(bob, 'Ann').locator('video')).toHaveCount(1);
  await expect.poll(async () => (await openDevices(ann)).sort()).toEqual(['audio', 'video']);
  await expectVideos(bob, 1);
});

test('a shared screen is large, with everyone beside it, until it ends', async () => {
  await button(ann, 'Share screen').click();
  const featured = bob.getByTestId('featured');
  await expect(featured.getByRole('article', { name: 'Ann’s screen' })).toBeVisible();
  await expect(bob.getByRole('list', { name: 'Everyone' }).getByRole('article')).toHaveCount(2);
  await expectVideos(bob, 2);
  const [large, small] = [await featured.boundingBox(), await tile(bob, 'Ann').boundingBox()];
  expect(large!.width * large!.height).toBeGreaterThan(3 * small!.width * small!.height);
  await expect(button(ann, 'Share screen')).toHaveAttribute('aria-pressed', 'true');

  await button(ann, 'Share screen').click();
  await expect(featured).toHaveCount(0);
  await expect(tiles(bob)).toHaveCount(2);
  await expectVideos(bob, 1);
});

test('chat messages arrive, are counted while the panel is closed, and carry safe links', async () => {
  await button(ann, 'Chat').click();
  await ann
    .getByRole('textbox', { name: 'Message' })
    .fill('see https://example.com/a?b=<c> <img src=x onerror=alert(1)>');
  await ann.keyboard.press('Enter');
  await button(bob, 'Chat, 1 unread').click();
  const message = bob.getByRole('list', { name: 'Messages' }).getByRole('listitem').last();
  await expect(message).toContainText('<img src=x onerror=alert(1)>');
  await expect(message.getByRole('link')).toHaveAttribute('href', 'https://example.com/a?b=');
  await expect(message.getByRole('link')).toHaveAttribute('rel', /noopener/);
  await expect(button(bob, 'Chat')).toBeVisible();
  await expect(bob.getByTestId('announcer')).toContainText('Ann says: see https://example.com');
});
