import { createToken } from '@parlor/sdk-server';
import { test, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { openExample, type Example, type ExampleOptions } from './support/p2pRoomsExample.js';
import { servePages, type PageServer } from './support/pages.js';
import { countReceptions, expectReceptions } from './support/receptions.js';
import { expectToHearAndSee } from './support/sdk.js';

/** Clients that were made for a mesh, in a room whose media goes through the server: they notice no difference. */

const SECRET = 'a secret for the pages of this test, long enough';

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(['--dev'], { PARLOR_JWT_SECRET: SECRET }), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const tokenFor = (name: string) => createToken({ sub: name, name }, SECRET);

async function createRoom(body: { topology?: 'sfu' } = {}): Promise<{ roomId: string; password: string }> {
  const response = await fetch(`${server.url}/api/webrtc/rooms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenFor('xiaoming')}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { data } = (await response.json()) as { data: { room_id: string; password: string } };
  return { roomId: data.room_id, password: data.password };
}

interface Guest extends ExampleOptions {
  roomId: string;
  password: string;
  name: string;
}

async function joinExample(
  browser: Browser,
  { roomId, password, name, ...options }: Guest,
): Promise<Example> {
  const example = await openExample(browser, server, options);
  await example.page.evaluate((given) => startAsGuest(...given), [roomId, password, name] as const);
  await expect.poll(() => example.page.evaluate(() => room.myId ?? '')).toMatch(/^p_/);
  return example;
}

async function joinOurs(browser: Browser, roomId: string, peerId: string): Promise<Page> {
  const page = await pages.open(browser, 'sdk');
  const token = await tokenFor(peerId);
  await page.evaluate((given) => window.sdk.join(given.url, given), {
    url: server.url,
    room: roomId,
    peerId,
    token,
  });
  await page.evaluate(() => window.sdk.publish());
  return page;
}

/** Whom this page has a connection with, by the first letter of their id: `p` is a page, others the server plays. */
const connectedTo = ({ page }: Example) =>
  page.evaluate(() => Object.keys(room.peerConnections).map((id) => id.charAt(0)));

/** How many others this page sees and hears now, with frames that keep coming. */
async function expectReception({ page }: Example, count: number): Promise<void> {
  const live = async () =>
    Object.entries(await page.evaluate(() => window.example.receives())).filter(
      ([, { state, frames, energy }]) => state === 'connected' && frames > 0 && energy > 0,
    );
  await expect.poll(async () => (await live()).length).toBe(count);
  const before = new Map(await live());
  await expect
    .poll(async () => {
      const now = await live();
      return now.filter(([id, { frames }]) => frames > (before.get(id)?.frames ?? 0) + 10).length;
    })
    .toBe(count);
}

const received = (page: Page) => page.evaluate(() => window.sdk.receives());

for (const rule of ['newcomer offers', 'smaller id offers'] as const) {
  test(`a mesh client joins a room on the server, before and after others (${rule})`, async ({ browser }) => {
    const opened = await createRoom({ topology: 'sfu' });
    const first = await joinExample(browser, { ...opened, rule, name: 'first' });
    const ours = await joinOurs(browser, opened.roomId, 'ours');
    await expectReception(first, 1);
    await expect.poll(async () => (await received(ours)).length).toBe(2);
    await expectToHearAndSee(ours);

    const second = await joinExample(browser, { ...opened, rule, name: 'second' });
    await expectReception(second, 2);
    await expectReception(first, 2);
    await expect.poll(async () => (await received(ours)).length).toBe(4);
    await expectToHearAndSee(ours);
    for (const { errors, page } of [first, second]) {
      expect(errors).toEqual([]);
      expect(await page.evaluate(() => window.example.errors)).toEqual([]);
    }

    // Whoever the first one sent its media by is gone: another of its connections takes that over.
    await ours.evaluate(() => window.sdk.leave());
    await expectReception(first, 1);
    await expectReception(second, 1);
    const again = await joinOurs(browser, opened.roomId, 'again');
    await expect.poll(async () => (await received(again)).length).toBe(4);
    await expectToHearAndSee(again);

    await second.page.evaluate(() => {
      room.disconnect();
    });
    await expectReception(first, 1);
    await expect.poll(async () => (await received(again)).length).toBe(2);
    for (const page of [first.page, second.page, ours, again]) await page.context().close();
  });
}

for (const rule of ['newcomer offers', 'smaller id offers'] as const) {
  test(`a call of mesh clients moves to the server for the first who needs it (${rule})`, async ({
    browser,
  }) => {
    const opened = await createRoom();
    const first = await joinExample(browser, { ...opened, rule, name: 'first' });
    const second = await joinExample(browser, { ...opened, rule, name: 'second' });
    const both = [first, second];
    for (const page of both) {
      await expectReception(page, 1);
      expect(await connectedTo(page)).toEqual(['p']);
    }

    const ours = await joinOurs(browser, opened.roomId, 'ours');
    for (const page of both) {
      await expectReception(page, 2);
      expect(await connectedTo(page)).toEqual(['a', 'a']);
    }
    await expect.poll(async () => (await received(ours)).length).toBe(4);
    await expectToHearAndSee(ours);
    for (const { errors, page } of both) {
      expect(errors).toEqual([]);
      expect(await page.evaluate(() => window.example.errors)).toEqual([]);
    }

    // Nobody is left who needs the server: it stays, for whoever comes.
    await ours.evaluate(() => window.sdk.leave());
    const third = await joinExample(browser, { ...opened, rule, name: 'third' });
    for (const page of [...both, third]) await expectReception(page, 2);
    expect(await connectedTo(third)).toEqual(['z', 'z']);
    for (const page of [first.page, second.page, third.page, ours]) await page.context().close();
  });
}

test('a room of browsers moves to the server for the first who needs it, and their call goes on', async ({
  browser,
}) => {
  const enter = async (pseudo: string): Promise<Page> => {
    const page = await pages.open(browser, 'peerSignal');
    await countReceptions(page);
    await page.evaluate(
      (given) => {
        window.createCaller(given.url, { roomName: 'moving', pseudo: given.pseudo });
      },
      { url: server.url, pseudo },
    );
    return page;
  };
  const isCalling = (page: Page) =>
    expect.poll(() => page.evaluate(() => window.caller.phase)).toBe('connected');
  const media = { audio: true, video: { width: 320, height: 180, frameRate: 15 } };
  const call = async (from: Page, pseudo: string) => {
    await expect.poll(() => from.evaluate(() => window.caller.names)).toContain(pseudo);
    await from.evaluate((given) => window.caller.call(given.pseudo, given.media), { pseudo, media });
  };

  const [alice, bob] = [await enter('Alice'), await enter('Bob')];
  await call(alice, 'Bob');
  await expect.poll(() => bob.evaluate(() => window.caller.phase)).toBe('ringing');
  await bob.evaluate((given) => window.caller.accept(given), media);
  await Promise.all([isCalling(alice), isCalling(bob)]);
  await expectReceptions(alice, { name: 'Alice', count: 1 });

  const ours = await joinOurs(browser, 'moving', 'ours');
  const carol = await enter('Carol');
  await call(carol, 'ours');
  await isCalling(carol);
  await expectReceptions(carol, { name: 'Carol', count: 1 });
  await expectToHearAndSee(ours);
  await Promise.all([isCalling(alice), isCalling(bob)]);
  for (const page of [alice, bob]) {
    await expectReceptions(page, { name: 'a page that called before', count: 1 });
    expect(await page.evaluate(() => window.caller.endings)).toEqual([]);
  }
  for (const page of [alice, bob, carol, ours]) await page.context().close();
});

test('the password keeps out who has neither it nor a token', async ({ browser }) => {
  const { roomId } = await createRoom();
  const page = await pages.open(browser, 'sdk');
  const refused = await page.evaluate(
    async (given) => {
      try {
        await window.sdk.join(given.url, { room: given.room, peerId: 'nobody' });
        return 'let in';
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    { url: server.url, room: roomId },
  );
  expect(refused).toBe('ROOM_NOT_ALLOWED');
  await page.context().close();
});
