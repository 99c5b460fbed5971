import type { Page } from '@playwright/test';
import { startServer } from '../../../tools/testing/startServer.js';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { childrenOf } from './support/processes.js';

/** Rooms whose media goes from browser to browser or through the server, and changes its way during the call. */

const ALICE = { name: 'alice', hz: 500, rgb: [220, 30, 30] as Rgb };
const BOB = { name: 'bob', hz: 900, rgb: [30, 30, 220] as Rgb };
const CAROL = { name: 'carol', hz: 1300, rgb: [30, 180, 40] as Rgb };

type Person = typeof ALICE;
type Sides = readonly (readonly [Page, Person])[];

test.use({ topology: 'auto' });

const publish = (page: Page, { hz, rgb }: Person) =>
  page.evaluate(
    (given) => Promise.all([window.call.publishTone(given.hz), window.call.publishColour(given.rgb)]),
    { hz, rgb },
  );

async function expectCall(sides: Sides): Promise<void> {
  await Promise.all(
    sides.map(async ([page, person]) => {
      for (const [, other] of sides) {
        if (other === person) continue;
        await expectSees(page, { from: other.name, rgb: other.rgb });
        await expectHears(page, { from: other.name, hz: other.hz });
        await expectDecodes(page, { from: other.name });
      }
    }),
  );
}

/** Which way it goes, and that nothing is left of another: P2P takes a connection a peer, the server one a direction. */
async function expectWay(pages: readonly Page[], topology: 'sfu' | 'p2p'): Promise<void> {
  const connections = topology === 'sfu' ? 2 : pages.length - 1;
  const way = (page: Page) =>
    page.evaluate(() => [window.call.room.topology, window.call.connectionStates().join()]);
  for (const page of pages)
    await expect
      .poll(() => way(page))
      .toEqual([topology, Array.from({ length: connections }, () => 'connected').join()]);
}

const keep = (page: Page) =>
  page.evaluate(() => {
    window.call.keep();
    window.call.events.length = 0;
  });

const NOTHING_GOES = [
  'connectionStateChanged',
  'participantDisconnected',
  'trackUnpublished',
  'trackUnsubscribed',
  'trackSubscriptionFailed',
  'localTrackUnpublished',
] as const;

/** For the app there is nothing to do: its objects are the same, and nobody and nothing is said to have gone. */
async function expectSame(page: Page): Promise<void> {
  expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
  for (const event of NOTHING_GOES)
    expect(await page.evaluate((name) => window.call.told(name), event)).toEqual([]);
}

const topologies = (page: Page) => page.evaluate(() => window.call.told('topologyChanged'));

const near = (one: Rgb, other: Rgb) =>
  one.every((value, index) => Math.abs(value - (other[index] ?? 0)) < 60);

/** Every frame that was shown was of the other's colour, and no moment without the tone. */
async function expectSeamless(page: Page, { rgb, hz }: Person): Promise<number> {
  const { frames, sounds, longestGap } = await page.evaluate(() => {
    const { witness } = window.call;
    witness?.stop();
    return {
      frames: witness?.frames.map(({ seen }) => seen) ?? [],
      sounds: witness?.sounds ?? [],
      longestGap: witness?.longestGap ?? Infinity,
    };
  });
  expect(frames.length).toBeGreaterThan(30);
  expect(frames.filter((seen) => !near(seen, rgb))).toEqual([]);
  expect(sounds.length).toBeGreaterThan(30);
  expect(sounds.filter((heard) => heard.level < -60 || Math.abs(heard.hz - hz) > 30)).toEqual([]);
  return longestGap;
}

test('two talk directly, the third brings the server in, and takes it along', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await Promise.all([publish(alice, ALICE), publish(bob, BOB)]);
  const two: Sides = [
    [alice, ALICE],
    [bob, BOB],
  ];
  await expectCall(two);
  await expectWay([alice, bob], 'p2p');
  await Promise.all([keep(alice), keep(bob)]);
  await alice.evaluate(() => window.call.watch('bob'));
  await bob.evaluate(() => window.call.watch('alice'));

  const carol = await join('carol');
  await publish(carol, CAROL);
  const three: Sides = [...two, [carol, CAROL]];
  await expectWay([alice, bob, carol], 'sfu');
  await expectCall(three);
  for (const page of [alice, bob]) expect(await topologies(page)).toEqual(['sfu participants']);

  await carol.evaluate(() => window.call.room.disconnect());
  await expectWay([alice, bob], 'p2p');
  await expectCall(two);
  for (const page of [alice, bob])
    expect(await topologies(page)).toEqual(['sfu participants', 'p2p participants']);
  const gaps = [await expectSeamless(alice, BOB), await expectSeamless(bob, ALICE)];
  test.info().annotations.push({ type: 'longest gap between frames, ms', description: gaps.join(' ') });
  for (const page of [alice, bob]) {
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
    expect(await page.evaluate(() => window.call.told('connectionStateChanged'))).toEqual([]);
    expect(await page.evaluate(() => window.call.told('participantDisconnected'))).toEqual(['carol left']);
  }
});

