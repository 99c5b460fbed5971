import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { CutProxy } from './support/CutProxy.js';
import { button, closePages, joinDemo, tile, tiles } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';
import { expectInCall, expectLobby, online, panel, ring, toast } from './support/phone.js';
import { openDevices } from './support/probe.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

const person = (name: string) => ({ url: server.url, name });

test('ringing, accepting and talking, then video, then hanging up', async ({ browser }) => {
  const [ann, bob] = [await online(browser, person('Ann')), await online(browser, person('Bob'))];
  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await expect(bob).toHaveTitle('Ann is calling');
  await expect(button(bob, 'Accept with audio')).toBeFocused();
  await button(bob, 'Accept with audio').click();
  await Promise.all([expectInCall(ann, 'Bob'), expectInCall(bob, 'Ann')]);
  await expect(panel(ann, 'Ringing Bob…')).toHaveCount(0);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  // Audio first: the camera that showed the preview is off.
  for (const page of [ann, bob]) {
    await expect(button(page, 'Camera')).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(() => openDevices(page)).toEqual(['audio']);
    await expect(page.locator('.toast')).toHaveCount(0);
  }

  await expect(tile(ann, 'Ann (you)')).toBeVisible();

  await button(bob, 'Camera').click();
  await expect(toast(ann, 'Bob added video.')).toBeVisible();
  await expectVideos(ann, 1);
  await button(ann, 'Camera').click();
  await expectVideos(bob, 1);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);

  await button(ann, 'Leave call').click();
  await expect(ann.getByRole('heading', { name: 'You left the call' })).toBeVisible();
  await expect(bob.getByTestId('ended-because')).toHaveText('Ann hung up.');
  await expect.poll(() => openDevices(bob)).toEqual([]);
  // Both are still online, and may ring each other again.
  await button(bob, 'Back to the start').click();
  await ring(bob, { from: 'Bob', to: 'Ann', video: true }, ann);
  await button(ann, 'Accept with video').click();
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await closePages(ann, bob);
});

test('a call can be declined, and called off', async ({ browser }) => {
  const [ann, bob] = [await online(browser, person('Ann')), await online(browser, person('Bob'))];
  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await button(bob, 'Decline').click();
  await expect(toast(ann, 'Bob declined.')).toBeVisible();
  await Promise.all([expectLobby(ann), expectLobby(bob)]);

  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await button(ann, 'Cancel').click();
  await expect(toast(bob, 'Missed call from Ann.')).toBeVisible();
  await Promise.all([expectLobby(ann), expectLobby(bob)]);
  await closePages(ann, bob);
});

test('who is in a call is busy for a third, and is not disturbed', async ({ browser }) => {
  const [ann, bob] = [await online(browser, person('Ann')), await online(browser, person('Bob'))];
  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await button(bob, 'Accept with audio').click();
  await expectInCall(ann, 'Bob');
  const cat = await online(browser, person('Cat'));
  await expect(cat.getByRole('listitem').filter({ hasText: 'Bob' })).toContainText('in a call');
  await button(cat, 'Ring Bob').click();
  await expect(toast(cat, 'Bob is in another call.')).toBeVisible();
  await expectLobby(cat);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  await expect(bob.getByRole('alertdialog')).toHaveCount(0);
  await closePages(ann, bob, cat);
});

test('nobody answers', async ({ browser }) => {
  const impatient = await startServer(['--dev', '--ring-timeout', '1s']);
  const ann = await online(browser, { url: impatient.url, name: 'Ann' });
  const bob = await online(browser, { url: impatient.url, name: 'Bob' });
  await button(ann, 'Ring Bob').click();
  await expect(toast(ann, 'Bob did not answer.')).toBeVisible();
  await expect(toast(bob, 'Missed call from Ann.')).toBeVisible();
  await Promise.all([expectLobby(ann), expectLobby(bob)]);
  await closePages(ann, bob);
  expect(await impatient.stop()).toBe(0);
});

