import type { Page } from '@playwright/test';
import { createToken } from '../../sdk-server/src/access/tokens.js';
import { startServer } from '../../../tools/testing/startServer.js';
import type { OpenPage } from './support/fixtures.js';
import { expect, test } from './support/fixtures.js';
import { framesOf, type Frame } from './support/signalling.js';

const SECRET = 'a secret of thirty-two characters and more';

const say = (page: Page, payload: unknown, to?: string) =>
  page.evaluate(
    ({ payload: given, ...addressed }) =>
      window.call.room.localParticipant.sendMessage(given, { ...addressed, topic: 't', reliable: false }),
    { payload, ...(to === undefined ? {} : { to }) },
  );
const told = (page: Page) => page.evaluate(() => window.call.told('dataReceived'));
const onChannels = (page: Page) => page.evaluate(() => window.call.messagesOnChannels());
const tone = (page: Page) => page.evaluate(() => window.call.publishTone(500));

/** What went by signalling: messages sent and received. */
const relayed = (frames: readonly Frame[]) =>
  frames.filter(({ method }) => method === 'sendMessage' || method === 'message').length;

/** Messages of `page` reach everybody past the server: from the first one that did. */
async function untilDirect(page: Page, frames: readonly Frame[]): Promise<void> {
  await expect
    .poll(async () => {
      const before = relayed(frames);
      await say(page, 'probe');
      return relayed(frames) - before;
    })
    .toBe(0);
}

/** Opens, records what goes over its socket, and joins. */
const watched =
  (tools: { open: OpenPage; url: string; roomId: string }) => async (peerId: string, token?: string) => {
    const page = await tools.open(peerId);
    const frames = framesOf(page);
    const joining = { url: tools.url, room: tools.roomId, ...(token === undefined ? {} : { token }) };
    await page.evaluate((given) => window.call.connect(given), joining);
    return { page, frames };
  };

/** Without those that were tries. */
const but = (all: readonly string[], what: string) => all.filter((line) => !line.includes(what));

test.describe('from browser to browser', () => {
  test.use({ topology: 'p2p' });

  test('messages that may be lost pass the server by, those that may not do not', async ({
    open,
    server,
    roomId,
  }) => {
    const join = watched({ open, url: server.url, roomId });
    const people = [await join('alice'), await join('bob'), await join('carol')] as const;
    const [alice, bob, carol] = people;
    // Nobody is connected: they arrive all the same, and connect nobody.
    await say(alice.page, 'early');
    for (const { page } of [bob, carol]) await expect.poll(() => told(page)).toEqual(['early alice t']);
    expect(relayed(alice.frames)).toBe(1);
    expect(await alice.page.evaluate(() => window.call.taken.peerConnections)).toBe(0);

    for (const { page } of people) await tone(page);
    for (const { page, frames } of people) await untilDirect(page, frames);
    const before = people.map(({ frames }) => relayed(frames));
    const received = await onChannels(bob.page);
    await say(alice.page, { move: 1 });
    await say(bob.page, { move: 2 }, 'alice');
    await say(carol.page, { move: 3 });
    const long = 'x'.repeat(200_000);
    await say(alice.page, long, 'bob');
    const heard = async (page: Page) =>
      but(await told(page), 'probe')
        .slice(page === alice.page ? 0 : 1)
        .sort();
    await expect.poll(() => heard(alice.page)).toEqual(['{"move":2} bob t', '{"move":3} carol t']);
    await expect
      .poll(() => heard(bob.page))
      .toEqual([`${long} alice t`, '{"move":1} alice t', '{"move":3} carol t'].sort());
    await expect.poll(() => heard(carol.page)).toEqual(['{"move":1} alice t']);
    expect((await onChannels(bob.page)).received - received.received).toBeGreaterThanOrEqual(3);
    expect(people.map(({ frames }) => relayed(frames))).toEqual(before);

    await alice.page.evaluate(() => window.call.room.localParticipant.sendMessage('certain'));
    await expect.poll(async () => (await told(bob.page)).at(-1)).toBe('certain alice ');
    expect(relayed(alice.frames)).toBe((before[0] ?? 0) + 1);
  });

  test('who may not send messages is refused, and not listened to past the server', async ({
    open,
    roomId,
  }) => {
    const guarded = await startServer([], { PARLOR_JWT_SECRET: SECRET });
    const join = watched({ open, url: guarded.url, roomId });
    const token = (sub: string, data: boolean) =>
      createToken({ sub, can: { publish: ['audio'], data } }, SECRET);
    const bob = await join('bob', await token('bob', true));
    const alice = await join('alice', await token('alice', false));
    for (const { page } of [alice, bob]) await tone(page);
    await untilDirect(bob.page, bob.frames);

    const code = await alice.page.evaluate(() =>
      window.call.codeOf(({ localParticipant }) => localParticipant.sendMessage('x', { reliable: false })),
    );
    expect(code).toBe('FORBIDDEN');
    const { received } = await onChannels(bob.page);
    const forged = JSON.stringify({ topic: 't', payload: 'forged' });
    expect(await alice.page.evaluate((text) => window.call.sendRaw(text), forged)).toBe(1);
    await expect.poll(async () => (await onChannels(bob.page)).received).toBeGreaterThan(received);

    // What is no message is no harm.
    for (const text of ['', '{', 'null', '{"topic":5}'])
      await bob.page.evaluate((given) => window.call.sendRaw(given), text);
    await say(bob.page, 'fine');
    await expect.poll(async () => but(await told(alice.page), 'probe')).toEqual(['fine bob t']);
    expect(await told(bob.page)).toEqual([]);
    for (const { page } of [alice, bob]) await page.evaluate(() => window.call.room.disconnect());
    expect(await guarded.stop()).toBe(0);
  });
});

test('in a room with a server messages that may be lost arrive by signalling', async ({
  open,
  server,
  roomId,
}) => {
  const join = watched({ open, url: server.url, roomId });
  const [alice, bob] = [await join('alice'), await join('bob')];
  for (const { page } of [alice, bob]) await tone(page);
  await say(alice.page, { move: 1 });
  await say(bob.page, { move: 2 }, 'alice');
  await expect.poll(() => told(bob.page)).toEqual(['{"move":1} alice t']);
  await expect.poll(() => told(alice.page)).toEqual(['{"move":2} bob t']);
  expect([alice, bob].map(({ frames }) => relayed(frames))).toEqual([2, 2]);
  expect(await onChannels(alice.page)).toEqual({ sent: 0, received: 0 });
});
