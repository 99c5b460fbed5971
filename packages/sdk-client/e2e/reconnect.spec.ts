import type { Page } from '@playwright/test';
import { startServer } from '../../../tools/testing/startServer.js';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { childrenOf } from './support/processes.js';
import { TcpProxy } from './support/TcpProxy.js';

const RED: Rgb = [220, 30, 30];
const SMALL = { width: 320, height: 180, frameRate: 15 };

/** Alice sends a tone and a colour, bob a tone and his camera; everything arrives, and both hold on to their objects. */
async function talk(alice: Page, bob: Page): Promise<void> {
  await alice.evaluate(
    (rgb) => Promise.all([window.call.publishTone(500), window.call.publishColour(rgb)]),
    RED,
  );
  await bob.evaluate(() =>
    Promise.all([window.call.publishTone(900), window.call.room.localParticipant.setCameraEnabled(true)]),
  );
  await expectCall(alice, bob);
  for (const page of [alice, bob]) {
    await page.evaluate(() => {
      window.call.keep();
      window.call.events.length = 0;
    });
  }
}

async function expectCall(alice: Page, bob: Page): Promise<void> {
  await Promise.all([
    expectHears(alice, { from: 'bob', hz: 900 }),
    expectDecodes(alice, { from: 'bob' }),
    expectHears(bob, { from: 'alice', hz: 500 }),
    expectDecodes(bob, { from: 'alice' }),
    expectSees(bob, { from: 'alice', rgb: RED }),
  ]);
}

/** After a repair: what this page sends is what it sent before, and nothing was captured again. */
async function expectSameMedia(page: Page, captures: number): Promise<void> {
  expect(await page.evaluate(() => window.call.kept.local)).toBe(true);
  expect(await page.evaluate(() => window.call.told('disconnected'))).toEqual([]);
  // What was before is let go when everybody has come over.
  await expect
    .poll(() => page.evaluate(() => window.call.taken.peerConnections - window.call.taken.closed))
    .toBe(2);
  expect(await page.evaluate(() => window.call.taken.getUserMedia)).toBe(captures);
}

const heard = (page: Page) => page.evaluate(() => window.call.told('dataReceived'));
const states = (page: Page) => page.evaluate(() => window.call.told('connectionStateChanged'));

for (const { serverNotices, how } of [
  { serverNotices: true, how: 'a lost socket' },
  { serverNotices: false, how: 'a socket that only the page knows to be lost' },
]) {
  test(`${how} is taken up again: media goes on, nothing is lost, nobody is told`, async ({
    join,
    server,
  }) => {
    const proxy = await TcpProxy.to(server.url);
    const alice = await join('alice');
    const bob = await join('bob', { url: proxy.url, videoCaptureDefaults: { resolution: SMALL } });
    await talk(alice, bob);

    proxy.cut({ serverNotices });
    await expect.poll(() => states(bob)).toEqual(['signalReconnecting']);
    // Without signalling: pictures and sound arrive, others are still there for each other.
    await expectCall(alice, bob);
    await alice.evaluate(() => window.call.room.localParticipant.sendMessage('while you were away'));
    const said = bob.evaluate(() => window.call.room.localParticipant.sendMessage('while I was away'));
    proxy.mend();
    await expect.poll(() => states(bob)).toEqual(['signalReconnecting', 'connected']);
    await said;
    await expect.poll(() => heard(bob)).toEqual([expect.stringContaining('while you were away')]);
    await expect.poll(() => heard(alice)).toEqual([expect.stringContaining('while I was away')]);
    await expectCall(alice, bob);
    await expectSameMedia(bob, 1);
    expect(await bob.evaluate(() => window.call.kept.remote)).toBe(true);
    for (const page of [alice, bob]) {
      const told = await page.evaluate(() => window.call.events.map(({ event }) => event));
      for (const event of [
        'participantDisconnected',
        'participantConnected',
        'trackUnpublished',
        'reconnecting',
      ])
        expect(told).not.toContain(event);
    }
    proxy.close();
  });
}

test('a server that is gone for a while is waited for', async ({ open, roomId }) => {
  const first = await startServer();
  const { port } = new URL(first.url);
  const [alice, bob] = [
    await open('alice'),
    await open('bob', { videoCaptureDefaults: { resolution: SMALL } }),
  ];
  for (const page of [alice, bob]) {
    await page.evaluate((joining) => window.call.connect(joining), { url: first.url, room: roomId });
  }
  await talk(alice, bob);

  process.kill(first.pid, 'SIGKILL');
  for (const page of [alice, bob]) await expect.poll(() => states(page)).toEqual(['signalReconnecting']);
  const second = await startServer(['--dev', '--port', port]);
  for (const page of [alice, bob])
    await expect.poll(() => states(page)).toEqual(['signalReconnecting', 'reconnecting', 'connected']);
  await expectCall(alice, bob);
  await expectSameMedia(bob, 1);
  await expectSameMedia(alice, 0);
  expect(await second.stop()).toBe(0);
});

test('a server that is stopped says so, and is waited for', async ({ open, roomId }) => {
  const first = await startServer();
  const { port } = new URL(first.url);
  const alice = await open('alice');
  await alice.evaluate((joining) => window.call.connect(joining), { url: first.url, room: roomId });
  expect(await first.stop()).toBe(0);
  await expect.poll(() => states(alice)).toEqual(['connecting', 'connected', 'reconnecting']);
  const second = await startServer(['--dev', '--port', port]);
  await expect.poll(() => alice.evaluate(() => window.call.room.state)).toBe('connected');
  expect(await second.stop()).toBe(0);
  await expect.poll(() => alice.evaluate(() => window.call.room.state)).toBe('reconnecting');
  await alice.evaluate(() => window.call.room.disconnect());
  expect(await alice.evaluate(() => window.call.told('disconnected'))).toEqual(['CLIENT_INITIATED']);
  expect(await alice.evaluate(() => window.call.taken.peerConnections - window.call.taken.closed)).toBe(0);
});

test('a worker that is killed takes nothing down', async ({ open, roomId }) => {
  const server = await startServer();
  const [alice, bob] = [
    await open('alice'),
    await open('bob', { videoCaptureDefaults: { resolution: SMALL } }),
  ];
  for (const page of [alice, bob]) {
    await page.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  }
  await talk(alice, bob);

  const [worker] = childrenOf(server.pid);
  if (worker === undefined) throw new Error('the server has no worker');
  process.kill(worker, 'SIGKILL');
  for (const page of [alice, bob])
    await expect
      .poll(() => page.evaluate(() => window.call.told('topologyChanged')))
      .toEqual(['sfu mediaServerDied']);
  await expectCall(alice, bob);
  await expectSameMedia(bob, 1);
  await expectSameMedia(alice, 0);
  for (const page of [alice, bob]) expect(await states(page)).toEqual([]);
  expect(childrenOf(server.pid)).toHaveLength(1);
  expect(childrenOf(server.pid)).not.toContain(worker);
  expect(await server.stop()).toBe(0);
});
