import { createToken } from '@parlor/sdk-server';
import { test, type Browser } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { openExample, type Example, type ExampleOptions } from './support/p2pRoomsExample.js';

/** The front end of the document calls other copies of itself: media goes from page to page. */

const SECRET = 'a secret for the pages of this test, long enough';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer(['--dev'], { PARLOR_JWT_SECRET: SECRET });
});
test.afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

interface OpenRoom {
  roomId: string;
  password: string;
  token: string;
}

async function create(
  browser: Browser,
  options: Omit<ExampleOptions, 'token'>,
): Promise<Example & { room: OpenRoom }> {
  const token = await createToken({ sub: 'xiaoming', name: '小明' }, SECRET);
  const example = await openExample(browser, server, { ...options, token });
  await example.page.evaluate(() => startAsCreator());
  // As the creator reads it to hand it on.
  const [, roomId = '', password = ''] = /^房间号: (\S+)\n密码: (\S+)$/.exec(example.alerts[0] ?? '') ?? [];
  expect(roomId).not.toBe('');
  await expect.poll(() => idOf(example)).toMatch(/^p_/);
  return { ...example, room: { roomId, password, token } };
}

async function joinAs(
  browser: Browser,
  name: string,
  { room, ...options }: ExampleOptions & { room: OpenRoom },
): Promise<Example> {
  const example = await openExample(browser, server, options);
  await example.page.evaluate((given) => startAsGuest(given.roomId, given.password, given.name), {
    ...room,
    name,
  });
  await expect.poll(() => idOf(example)).toMatch(/^p_/);
  return example;
}

const idOf = ({ page }: Example): Promise<string> => page.evaluate(() => room.myId ?? '');
const receives = ({ page }: Example) => page.evaluate(() => window.example.receives());
const signals = ({ page }: Example) => page.evaluate(() => window.example.signals);

/** Each sees new frames of each other one, and hears it. */
async function expectCall(examples: readonly Example[]): Promise<void> {
  const ids = await Promise.all(examples.map(idOf));
  for (const [index, example] of examples.entries()) {
    const others = ids.filter((_id, other) => other !== index).sort();
    await expect
      .poll(async () =>
        Object.entries(await receives(example))
          .filter(([, { state, energy }]) => state === 'connected' && energy > 0)
          .map(([id]) => id)
          .sort(),
      )
      .toEqual(others);
    const before = await receives(example);
    for (const id of others) {
      await expect
        .poll(async () => (await receives(example))[id]?.frames ?? 0)
        .toBeGreaterThan((before[id]?.frames ?? 0) + 10);
    }
  }
}

/** One offer and one answer between any two, and nothing that went wrong. */
async function expectNoGlare(examples: readonly Example[]): Promise<void> {
  for (const example of examples) {
    const ids = (await Promise.all(examples.map(idOf))).filter((id) => id !== '');
    const own = await idOf(example);
    const seen = await signals(example);
    for (const id of ids.filter((other) => other !== own)) {
      const between = seen.filter((signal) => signal.endsWith(id) && !signal.includes('candidate'));
      expect([
        [`sent offer ${id}`, `got answer ${id}`],
        [`got offer ${id}`, `sent answer ${id}`],
      ]).toContainEqual(between);
    }
    expect(example.errors).toEqual([]);
    expect(await example.page.evaluate(() => window.example.errors)).toEqual([]);
  }
}

const close = (examples: readonly Example[]) =>
  Promise.all(examples.map(({ page }) => page.context().close()));

test('two copies: the newcomer offers', async ({ browser }) => {
  const rule = 'newcomer offers';
  const creator = await create(browser, { rule });
  const guest = await joinAs(browser, '访客小红', { rule, room: creator.room });
  await expectCall([creator, guest]);
  await expectNoGlare([creator, guest]);
  expect(await signals(guest)).toContain(`sent offer ${await idOf(creator)}`);

  await guest.page.evaluate(() => {
    room.disconnect();
  });
  await expect.poll(() => receives(creator)).toEqual({});
  const again = await joinAs(browser, '访客小红', { rule, room: creator.room });
  await expectCall([creator, again]);
  await close([creator, guest, again]);
});

