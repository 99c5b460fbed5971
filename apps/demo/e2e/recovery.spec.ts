import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer } from '../../../tools/testing/startServer.js';
import { CutProxy } from './support/CutProxy.js';
import { closePages, joinDemo, tile, tiles } from './support/demo.js';
import { expectSounds, expectVideos } from './support/media.js';
import { captureCount } from './support/probe.js';
import { workersOf } from './support/workers.js';

test('a cut connection costs nothing: the call goes on, same tiles, camera not asked for anew', async ({
  browser,
}) => {
  const server = await startServer();
  const proxy = await CutProxy.start(server.url);
  const ann = await joinDemo(browser, { url: proxy.url, room: 'cut', name: 'Ann' });
  const bob = await joinDemo(browser, { url: server.url, room: 'cut', name: 'Bob' });
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  const captures = await captureCount(ann);
  const identity = await tile(bob, 'Ann').getAttribute('data-identity');

  proxy.cut();
  await expect(ann.getByText('No connection to the server. The call goes on…')).toBeVisible();
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  proxy.restore();

  await expect(ann.getByText('No connection to the server. The call goes on…')).toHaveCount(0);
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  for (const page of [ann, bob]) await expect(tiles(page)).toHaveCount(2);
  expect(await captureCount(ann)).toBe(captures);
  expect(await tile(bob, 'Ann').getAttribute('data-identity')).toBe(identity);

  await closePages(ann, bob);
  await proxy.stop();
  await server.stop();
});

test('killed media workers do not take the server down: the call comes back by itself', async ({
  browser,
}) => {
  const server = await startServer();
  const guest = { url: server.url, room: 'killed', topology: 'sfu' };
  const ann = await joinDemo(browser, { ...guest, name: 'Ann' });
  const bob = await joinDemo(browser, { ...guest, name: 'Bob' });
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);

  const killed = workersOf(server.pid);
  expect(killed.length).toBeGreaterThan(0);
  for (const pid of killed) process.kill(pid, 'SIGKILL');

  await expect
    .poll(() => workersOf(server.pid).filter((pid) => !killed.includes(pid)).length)
    .toBe(killed.length);
  await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
  await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);
  for (const page of [ann, bob]) await expect(tiles(page)).toHaveCount(2);
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ message: 'ok' });

  await closePages(ann, bob);
  expect(await server.stop()).toBe(0);
});
