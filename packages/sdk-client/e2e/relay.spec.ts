import type { Page } from '@playwright/test';
import { RELAY_PORTS, startCoturn, type Coturn } from '../../../tools/testing/startCoturn.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { expectDecodes, expectHears } from './support/expectMedia.js';
import { expect, test, type OpenPage } from './support/fixtures.js';
import { MediaRoute, type RouteOptions } from './support/mediaRoute.js';
import { PairRoute } from './support/PairRoute.js';
import { repairsOf } from './support/repairs.js';
import type { Passing } from './support/UdpRelay.js';

/** Media that can go on only through a TURN server. */

const SECRET = 'of the relay';

let coturn: Coturn;
let server: TestServer;
test.beforeAll(async () => {
  coturn = await startCoturn({ secret: SECRET });
  server = await startServer(['--dev', '--listen-ip', '127.0.0.1'], {
    PARLOR_TURN_URLS: coturn.url,
    PARLOR_TURN_SECRET: SECRET,
  });
});
test.afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await coturn.stop();
});

const isOfRelay = ({ port }: Passing): boolean => port >= RELAY_PORTS.first && port <= RELAY_PORTS.last;

async function call(open: OpenPage, { room, ...expired }: RouteOptions & { room: string }) {
  const [alice, bob] = [await open('alice'), await open('bob')];
  const route = await MediaRoute.of(bob, expired);
  const repairs = await repairsOf(bob);
  await talk([alice, bob], room);
  return { alice, bob, route, repairs };
}

/** They join, send and receive, and hold on to all objects. */
async function talk([alice, bob]: readonly [Page, Page], room: string): Promise<void> {
  for (const page of [alice, bob])
    await page.evaluate((joining) => window.call.connect(joining), { url: server.url, room });
  for (const [page, hz] of [
    [alice, 500],
    [bob, 900],
  ] as const)
    await page.evaluate(
      (tone) => Promise.all([window.call.publishTone(tone), window.call.publishColour([220, 30, 30])]),
      hz,
    );
  await expectTalk(alice, bob);
  for (const page of [alice, bob])
    await page.evaluate(() => {
      window.call.keep();
    });
}

async function expectTalk(alice: Page, bob: Page): Promise<void> {
  await Promise.all([
    expectDecodes(alice, { from: 'bob' }),
    expectHears(alice, { from: 'bob', hz: 900 }),
    expectDecodes(bob, { from: 'alice' }),
    expectHears(bob, { from: 'alice', hz: 500 }),
  ]);
}

/** What each direction has gone through. */
const stepsOf = (told: readonly string[]) =>
  (['send', 'recv'] as const).map((direction) =>
    told.filter((line) => line.startsWith(direction)).map((line) => line.split(' ')[1]),
  );

/** Nothing gets through but by the relay; everything is the same to the apps. */
async function expectRelayed({ alice, bob }: { alice: Page; bob: Page }): Promise<void> {
  await expectTalk(alice, bob);
  for (const page of [alice, bob])
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
}

test('where neither an ICE restart nor a new transport helps, media goes by the relay alone', async ({
  open,
  roomId,
}) => {
  // Until the third transport of a direction no relay is to be had.
  const called = await call(open, { room: roomId, isTurnExpired: (nth, isRestart) => isRestart || nth < 3 });
  for (const direction of ['send', 'recv'] as const) called.route.admitOnly(direction, isOfRelay);
  const steps = ['iceRestart', 'newTransport', 'relayOnly', 'recovered'];
  await expect.poll(async () => stepsOf(await called.repairs()), { timeout: 60_000 }).toEqual([steps, steps]);
  await expectRelayed(called);
  called.route.close();
});

test('a relay whose credentials have expired since the join is found again, with new ones', async ({
  open,
  roomId,
}) => {
  const called = await call(open, {
    room: roomId,
    isTurnExpired: (nth, isRestart) => nth === 1 && !isRestart,
  });
  for (const direction of ['send', 'recv'] as const) called.route.admitOnly(direction, isOfRelay);
  await expect
    .poll(async () => stepsOf(await called.repairs()).map((steps) => steps.at(-1)), { timeout: 60_000 })
    .toEqual(['recovered', 'recovered']);
  await expectRelayed(called);
  called.route.close();
});

test.describe('from browser to browser', () => {
  test.use({ topology: 'p2p' });

  test('media goes on by relays when the way between has gone, with credentials that are newer than the join', async ({
    open,
    roomId,
  }) => {
    const [alice, bob] = [await open('alice'), await open('bob')];
    const route = new PairRoute();
    for (const page of [alice, bob]) await route.lead(page);
    await talk([alice, bob], roomId);
    const ways = async (page: Page) =>
      await page.evaluate(async () => (await window.call.paths()).map(({ local }) => local));
    for (const page of [alice, bob]) expect(await ways(page)).not.toContain('relay');
    route.cut();
    // No other way is left than from relay to relay: either side has to be let in.
    for (const page of [alice, bob])
      await expect.poll(() => ways(page), { timeout: 60_000 }).toEqual(['relay']);
    await expectRelayed({ alice, bob });
    route.close();
  });
});
