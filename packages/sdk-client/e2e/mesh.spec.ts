import type { Page } from '@playwright/test';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test, type JoinPage } from './support/fixtures.js';

const RED: Rgb = [220, 30, 30];
const BLUE: Rgb = [30, 30, 220];
const GREEN: Rgb = [30, 180, 40];
const YELLOW: Rgb = [220, 210, 30];

const PEOPLE = [
  { name: 'alice', hz: 500, rgb: RED },
  { name: 'bob', hz: 900, rgb: BLUE },
  { name: 'carol', hz: 1300, rgb: GREEN },
  { name: 'dave', hz: 1700, rgb: YELLOW },
] as const;

type Person = (typeof PEOPLE)[number];

const inMesh =
  (join: JoinPage): JoinPage =>
  (peerId, options) =>
    join(peerId, { topology: 'p2p', ...options });

const publish = (page: Page, { hz, rgb }: Person) =>
  page.evaluate(
    (given) => Promise.all([window.call.publishTone(given.hz), window.call.publishColour(given.rgb)]),
    { hz, rgb },
  );

async function expectReceives(page: Page, from: Person): Promise<void> {
  await expectSees(page, { from: from.name, rgb: from.rgb });
  await expectHears(page, { from: from.name, hz: from.hz });
  await expectDecodes(page, { from: from.name });
}

test('two pages see and hear each other', async ({ join }) => {
  const [alice, bob] = [await inMesh(join)('alice'), await inMesh(join)('bob')];
  await publish(alice, PEOPLE[0]);
  await publish(bob, PEOPLE[1]);
  await expectReceives(alice, PEOPLE[1]);
  await expectReceives(bob, PEOPLE[0]);
  expect(await alice.evaluate(() => window.call.taken.peerConnections)).toBe(1);
});
