import type { Page } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { expect, test, type OpenPage } from './support/fixtures.js';
import { TcpProxy } from './support/TcpProxy.js';
import {
  connectionStates,
  expectNobodyMoved,
  expectTalk,
  ownProducerIds,
  startTalk,
} from './support/twoTalk.js';

const ENV = { PARLOR_RESUME_SECRET: 'known before and after the restart' };
const SMALL = { width: 320, height: 180, frameRate: 15 };

/** The same server, as a process of its own each time. */
const start = (port = '0', drainMs = '500') =>
  startServer(['--dev', '--port', port, '--drain-ms', drainMs], ENV);

/** Alice and bob send their camera and a tone each, and hold on to all objects. */
async function call(
  open: OpenPage,
  roomId: string,
  urls: { alice: string; bob: string },
): Promise<[Page, Page]> {
  const options = { videoCaptureDefaults: { resolution: SMALL } };
  const [alice, bob] = [await open('alice', options), await open('bob', options)];
  for (const [page, url] of [
    [alice, urls.alice],
    [bob, urls.bob],
  ] as const)
    await page.evaluate((joining) => window.call.connect(joining), { url, room: roomId });
  await startTalk(alice, bob);
  return [alice, bob];
}

const portOf = ({ url }: TestServer) => new URL(url).port;

const ways = [
  {
    how: 'killed',
    end: (server: TestServer) => {
      process.kill(server.pid, 'SIGKILL');
      return Promise.resolve();
    },
    seen: ['signalReconnecting', 'reconnecting', 'connected'],
  },
  {
    how: 'stopped',
    end: async (server: TestServer) => {
      expect(await server.stop()).toBe(0);
    },
    seen: ['reconnecting', 'connected'],
  },
];

for (const topology of ['sfu', 'p2p', 'auto'] as const)
  test.describe(topology, () => {
    test.use({ topology });
    for (const { how, end, seen } of ways)
      test(`a server that is ${how} and started anew: the same people, tracks and ids, and their media`, async ({
        open,
        roomId,
      }) => {
        const first = await start();
        const [alice, bob] = await call(open, roomId, { alice: first.url, bob: first.url });
        const ids = [await ownProducerIds(alice), await ownProducerIds(bob)];

        await end(first);
        for (const page of [alice, bob]) await expect.poll(() => connectionStates(page)).toContain(seen[0]);
        const second = await start(portOf(first));
        for (const page of [alice, bob]) await expect.poll(() => connectionStates(page)).toEqual(seen);
        await expectTalk(alice, bob);
        await expectNobodyMoved([alice, bob]);
        expect([await ownProducerIds(alice), await ownProducerIds(bob)]).toEqual(ids);
        await Promise.all([alice.context().close(), bob.context().close()]);
        expect(await second.stop()).toBe(0);
      });
  });

test('the first who is back after a restart waits for the others, who are late', async ({ open, roomId }) => {
  const first = await start();
  const proxy = await TcpProxy.to(first.url);
  const [alice, bob] = await call(open, roomId, { alice: first.url, bob: proxy.url });
  proxy.cut({ serverNotices: true });
  process.kill(first.pid, 'SIGKILL');
  await expect.poll(() => connectionStates(alice)).toEqual(['signalReconnecting']);
  const second = await start(portOf(first));
  await expect
    .poll(() => connectionStates(alice))
    .toEqual(['signalReconnecting', 'reconnecting', 'connected']);
  const bobIs = () => alice.evaluate(() => window.call.participant('bob').connectionQuality);
  expect(await bobIs()).toBe('lost');
  expect(await alice.evaluate(() => window.call.kept.remote)).toBe(true);

  proxy.mend();
  await expectTalk(alice, bob);
  await expectNobodyMoved([alice, bob]);
  await expect.poll(bobIs).not.toBe('lost');
  proxy.close();
  await Promise.all([alice.context().close(), bob.context().close()]);
  expect(await second.stop()).toBe(0);
});

for (const topology of ['sfu', 'p2p'] as const)
  test.describe(topology, () => {
    test.use({ topology });
    test('a server that ends sends its rooms to another: the same people, tracks and ids, and their media', async ({
      open,
      roomId,
    }) => {
      const next = await start();
      const server = await startServer(['--dev', '--port', '0', '--drain-ms', '600000'], {
        ...ENV,
        PARLOR_DRAIN_URL: next.url,
      });
      const [alice, bob] = await call(open, roomId, { alice: server.url, bob: server.url });
      const ids = [await ownProducerIds(alice), await ownProducerIds(bob)];

      // Nobody is left long before its time is over.
      expect(await server.stop()).toBe(0);
      for (const page of [alice, bob])
        await expect.poll(() => connectionStates(page)).toEqual(['reconnecting', 'connected']);
      await expectTalk(alice, bob);
      await expectNobodyMoved([alice, bob]);
      expect([await ownProducerIds(alice), await ownProducerIds(bob)]).toEqual(ids);
      for (const page of [alice, bob])
        expect(await page.evaluate(() => window.call.told('serverRestarting'))).toEqual([]);
      await Promise.all([alice.context().close(), bob.context().close()]);
      expect(await next.stop()).toBe(0);
    });
  });

test('a server that is going to end says so, keeps calls until then and takes nobody in', async ({
  open,
  roomId,
}) => {
  const server = await start('0', '60000');
  const [alice, bob] = await call(open, roomId, { alice: server.url, bob: server.url });
  const stopped = server.stop();
  for (const page of [alice, bob])
    await expect.poll(() => page.evaluate(() => window.call.told('serverRestarting'))).toEqual(['60000']);
  expect((await fetch(`${server.url}/health`)).status).toBe(503);
  const carol = await open('carol');
  const joining = { url: server.url, room: roomId };
  expect(await carol.evaluate((to) => window.call.connectCode(to), joining)).toBe('SERVER_CLOSING');
  await expectTalk(alice, bob);
  await expectNobodyMoved([alice, bob]);
  for (const page of [alice, bob]) await page.evaluate(() => window.call.room.disconnect());
  // There is nothing to wait for any more.
  expect(await stopped).toBe(0);
});