test('who does not reach the server is taken in directly', async ({ open, server, roomId, join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await Promise.all([publish(alice, ALICE), publish(bob, BOB)]);
  const two: Sides = [
    [alice, ALICE],
    [bob, BOB],
  ];
  await expectCall(two);
  await Promise.all([keep(alice), keep(bob)]);

  const carol = await open('carol');
  await carol.evaluate(() => {
    // The server's port is another one for this page: nobody listens there. mediasoup is ICE lite, browsers are not.
    const { prototype } = RTCPeerConnection;
    const set = Reflect.get(prototype, 'setRemoteDescription') as (given: unknown) => Promise<void>;
    prototype.setRemoteDescription = function ({ type, sdp = '' }: RTCSessionDescriptionInit) {
      const lost = sdp.includes('a=ice-lite') ? sdp.replaceAll(/(a=candidate:(?:\S+ ){5})\d+/g, '$19') : sdp;
      return set.call(this, { type, sdp: lost });
    };
  });
  await carol.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  await publish(carol, CAROL);
  await expectWay([alice, bob, carol], 'p2p');
  await expectCall([...two, [carol, CAROL]]);
  for (const page of [alice, bob]) {
    expect(await topologies(page)).toEqual(['sfu participants', 'p2p serverUnreachable']);
    expect(await page.evaluate(() => window.call.told('connectionStateChanged'))).toEqual([]);
  }
});

for (const topology of ['sfu', 'auto'] as const)
  test(`a media process that is killed is replaced under the call: ${topology}`, async ({ open, roomId }) => {
    const server = await startServer();
    const people = [ALICE, BOB, CAROL];
    const pages: Page[] = [];
    for (const person of people) {
      const page = await open(person.name, { topology });
      pages.push(page);
      await page.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
      await publish(page, person);
    }
    const sides: Sides = people.map((person, index) => [pages[index]!, person] as const);
    await expectWay(pages, 'sfu');
    await expectCall(sides);
    for (const page of pages) await keep(page);

    const [worker] = childrenOf(server.pid);
    if (worker === undefined) throw new Error('the server has no worker');
    process.kill(worker, 'SIGKILL');
    for (const page of pages) await expect.poll(() => topologies(page)).toEqual(['sfu mediaServerDied']);
    await expectWay(pages, 'sfu');
    await expectCall(sides);
    for (const page of pages) await expectSame(page);
    expect(childrenOf(server.pid)).not.toContain(worker);
    await Promise.all(pages.map((page) => page.evaluate(() => window.call.room.disconnect())));
    expect(await server.stop()).toBe(0);
  });

test('a media process that is killed while the room changes over to it is replaced as well', async ({
  open,
  roomId,
}) => {
  const server = await startServer();
  const joining = { url: server.url, room: roomId };
  const [alice, bob, carol] = [await open('alice'), await open('bob'), await open('carol')];
  for (const page of [alice, bob]) await page.evaluate((given) => window.call.connect(given), joining);
  await Promise.all([publish(alice, ALICE), publish(bob, BOB)]);
  const two: Sides = [
    [alice, ALICE],
    [bob, BOB],
  ];
  await expectCall(two);
  await expectWay([alice, bob], 'p2p');
  await keep(alice);

  const [worker] = childrenOf(server.pid);
  if (worker === undefined) throw new Error('the server has no worker');
  const changing = alice.evaluate(
    () => new Promise<void>((resolve) => window.call.room.on('topologyChanged', () => resolve())),
  );
  const joined = carol.evaluate((given) => window.call.connect(given), joining);
  await changing;
  process.kill(worker, 'SIGKILL');
  await joined;
  await publish(carol, CAROL);
  await expectWay([alice, bob, carol], 'sfu');
  await expectCall([...two, [carol, CAROL]]);
  for (const page of [alice, bob])
    expect(await topologies(page)).toEqual(['sfu participants', 'sfu mediaServerDied']);
  // Nobody goes, also not who was still on the way in when it happened.
  for (const page of [alice, bob, carol])
    for (const event of ['reconnecting', 'participantDisconnected', 'trackUnsubscribed'] as const)
      expect(await page.evaluate((name) => window.call.told(name), event)).toEqual([]);
  await Promise.all([alice, bob, carol].map((page) => page.evaluate(() => window.call.room.disconnect())));
  expect(await server.stop()).toBe(0);
});