for (const rule of ['newcomer offers', 'smaller id offers'] as const) {
  test(`three pages: the ${rule}`, async ({ browser }) => {
    const creator = await create(browser, { rule });
    const { room } = creator;
    // Both at once, so that they meet while they join.
    const guests = await Promise.all([
      joinAs(browser, '小红', { rule, room }),
      joinAs(browser, '小刚', { rule, room }),
    ]);
    const all = [creator, ...guests];
    await expectCall(all);
    await expectNoGlare(all);
    if (rule === 'smaller id offers') {
      const own = await idOf(creator);
      for (const guest of guests) {
        const offered = (await signals(guest)).includes(`sent offer ${own}`);
        expect(offered).toBe((await idOf(guest)) < own);
      }
    }
    await close(all);
  });
}

/** The picture that `viewer` gets of `sender` has this shape, and goes on. */
async function expectShape(viewer: Example, sender: Example, shape: number): Promise<void> {
  const id = await idOf(sender);
  await expect.poll(async () => (await receives(viewer))[id]?.shape, { message: 'shape' }).toBe(shape);
  const before = (await receives(viewer))[id]?.frames ?? 0;
  await expect.poll(async () => (await receives(viewer))[id]?.frames ?? 0).toBeGreaterThan(before + 5);
}

/** Chromium's fake devices: cameras are 4:3, screens 16:9. */
const CAMERA = 1.3;
const SCREEN = 1.8;

test('a screen takes the place of the camera for everybody, without a new offer, until it ends', async ({
  browser,
}) => {
  const rule = 'newcomer offers';
  const creator = await create(browser, { rule });
  const { room } = creator;
  const guests = [
    await joinAs(browser, '小红', { rule, room }),
    await joinAs(browser, '小刚', { rule, room }),
  ];
  const all = [creator, ...guests];
  await expectCall(all);
  for (const guest of guests) await expectShape(guest, creator, CAMERA);

  await creator.page.evaluate(() => startScreenShare());
  for (const guest of guests) await expectShape(guest, creator, SCREEN);
  // The sharer goes on seeing and hearing the others.
  for (const guest of guests) await expectShape(creator, guest, CAMERA);
  await creator.page.evaluate(() => {
    window.endSharing();
  });
  for (const guest of guests) await expectShape(guest, creator, CAMERA);
  await expectCall(all);
  await expectNoGlare(all);
  await close(all);
});

test('a screen needs no camera: it is offered anew', async ({ browser }) => {
  const rule = 'newcomer offers';
  const creator = await create(browser, { rule });
  const guest = await joinAs(browser, '小红', { rule, room: creator.room, camera: false });
  const [creatorId, guestId] = [await idOf(creator), await idOf(guest)];
  await expect.poll(async () => (await receives(creator))[guestId]?.energy).toBeGreaterThan(0);
  // The offer of who has no camera has no place for pictures, of neither side.
  for (const example of [creator, guest])
    expect(Object.values(await receives(example)).map(({ frames }) => frames)).toEqual([0]);

  await guest.page.evaluate(() => startScreenShare());
  await expectShape(creator, guest, SCREEN);
  await expectShape(guest, creator, CAMERA);
  const negotiated = (await signals(guest)).filter((signal) => !signal.includes('candidate'));
  const once = [`sent offer ${creatorId}`, `got answer ${creatorId}`];
  expect(negotiated).toEqual([...once, ...once]);
  for (const { errors } of [creator, guest]) expect(errors).toEqual([]);
  await close([creator, guest]);
});

test('what goes wrong is told as the document says, the end in the language of the browser', async ({
  browser,
}) => {
  const rule = 'newcomer offers';
  const creator = await create(browser, { rule });
  const guest = await joinAs(browser, 'Marie', { rule, room: creator.room, locale: 'fr-FR' });
  const stranger = await openExample(browser, server, { rule });
  await stranger.page.evaluate(async ({ roomId }) => {
    await joinRoom(roomId, 'wrong!', 'x');
    await joinRoom('XXXXXX', 'wrong!', 'x');
  }, creator.room);
  expect(stranger.alerts).toEqual(['密码错误', '房间不存在']);

  const { roomId, token } = creator.room;
  const closed = await fetch(`${server.url}/api/webrtc/rooms/${roomId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await closed.json()).toEqual({ success: true, data: { room_id: roomId } });
  await expect.poll(() => creator.alerts.at(-1)).toBe('房间已关闭: 创建者关闭了房间');
  await expect.poll(() => guest.alerts.at(-1)).toBe('房间已关闭: Le créateur a fermé le salon');
  await expect.poll(() => receives(guest)).toEqual({});
  await close([creator, guest, stranger]);
});
