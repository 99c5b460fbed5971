import type { Page } from '@playwright/test';
import type { Rgb } from './pages/colours.js';
import { launchChromium } from './support/chromium.js';
import { expectDecodes, expectHears, expectSees, expectSilence } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { cutMedia, losePackets, networkOf } from './support/network.js';
import { descriptionsOf, framesOf } from './support/signalling.js';

const RED: Rgb = [220, 30, 30];
const BLUE: Rgb = [30, 30, 220];
const GREEN: Rgb = [30, 180, 40];
const YELLOW: Rgb = [220, 210, 30];

const ALICE = { name: 'alice', hz: 500, rgb: RED };
const BOB = { name: 'bob', hz: 900, rgb: BLUE };
const CAROL = { name: 'carol', hz: 1300, rgb: GREEN };
const DAVE = { name: 'dave', hz: 1700, rgb: YELLOW };

type Person = typeof ALICE;

test.use({ topology: 'p2p' });

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

/** Everybody sees and hears everybody else. */
async function expectCall(people: readonly (readonly [Page, Person])[]): Promise<void> {
  await Promise.all(
    people.map(async ([page, person]) => {
      for (const [, other] of people) if (other !== person) await expectReceives(page, other);
    }),
  );
}

/** Each page has one connection a peer, straight to its browser. */
async function expectDirect(page: Page, peers: number): Promise<void> {
  const direct = { local: 'host', remote: 'host' };
  const paths = () =>
    page.evaluate(async () =>
      (await window.call.paths()).map(({ local, remote }) => ({
        local: local === 'prflx' ? 'host' : local,
        remote: remote === 'prflx' ? 'host' : remote,
      })),
    );
  await expect.poll(paths).toEqual(Array.from({ length: peers }, () => direct));
}

const open = (page: Page) =>
  page.evaluate(() => window.call.taken.peerConnections - window.call.taken.closed);
const told = (page: Page, event: Parameters<Window['call']['told']>[0]) =>
  page.evaluate((name) => window.call.told(name), event);

test('two pages see and hear each other, without the server in between', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice, ALICE);
  await publish(bob, BOB);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
  ]);
  for (const page of [alice, bob]) {
    await expectDirect(page, 1);
    expect(await page.evaluate(() => window.call.taken.peerConnections)).toBe(1);
  }
});

test('three pages: a late one, one that leaves, and one that comes back', async ({
  join,
  server,
  roomId,
}) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice, ALICE);
  await publish(bob, BOB);
  await expectReceives(alice, BOB);
  const carol = await join('carol');
  await publish(carol, CAROL);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
    [carol, CAROL],
  ]);
  for (const page of [alice, bob, carol]) await expectDirect(page, 2);

  await bob.evaluate(() => window.call.room.disconnect(false));
  for (const page of [alice, carol]) {
    await expect.poll(() => told(page, 'participantDisconnected')).toEqual(['bob left']);
    expect((await told(page, 'trackUnsubscribed')).sort()).toEqual([
      'camera camera bob',
      'microphone microphone bob',
    ]);
    expect(await open(page)).toBe(1);
  }
  expect(await open(bob)).toBe(0);
  await expectReceives(alice, CAROL);

  await bob.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  await publish(bob, BOB);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
    [carol, CAROL],
  ]);
});

test('four pages that come at the same moment with their media: no storm of offers', async ({
  open: openPage,
  server,
  roomId,
}) => {
  const people = [ALICE, BOB, CAROL, DAVE];
  const pages = await Promise.all(people.map(({ name }) => openPage(name)));
  const frames = pages.map((page) => framesOf(page));
  await Promise.all(
    pages.map((page, index) =>
      page.evaluate(
        async ({ hz, rgb, ...joining }) => {
          await Promise.all([window.call.publishTone(hz), window.call.publishColour(rgb)]);
          await window.call.connect(joining);
        },
        { url: server.url, room: roomId, ...people[index]! },
      ),
    ),
  );
  await expectCall(pages.map((page, index) => [page, people[index]!] as const));
  for (const [index, page] of pages.entries()) {
    await expectDirect(page, 3);
    expect(await page.evaluate(() => window.call.taken.peerConnections)).toBe(3);
    const offers = descriptionsOf(frames[index]!).filter(({ type }) => type === 'offer');
    // The smaller id offers, once for each of the four publications of a pair at most.
    for (const { name } of people) {
      const toOne = offers.filter(({ to }) => to === name).length;
      expect(toOne).toBeLessThanOrEqual(name > people[index]!.name ? 4 : 0);
    }
  }
});

