import { expect, test } from './support/fixtures.js';
import { expectDecodes, expectHears, expectSees, expectUdp } from './support/expectMedia.js';
import type { Rgb } from './pages/colours.js';

const RED: Rgb = [220, 30, 30];
const GREEN: Rgb = [30, 180, 40];
const BLUE: Rgb = [30, 40, 220];
const YELLOW: Rgb = [220, 200, 30];

test('two pages see and hear each other', async ({ join }) => {
  const alice = await join('alice');
  const bob = await join('bob');
  await alice.evaluate(
    (rgb) => Promise.all([window.call.publishTone(500), window.call.publishColour(rgb)]),
    RED,
  );
  await bob.evaluate(
    (rgb) => Promise.all([window.call.publishTone(900), window.call.publishColour(rgb)]),
    BLUE,
  );

  await expectDecodes(alice, { from: 'bob' });
  await expectSees(alice, { from: 'bob', rgb: BLUE });
  await expectHears(alice, { from: 'bob', hz: 900 });
  await expectDecodes(bob, { from: 'alice' });
  await expectSees(bob, { from: 'alice', rgb: RED });
  await expectHears(bob, { from: 'alice', hz: 500 });
  for (const page of [alice, bob]) await expectUdp(page, 2);
});

test('four pages, the last one late: everyone receives everyone, until one leaves', async ({ join }) => {
  const people = [
    { name: 'alice', hz: 500, rgb: RED },
    { name: 'bob', hz: 900, rgb: BLUE },
    { name: 'carol', hz: 1300, rgb: GREEN },
    { name: 'dave', hz: 1700, rgb: YELLOW },
  ];
  const pages = new Map<string, Awaited<ReturnType<typeof join>>>();
  for (const { name, hz, rgb } of people) {
    const page = await join(name);
    pages.set(name, page);
    await page.evaluate(
      (given) => Promise.all([window.call.publishTone(given.hz), window.call.publishColour(given.rgb)]),
      { hz, rgb },
    );
  }
  await Promise.all(
    [...pages].map(async ([name, page]) => {
      const others = people.filter((person) => person.name !== name);
      await Promise.all(
        others.map(async ({ name: from, rgb, hz }) => {
          await expectSees(page, { from, rgb });
          await expectHears(page, { from, hz });
          await expectDecodes(page, { from });
        }),
      );
      await expectUdp(page, 2);
    }),
  );
  // Who was there first hears of people and tracks in order; who came last finds them in the answer.
  const dave = pages.get('dave')!;
  expect(await dave.evaluate(() => window.call.told('participantConnected'))).toEqual([
    'alice',
    'bob',
    'carol',
  ]);

  const carol = pages.get('carol')!;
  await carol.evaluate(() => window.call.room.disconnect());
  for (const name of ['alice', 'bob', 'dave']) {
    const page = pages.get(name)!;
    await expect
      .poll(() => page.evaluate(() => window.call.told('participantDisconnected')))
      .toEqual(['carol left']);
    const left = await page.evaluate(() => ({
      people: [...window.call.room.remoteParticipants.keys()],
      unsubscribed: window.call.told('trackUnsubscribed').sort(),
    }));
    expect(left.people).not.toContain('carol');
    expect(left.unsubscribed).toEqual(['camera camera carol', 'microphone microphone carol']);
    await expectDecodes(page, { from: name === 'alice' ? 'bob' : 'alice' });
  }
  expect(await carol.evaluate(() => window.call.taken)).toMatchObject({ getUserMedia: 0 });
  expect(await carol.evaluate(() => window.call.taken.peerConnections - window.call.taken.closed)).toBe(0);
});

test('messages reach everyone, or only whom they are for', async ({ join }) => {
  const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
  await alice.evaluate(async () => {
    const { localParticipant } = window.call.room;
    await localParticipant.sendMessage({ text: 'all' }, { topic: 'chat' });
    await localParticipant.sendMessage({ text: 'you' }, { topic: 'chat', to: 'bob' });
    await localParticipant.sendMessage({ text: 'end' }, { topic: 'chat' });
  });
  const told = () => window.call.told('dataReceived');
  await expect
    .poll(() => bob.evaluate(told))
    .toEqual(['{"text":"all"} alice chat', '{"text":"you"} alice chat', '{"text":"end"} alice chat']);
  await expect
    .poll(() => carol.evaluate(told))
    .toEqual(['{"text":"all"} alice chat', '{"text":"end"} alice chat']);
  expect(await alice.evaluate(told)).toEqual([]);
});

test('who speaks is told, and who falls silent', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await alice.evaluate(() => window.call.publishTone(500));
  const speaking = () => ({
    participant: window.call.participant('alice').isSpeaking,
    room: window.call.room.activeSpeakers.map(({ identity }) => identity),
  });
  await expect.poll(() => bob.evaluate(speaking)).toEqual({ participant: true, room: ['alice'] });
  await expect.poll(() => alice.evaluate(() => window.call.room.localParticipant.isSpeaking)).toBe(true);
  await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(false));
  await expect.poll(() => bob.evaluate(speaking)).toEqual({ participant: false, room: [] });
});

test('a page that is closed leaves at once', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await alice.close({ runBeforeUnload: true });
  await expect
    .poll(() => bob.evaluate(() => window.call.told('participantDisconnected')))
    .toEqual(['alice left']);
});

test('a peer id that somebody else has is refused, and that one notices nothing', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  const other = await open('alice');
  const joining = { url: server.url, room: roomId };
  expect(await other.evaluate((given) => window.call.connectCode(given), joining)).toBe('PEER_ID_TAKEN');
  await alice.evaluate((rgb) => window.call.publishColour(rgb), GREEN);
  await expectSees(bob, { from: 'alice', rgb: GREEN });
  expect(await bob.evaluate(() => window.call.told('participantDisconnected'))).toEqual([]);
});
