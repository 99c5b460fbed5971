import type { Page } from '@playwright/test';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';

/** People come and go while media of their room changes its way. */

const PEOPLE = [
  { name: 'alice', hz: 500, rgb: [220, 30, 30] as Rgb },
  { name: 'bob', hz: 900, rgb: [30, 30, 220] as Rgb },
  { name: 'carol', hz: 1300, rgb: [30, 180, 40] as Rgb },
  { name: 'dave', hz: 1700, rgb: [220, 200, 40] as Rgb },
] as const;

type Person = (typeof PEOPLE)[number];
type Sides = readonly (readonly [Page, Person])[];

test.use({ topology: 'auto' });

const publish = ([page, { hz, rgb }]: Sides[number]) =>
  page.evaluate(
    (given) => Promise.all([window.call.publishTone(given.hz), window.call.publishColour(given.rgb)]),
    { hz, rgb },
  );

/** Everybody sees and hears everybody else. */
async function expectCall(sides: Sides): Promise<void> {
  await Promise.all(
    sides.map(async ([page, person]) => {
      for (const [, { name, rgb, hz }] of sides) {
        if (name === person.name) continue;
        await expectSees(page, { from: name, rgb });
        await expectHears(page, { from: name, hz });
        await expectDecodes(page, { from: name });
      }
    }),
  );
}

/** It goes this way for everybody, and nothing is left of another. */
async function expectWay(sides: Sides, topology: 'sfu' | 'p2p'): Promise<void> {
  const connections = topology === 'sfu' ? 2 : sides.length - 1;
  const way = (page: Page) =>
    page.evaluate(() => [window.call.room.topology, ...window.call.connectionStates()]);
  for (const [page] of sides)
    await expect
      .poll(() => way(page))
      .toEqual([topology, ...Array.from({ length: connections }, () => 'connected')]);
}

const keep = (page: Page) =>
  page.evaluate(() => {
    window.call.keep();
    window.call.events.length = 0;
  });

/** Resolves with the next change of the way at this page; ask for it before. */
async function nextChange(page: Page): Promise<{ readonly changed: Promise<string> }> {
  const key = await page.evaluateHandle(() => ({
    changed: new Promise<string>((resolve) => window.call.room.on('topologyChanged', resolve)),
  }));
  return { changed: key.evaluate(({ changed }) => changed) };
}

/** Of the others nobody but `gone` has left, and the page itself has not been away. */
async function expectOnlyGone(page: Page, gone: readonly string[]): Promise<void> {
  const left = () => page.evaluate(() => window.call.told('participantDisconnected'));
  await expect.poll(left).toEqual(gone.map((name) => `${name} left`));
  expect(await page.evaluate(() => window.call.told('connectionStateChanged'))).toEqual([]);
  const lost = await page.evaluate(() =>
    (['trackUnsubscribed', 'trackUnpublished', 'trackSubscriptionFailed', 'localTrackUnpublished'] as const)
      .flatMap((event) => window.call.told(event))
      .join(),
  );
  for (const { name } of PEOPLE) if (!gone.includes(name)) expect(lost).not.toContain(name);
}

const expectSameObjects = async (page: Page): Promise<void> => {
  expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
};

const leave = (page: Page) => page.evaluate(() => window.call.room.disconnect());

test.describe('while a room of two', () => {
  const [ALICE, BOB, CAROL, DAVE] = PEOPLE;

  test('changes over to the server, the third goes again: it is direct as before', async ({
    join,
    open,
    server,
    roomId,
  }) => {
    const alice = await join('alice');
    const two: Sides = [
      [alice, ALICE],
      [await join('bob'), BOB],
    ];
    const carol = await open('carol');
    await Promise.all(two.map(publish));
    await expectCall(two);
    await expectWay(two, 'p2p');
    await Promise.all(two.map(([page]) => keep(page)));

    const { changed } = await nextChange(alice);
    const joining = carol.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
    expect(await changed).toBe('sfu');
    await joining;
    await leave(carol);
    await expectWay(two, 'p2p');
    await expectCall(two);
    for (const [page] of two) {
      await expectOnlyGone(page, ['carol']);
      await expectSameObjects(page);
    }
  });

  test('changes over to the server, a fourth comes: all four are in one call', async ({
    join,
    open,
    server,
    roomId,
  }) => {
    const alice = await join('alice');
    const two: Sides = [
      [alice, ALICE],
      [await join('bob'), BOB],
    ];
    const [carol, dave] = [await open('carol'), await open('dave')];
    await Promise.all(two.map(publish));
    await expectCall(two);
    await expectWay(two, 'p2p');
    await Promise.all(two.map(([page]) => keep(page)));

    const connect = (page: Page) =>
      page.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
    const { changed } = await nextChange(alice);
    const third = connect(carol);
    expect(await changed).toBe('sfu');
    await Promise.all([third, connect(dave)]);
    const four: Sides = [...two, [carol, CAROL], [dave, DAVE]];
    await Promise.all(four.slice(2).map(publish));
    await expectWay(four, 'sfu');
    await expectCall(four);
    for (const [page] of two) await expectOnlyGone(page, []);

    // What they had of each other is what they have now.
    await Promise.all([leave(carol), leave(dave)]);
    await expectWay(two, 'p2p');
    await expectCall(two);
    for (const [page] of two) await expectSameObjects(page);
  });
});

test('somebody comes while the room goes back to P2P, and somebody else leaves: who stays is not disturbed', async ({
  join,
  open,
  server,
  roomId,
}) => {
  const [ALICE, BOB, CAROL, DAVE] = PEOPLE;
  const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
  const three: Sides = [
    [alice, ALICE],
    [bob, BOB],
    [carol, CAROL],
  ];
  const dave = await open('dave');
  await Promise.all(three.map(publish));
  await expectWay(three, 'sfu');
  await expectCall(three);
  await keep(alice);

  const { changed } = await nextChange(alice);
  await leave(carol);
  expect(await changed).toBe('p2p');
  await dave.evaluate((given) => window.call.connect(given), { url: server.url, room: roomId });
  await publish([dave, DAVE]);
  await leave(bob);
  const two: Sides = [
    [alice, ALICE],
    [dave, DAVE],
  ];
  await expectWay(two, 'p2p');
  await expectCall(two);
  await expectOnlyGone(alice, ['carol', 'bob']);
  expect(await alice.evaluate(() => window.call.kept.local)).toBe(true);
});