test('who has nothing to send watches and listens', async ({ join }) => {
  // The smaller id opens connections: once it is the one that sends, once the one that watches.
  const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
  await publish(bob, BOB);
  for (const page of [alice, carol]) await expectReceives(page, BOB);
  // Two who have nothing for each other have no connection.
  expect(await Promise.all([alice, bob, carol].map(open))).toEqual([1, 2, 1]);
});

test('no device: a coded error, and one watches without; a screen needs no camera', async ({ join }) => {
  const bob = await join('bob');
  await publish(bob, BOB);
  const browser = await launchChromium([
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream=device-count=0',
    '--autoplay-policy=no-user-gesture-required',
  ]);
  const alice = await join('alice', { browser });
  const code = await alice.evaluate(() =>
    window.call.codeOf(({ localParticipant }) => localParticipant.setCameraEnabled(true)),
  );
  expect(code).toBe('DEVICE_NOT_FOUND');
  await expectReceives(alice, BOB);
  await bob.evaluate(() => window.call.room.localParticipant.setScreenShareEnabled(true, { audio: false }));
  await expectDecodes(alice, { from: 'bob', source: 'screen' });
  await browser.close();
});

test('a camera is replaced without a new offer, for everybody', async ({ join }) => {
  const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
  await publish(bob, BOB);
  for (const page of [alice, carol]) await expectReceives(page, BOB);
  await bob.evaluate((rgb) => {
    const { track } = window.call.room.localParticipant.getTrackPublication('camera')!;
    return track.replaceTrack(window.call.colour(rgb));
  }, GREEN);
  for (const page of [alice, carol]) {
    await expectSees(page, { from: 'bob', rgb: GREEN });
    expect(await told(page, 'trackSubscribed')).toHaveLength(2);
  }
});

test('a muted microphone sends nothing, and comes back', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice, ALICE);
  await expectReceives(bob, ALICE);
  await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(false));
  await expectSilence(bob, { from: 'alice' });
  await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(true));
  await expectHears(bob, { from: 'alice', hz: ALICE.hz });
});

test('everybody is told who speaks, the speaker too, and who falls silent', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await publish(alice, ALICE);
  await publish(bob, BOB);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
  ]);
  const speaking = (page: Page) =>
    page.evaluate(() => window.call.room.activeSpeakers.map(({ identity }) => identity).sort());
  for (const page of [alice, bob]) await expect.poll(() => speaking(page)).toEqual(['alice', 'bob']);
  await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(false));
  for (const page of [alice, bob]) await expect.poll(() => speaking(page)).toEqual(['bob']);
});

test('a connection is judged by what is lost on it', async ({ open: openPage, join, server, roomId }) => {
  const alice = await openPage('alice');
  const network = await networkOf(alice);
  await alice.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  const bob = await join('bob');
  await publish(alice, ALICE);
  await publish(bob, BOB);
  const quality = (page: Page, of: string) =>
    page.evaluate((identity) => window.call.room.getParticipant(identity)?.connectionQuality, of);
  // Each of itself, by what the other reports, and of the other, by what arrives.
  for (const page of [alice, bob]) {
    for (const of of ['alice', 'bob']) await expect.poll(() => quality(page, of)).toBe('excellent');
  }
  await losePackets(network, 40);
  await expect.poll(() => quality(bob, 'alice')).toMatch(/good|poor/);
  await expect.poll(() => quality(alice, 'alice')).toMatch(/good|poor/);
  const ofAlice = (await told(bob, 'connectionQualityChanged')).filter((each) => each.endsWith(' alice'));
  expect(ofAlice.at(-1)).toMatch(/good|poor/);
  await losePackets(network, 0);
  await expect.poll(() => quality(bob, 'alice')).toBe('excellent');
  await cutMedia(network, true);
  await expect.poll(() => quality(bob, 'alice')).toBe('lost');
});