test('every device of a person rings, and one of them takes the call', async ({ browser }) => {
  const ann = await online(browser, person('Ann'));
  const [laptop, mobile] = [await online(browser, person('Bob')), await online(browser, person('Bob'))];
  await ring(ann, { from: 'Ann', to: 'Bob' }, laptop, mobile);
  await button(mobile, 'Accept with audio').click();
  await expect(toast(laptop, 'You answered Ann on another device.')).toBeVisible();
  await expectLobby(laptop);
  await Promise.all([expectInCall(ann, 'Bob'), expectInCall(mobile, 'Ann')]);
  await Promise.all([expectSounds(ann, 1), expectSounds(mobile, 1)]);
  await expect(tiles(ann)).toHaveCount(2);
  await closePages(ann, laptop, mobile);
});

test('a connection that is lost ends the ringing, and a call only when it does not come back', async ({
  browser,
}) => {
  const hasty = await startServer(['--dev', '--resume-grace', '5s']);
  const proxy = await CutProxy.start(hasty.url);
  const ann = await online(browser, { url: proxy.url, name: 'Ann' });
  const bob = await online(browser, { url: hasty.url, name: 'Bob' });
  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  proxy.cut();
  await expect(toast(bob, 'Missed call from Ann.')).toBeVisible();
  await expect(toast(ann, 'The connection to Bob was lost.')).toBeVisible();
  await expect(ann.getByText('Connection lost. Reconnecting…')).toBeVisible();
  await Promise.all([expectLobby(ann), expectLobby(bob)]);
  proxy.restore();

  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await button(bob, 'Accept with audio').click();
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  proxy.cut();
  await expect(ann.getByText('No connection to the server. The call goes on…')).toBeVisible();
  proxy.restore();
  await expect(ann.getByText('No connection to the server. The call goes on…')).toHaveCount(0);
  await expect(tiles(bob)).toHaveCount(2);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);

  proxy.cut();
  await expect(bob.getByTestId('ended-because')).toHaveText('The connection to Ann was lost.');
  await proxy.stop();
  await closePages(ann, bob);
  await hasty.stop();
});

test('a call reaches somebody who is in a room, and takes them out of it', async ({ browser }) => {
  const ann = await online(browser, person('Ann'));
  const bob = await online(browser, person('Bob'));
  await button(bob, 'Join now').click();
  await expect(button(bob, 'Leave call')).toBeVisible();
  const cat = await joinDemo(browser, { url: server.url, room: 'unused', name: 'Cat' });
  await ring(ann, { from: 'Ann', to: 'Bob' }, bob);
  await button(bob, 'Accept with audio').click();
  await Promise.all([expectInCall(ann, 'Bob'), expectInCall(bob, 'Ann')]);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  await expect(tiles(cat)).toHaveCount(1);
  await closePages(ann, bob, cat);
});

test('calls can be had by keyboard alone', async ({ browser }) => {
  const [ann, bob] = [await online(browser, person('Ann')), await online(browser, person('Bob'))];
  await button(ann, 'Ring Bob').focus();
  await ann.keyboard.press('Enter');
  await expect(button(ann, 'Cancel')).toBeFocused();
  await expect(panel(bob, 'Ann is calling')).toBeVisible();
  // The page behind is out of reach until the call is answered.
  for (let presses = 0; presses < 4; presses++) await bob.keyboard.press('Tab');
  await expect(panel(bob, 'Ann is calling')).toBeVisible();
  await bob.keyboard.press('Escape');
  await expect(toast(ann, 'Bob declined.')).toBeVisible();
  await expect(button(ann, 'Ring Bob')).toBeFocused();

  await ann.keyboard.press('Enter');
  await expect(button(bob, 'Accept with audio')).toBeFocused();
  await bob.keyboard.press('Enter');
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  await closePages(ann, bob);
});
