import type { Page } from '@playwright/test';
import { expectDecodes, expectHears } from './support/expectMedia.js';
import { expect, test, type JoinPage, type OpenPage } from './support/fixtures.js';
import { CUTS, MediaRoute } from './support/mediaRoute.js';
import { cutMedia, networkOf } from './support/network.js';
import { repairsOf } from './support/repairs.js';
import { expectTalk, startTalk } from './support/twoTalk.js';

interface Call {
  readonly alice: Page;
  readonly bob: Page;
  /** Of bob's media. */
  readonly route: MediaRoute;
  readonly repairs: { readonly alice: () => Promise<string[]>; readonly bob: () => Promise<string[]> };
}

/** Alice and bob see and hear each other. */
async function call(
  { open, join }: { open: OpenPage; join: JoinPage },
  joining: { url: string; room: string },
): Promise<Call> {
  const alice = await join('alice');
  const bob = await open('bob');
  const route = await MediaRoute.of(bob);
  const repairs = { alice: await repairsOf(alice), bob: await repairsOf(bob) };
  await bob.evaluate((given) => window.call.connect(given), joining);
  await startTalk(alice, bob, { isColour: true });
  return { alice, bob, route, repairs };
}

/** Apps have noticed nothing but the quality: tracks are the same objects, nobody left, nothing was published anew. */
async function expectSame({ alice, bob }: Call): Promise<void> {
  for (const page of [alice, bob]) {
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
    const told = await page.evaluate(() => window.call.events.map(({ event }) => event));
    const expected = new Set(['connectionQualityChanged', 'activeSpeakersChanged']);
    expect(told.filter((event) => !expected.has(event))).toEqual([]);
  }
}

test('media that is cut both ways comes back by ICE restarts, each direction on its own', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const talk = await call({ open, join }, { url: server.url, room: roomId });
  const { route, repairs } = talk;
  for (const relay of [...route.send, ...route.recv]) relay.cut(true);
  const begun = (list: string[]) =>
    list.filter((line) => line.includes('iceRestart')).map((line) => line.slice(0, 4));
  await expect.poll(async () => begun(await repairs.bob()).sort()).toEqual(['recv', 'send']);
  for (const relay of [...route.send, ...route.recv]) relay.cut(false);
  await expect
    .poll(async () => (await repairs.bob()).filter((line) => line.includes('recovered')))
    .toHaveLength(2);
  await expectTalk(talk.alice, talk.bob);
  await expectSame(talk);
  // What alice's publisher suffered is nothing that alice could repair.
  expect(await repairs.alice()).toEqual([]);
  route.close();
});

for (const way of CUTS) {
  const { direction, cut } = way;
  test(`a way to ${direction} that stays shut (${cut}) gives way to a new transport, the other goes on`, async ({
    open,
    join,
    server,
    roomId,
  }) => {
    const talk = await call({ open, join }, { url: server.url, room: roomId });
    const { bob, route, repairs } = talk;
    route.cut(way);
    await expect
      .poll(async () => (await repairs.bob()).map((line) => line.split(' ').slice(0, 2).join(' ')))
      .toEqual([`${direction} iceRestart`, `${direction} newTransport`, `${direction} recovered`]);
    expect(route[direction]).toHaveLength(2);
    expect(route[direction === 'send' ? 'recv' : 'send']).toHaveLength(1);
    await expectTalk(talk.alice, talk.bob);
    await expectSame(talk);
    expect(await repairs.alice()).toEqual([]);
    expect(await bob.evaluate(() => window.call.connectionStates())).toEqual(['connected', 'connected']);
    route.close();
  });
}

test('a call begins although every fifth packet is lost, of each and each way', async ({
  open,
  server,
  roomId,
}) => {
  const [alice, bob] = [await open('alice'), await open('bob')];
  const routes = await Promise.all([alice, bob].map((page) => MediaRoute.of(page, { lossRate: 0.2 })));
  const joining = { url: server.url, room: roomId };
  for (const page of [alice, bob]) {
    await page.evaluate((given) => window.call.connect(given), joining);
    await page.evaluate(() =>
      Promise.all([window.call.publishTone(500), window.call.publishColour([220, 30, 30])]),
    );
  }
  await Promise.all([
    expectDecodes(alice, { from: 'bob' }),
    expectHears(alice, { from: 'bob', hz: 500 }),
    expectDecodes(bob, { from: 'alice' }),
    expectHears(bob, { from: 'alice', hz: 500 }),
  ]);
  for (const route of routes) route.close();
});

test('a video whose key frame was asked for in vain is asked for again', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const alice = await open('alice');
  const route = await MediaRoute.of(alice);
  await alice.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
  await alice.evaluate(() => window.call.publishColour([220, 30, 30]));
  await expect.poll(() => route.send.length).toBe(1);
  const requests = route.loseKeyFrameRequests();
  const bob = await join('bob');
  // The worker asks once more, and then no more; if the encoder makes one unasked there is nothing to wait for.
  const frames = () => bob.evaluate(() => window.call.frames('alice', 'camera'));
  await expect.poll(async () => requests.lost() >= 2 || (await frames()) > 0).toBe(true);
  requests.end();
  await expectDecodes(bob, { from: 'alice' });
  route.close();
});

test('both sides are told that a participant is lost, and that it is back', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const talk = await call({ open, join }, { url: server.url, room: roomId });
  const { alice, bob, route } = talk;
  const told = async (page: Page) => {
    const all = await page.evaluate(() => window.call.told('connectionQualityChanged'));
    return all.filter((line) => line.endsWith('bob'));
  };
  for (const relay of route.send) relay.cut(true);
  // It may be back by a new transport, which nothing cuts, before a slow test looks: what was told counts.
  await Promise.all([alice, bob].map((page) => expect.poll(() => told(page)).toContain('lost bob')));
  for (const relay of route.send) relay.cut(false);
  for (const page of [alice, bob])
    await expect.poll(async () => (await told(page)).at(-1)).toMatch(/^(good|excellent) bob$/);
  await expectTalk(talk.alice, talk.bob);
  await expectSame(talk);
  route.close();
});

test.describe('from browser to browser', () => {
  test.use({ topology: 'p2p' });

  test('a connection that seems to stand and carries nothing is repaired', async ({
    open,
    join,
    server,
    roomId,
  }) => {
    const alice = await join('alice');
    const bob = await open('bob');
    const network = await networkOf(bob);
    const told = await repairsOf(alice);
    await bob.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
    await startTalk(alice, bob, { isColour: true });
    await cutMedia(network, true);
    await expect.poll(async () => (await told())[0]).toMatch(/^both iceRestart/);
    await cutMedia(network, false);
    await expect.poll(async () => (await told()).at(-1)).toMatch(/^both recovered/);
    await expectTalk(alice, bob);
    for (const page of [alice, bob])
      expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
  });
});