test('what is published goes out in the codec and with the Opus that its publisher asks for', async ({
  join,
}) => {
  // Of the two that connect one makes the offers: both publish.
  const [alice, bob] = [await join('alice'), await join('bob')];
  for (const page of [alice, bob]) {
    await page.evaluate(
      (rgb) =>
        Promise.all([
          window.call.publishColour(rgb, { videoCodec: 'vp9' }),
          window.call.publishTone(700, { dtx: true, fec: false, audioBitrate: 24_000 }),
        ]),
      RED,
    );
  }
  for (const [page, other] of [
    [alice, 'bob'],
    [bob, 'alice'],
  ] as const) {
    await expectDecodes(page, { from: other });
    await expectHears(page, { from: other, hz: 700 });
    const sent = await page.evaluate(() => window.call.sentWith());
    expect(sent.map(({ codec }) => codec).sort()).toEqual(['audio/opus', 'video/VP9']);
    const opus = sent.find(({ codec }) => codec === 'audio/opus');
    expect(opus?.parameters).toEqual(
      expect.arrayContaining(['usedtx=1', 'useinbandfec=0', 'maxaveragebitrate=24000']),
    );
  }
});

test('the sound of a screen is stereo, whoever makes the offers', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  for (const page of [alice, bob]) await page.evaluate(() => window.call.publishStereo(500, 900));
  for (const [page, other] of [
    [alice, 'bob'],
    [bob, 'alice'],
  ] as const) {
    const sides = () => page.evaluate((from) => window.call.heardSides(from), other);
    await expect
      .poll(async () => (await sides()).map((hz) => Math.round(hz / 100) * 100), { message: `from ${other}` })
      .toEqual([500, 900]);
  }
});

test('a path that breaks is repaired by an ICE restart: same objects, same connection', async ({
  open: openPage,
  join,
  server,
  roomId,
}) => {
  const alice = await openPage('alice');
  const network = await networkOf(alice);
  const frames = framesOf(alice);
  await alice.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  const bob = await join('bob');
  await publish(alice, ALICE);
  await publish(bob, BOB);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
  ]);
  for (const page of [alice, bob]) {
    await page.evaluate(() => {
      window.call.keep();
    });
  }
  const offers = () => descriptionsOf(frames).filter(({ type }) => type === 'offer').length;
  const before = offers();
  await cutMedia(network, true);
  await expect.poll(() => alice.evaluate(() => window.call.connectionStates())).toEqual(['disconnected']);
  // An offer of the restart goes out while nothing else gets through.
  await expect.poll(offers).toBeGreaterThan(before);
  await cutMedia(network, false);
  await expectCall([
    [alice, ALICE],
    [bob, BOB],
  ]);
  for (const page of [alice, bob]) {
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
    expect(await page.evaluate(() => window.call.taken.peerConnections)).toBe(1);
  }
});

test('a pair that cannot connect is told with a code, the others go on, and it connects once it can', async ({
  open: openPage,
  join,
  server,
  roomId,
}) => {
  const alice = await openPage('alice');
  const network = await networkOf(alice);
  const [bob, carol] = [await join('bob'), await join('carol')];
  await publish(bob, BOB);
  await publish(carol, CAROL);
  await expectReceives(carol, BOB);
  await cutMedia(network, true);
  await alice.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  await expect
    .poll(async () => (await told(alice, 'participantUnreachable')).sort(), { timeout: 30_000 })
    .toEqual(['bob PEER_UNREACHABLE', 'carol PEER_UNREACHABLE']);
  await expectReceives(carol, BOB);
  expect(await alice.evaluate(() => window.call.room.state)).toBe('connected');

  await cutMedia(network, false);
  await expect
    .poll(async () => (await told(alice, 'participantReachable')).sort(), { timeout: 30_000 })
    .toEqual(['bob', 'carol']);
  await expectReceives(alice, BOB);
  await expectReceives(alice, CAROL);
});

test('a room is of one kind: who joins with the other hears what to do', async ({
  open: openPage,
  join,
  server,
  roomId,
}) => {
  await join('alice');
  const other = await openPage('bob', { topology: 'sfu' });
  const joining = { url: server.url, room: roomId };
  expect(await other.evaluate((given) => window.call.connectCode(given), joining)).toBe('TOPOLOGY_MISMATCH');

  await join('carol', { topology: 'sfu', roomId: `${roomId}-sfu` });
  const mesh = await openPage('dave');
  const there = { url: server.url, room: `${roomId}-sfu` };
  expect(await mesh.evaluate((given) => window.call.connectCode(given), there)).toBe('TOPOLOGY_MISMATCH');
});
