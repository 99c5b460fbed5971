import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import type { CallPhase } from './pages/CallClient.js';
import { servePages, type PageServer } from './support/pages.js';

/** `socket.io-client` and `simple-peer` from npm and the source document: enough for a call. */

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const AUDIO = { audio: true };
const VIDEO = { audio: true, video: { width: 320, height: 180, frameRate: 15 } };

async function enter(browser: Browser, roomName: string, pseudo: string): Promise<Page> {
  const page = await pages.open(browser, 'peerSignal');
  await page.evaluate(
    (given) => {
      window.createCaller(given.url, given);
    },
    { url: server.url, roomName, pseudo },
  );
  return page;
}

const expectPhase = (page: Page, phase: CallPhase) =>
  expect.poll(() => page.evaluate(() => window.caller.phase), { message: phase }).toBe(phase);

const expectNames = (page: Page, ...names: string[]) =>
  expect.poll(() => page.evaluate(() => window.caller.names)).toEqual(names);

const ending = (page: Page) => page.evaluate(() => window.caller.endings.at(-1));

/** Of calls that are connected: the connection tells of its end by itself, and may be quicker than the server. */
const expectFarewell = (page: Page, farewell: string) =>
  expect.poll(() => page.evaluate(() => window.caller.farewells.at(-1))).toBe(farewell);

async function call(from: Page, to: { page: Page; pseudo: string }, constraints = AUDIO): Promise<void> {
  await from.evaluate((given) => window.caller.call(given.pseudo, given.constraints), {
    pseudo: to.pseudo,
    constraints,
  });
  await expectPhase(to.page, 'ringing');
}

async function connect(from: Page, to: { page: Page; pseudo: string }, constraints = AUDIO): Promise<void> {
  await call(from, to, constraints);
  await to.page.evaluate((given) => window.caller.accept(given), constraints);
  for (const page of [from, to.page]) await expectPhase(page, 'connected');
}

const numberOf = (page: Page, kind: string, key: string): Promise<number> =>
  page.evaluate(
    async (wanted) => {
      const stats = await window.caller.stats();
      const stat = stats.find((one) => one.type === 'inbound-rtp' && one['kind'] === wanted.kind);
      return Number(stat?.[wanted.key] ?? 0);
    },
    { kind, key },
  );

async function expectGrowth(page: Page, kind: string, { key, by }: { key: string; by: number }) {
  const before = await numberOf(page, kind, key);
  await expect
    .poll(() => numberOf(page, kind, key), { message: `${key} grows` })
    .toBeGreaterThan(before + by);
}

const expectSound = (page: Page) => expectGrowth(page, 'audio', { key: 'totalAudioEnergy', by: 0 });
const expectPicture = (page: Page) => expectGrowth(page, 'video', { key: 'framesDecoded', by: 10 });

async function twoInRoom(browser: Browser, roomName: string): Promise<[alice: Page, bob: Page]> {
  const alice = await enter(browser, roomName, 'Alice');
  const bob = await enter(browser, roomName, 'Bob');
  for (const page of [alice, bob]) await expectNames(page, 'Alice', 'Bob');
  return [alice, bob];
}

test('an audio call is accepted, gets video later, and is hung up', async ({ browser }) => {
  const [alice, bob] = await twoInRoom(browser, 'general');
  await connect(alice, { page: bob, pseudo: 'Bob' });
  for (const page of [alice, bob]) await expectSound(page);

  await alice.evaluate(() => window.caller.addVideo());
  await expectPicture(bob);
  // The other way the one who was called asks the caller to offer again.
  await bob.evaluate(() => window.caller.addVideo());
  await expectPicture(alice);

  await alice.evaluate(() => window.caller.hangUp());
  await expectPhase(alice, 'idle');
  await expectPhase(bob, 'idle');
  await expectFarewell(bob, 'hangup');
  await alice.context().close();
  await expectNames(bob, 'Bob');
  await bob.context().close();
});

test('a call is refused, and the next one accepted with video', async ({ browser }) => {
  const [alice, bob] = await twoInRoom(browser, 'refusals');
  await call(alice, { page: bob, pseudo: 'Bob' });
  await bob.evaluate(() => window.caller.reject());
  await expectPhase(alice, 'idle');
  await expectPhase(bob, 'idle');
  expect(await ending(alice)).toBe('reject');

  await connect(bob, { page: alice, pseudo: 'Alice' }, VIDEO);
  for (const page of [alice, bob]) {
    await expectPicture(page);
    await expectSound(page);
  }
  // A third one hears that the line is busy, and nobody else notices.
  const carol = await enter(browser, 'refusals', 'Carol');
  await expectNames(carol, 'Alice', 'Bob', 'Carol');
  await carol.evaluate((given) => window.caller.call('Bob', given), AUDIO);
  await expect.poll(() => ending(carol)).toBe('busy');
  await expectPhase(carol, 'idle');
  for (const page of [alice, bob]) await expectPicture(page);

  // Nobody can speak for somebody else, nor into another room.
  const lie = await carol.evaluate(async () => {
    const bobs = window.caller.participants.find(({ pseudo }) => pseudo === 'Bob')?.id;
    return window.caller.raw({ id: bobs, roomName: 'general', pseudo: 'Alice', signal: { type: 'hangup' } });
  });
  expect(lie).toMatchObject({ error: { code: 'NOT_JOINED' } });
  await expectPhase(bob, 'connected');
  for (const page of [alice, bob, carol]) await page.context().close();
});

test('a caller who gives up stops the ringing', async ({ browser }) => {
  const [alice, bob] = await twoInRoom(browser, 'cancelled');
  await call(alice, { page: bob, pseudo: 'Bob' });
  await alice.evaluate(() => window.caller.hangUp());
  await expectPhase(bob, 'idle');
  await call(alice, { page: bob, pseudo: 'Bob' });
  // As when a browser crashes: without a word.
  await alice.context().close();
  await expectPhase(bob, 'idle');
  expect(await ending(bob)).toBe('hangup: connectionLost');
  await bob.context().close();
});

test('offline in the middle of a call: idle, no new call, and a call again when the network is back', async ({
  browser,
}) => {
  const [alice, bob] = await twoInRoom(browser, 'offline');
  await connect(alice, { page: bob, pseudo: 'Bob' }, VIDEO);
  for (const page of [alice, bob]) await expectPicture(page);
  const before = await alice.evaluate(() => window.caller.id);

  await alice.context().setOffline(true);
  await expectPhase(alice, 'idle');
  expect(await ending(alice)).toBe('offline');
  await expectPhase(bob, 'idle');
  await expectFarewell(bob, 'hangup: connectionLost');
  await expectNames(bob, 'Bob');
  await alice.evaluate((given) => window.caller.call('Bob', given), AUDIO);
  await expectPhase(alice, 'idle');

  await alice.context().setOffline(false);
  for (const page of [alice, bob]) await expectNames(page, 'Alice', 'Bob');
  expect(await alice.evaluate(() => window.caller.id)).not.toBe(before);
  await connect(bob, { page: alice, pseudo: 'Alice' }, VIDEO);
  for (const page of [alice, bob]) {
    await expectPicture(page);
    await expectSound(page);
  }
  await alice.context().close();
  await bob.context().close();
});
