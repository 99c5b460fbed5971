import { createToken } from '@parlor/sdk-server';
import { test, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { servePages, type PageServer } from './support/pages.js';
import {
  expectCallMedia,
  expectNoErrors,
  receivedBy,
  remoteUfrag,
  SDP_CALL_SECRET,
  sdpCalls,
  type SdpCalls,
} from './support/sdpCalls.js';
import { expectToHearAndSee } from './support/sdk.js';

/** The client of the source document, as it is: a WebSocket and an RTCPeerConnection. */

let server: TestServer;
let pages: PageServer;
let calls: SdpCalls;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([
    startServer(['--dev'], { PARLOR_JWT_SECRET: SDP_CALL_SECRET }),
    servePages(),
  ]);
  calls = sdpCalls(server, pages);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const count = (page: Page, type: string) =>
  page.evaluate((given) => window.call.messages.filter((message) => message.type === given).length, type);
const states = (page: Page) =>
  page.evaluate(() =>
    window.call.messages.filter(({ type }) => type === 'state').map(({ state }) => String(state)),
  );
const close = (...all: Page[]) => Promise.all(all.map((page) => page.context().close()));

test('two publish, a viewer comes, a third comes late, all leave', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 1, name: 'Alice' });
  const bob = await calls.publisher(browser, 'bob', { chat: 1, textPayload: true });
  await expectCallMedia(alice, ['bob']);
  await expectCallMedia(bob, ['alice']);

  const viewer = await calls.open(browser, 'viewer', { chat: 1 });
  await viewer.evaluate(() => {
    window.call.watch();
  });
  await expectCallMedia(viewer, ['alice', 'bob']);
  const late = await calls.publisher(browser, 'late', { chat: 1 });
  await expectCallMedia(late, ['alice', 'bob']);
  await expectCallMedia(viewer, ['alice', 'bob', 'late']);
  await expectCallMedia(alice, ['bob', 'late']);
  expect(await states(alice)).toEqual(['new', 'connecting', 'connected']);
  expect(
    await viewer.evaluate(() => window.call.messages.find(({ type }) => type === 'joined')),
  ).toMatchObject({
    participants: [
      { id: 'alice', name: 'Alice', streamId: 'alice' },
      { id: 'bob', streamId: 'bob' },
    ],
  });

  const sections = () => alice.evaluate(() => window.call.pc.getTransceivers().length);
  const before = await sections();
  await late.evaluate(() => {
    window.call.leave();
  });
  await expect.poll(async () => Object.keys(await receivedBy(alice)).sort()).toEqual(['bob']);
  const again = await calls.publisher(browser, 'again', { chat: 1 });
  await expectCallMedia(alice, ['again', 'bob']);
  expect(await sections()).toBe(before);

  await bob.context().close();
  await expect.poll(async () => Object.keys(await receivedBy(alice)).sort()).toEqual(['again']);
  await expectCallMedia(viewer, ['again', 'alice']);
  await expectNoErrors(alice, viewer, again);
  await close(alice, viewer, late, again);
});

test('a client that waits for the server’s offer', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 2 });
  const waiting = await pages.open(browser, 'sdpWs');
  const url = await calls.address('waiting', 2);
  await waiting.evaluate(async (given) => {
    const call = window.createCall({ url: given, sessionId: 'waiting', roomId: '2' });
    await call.addTracks();
    await call.join();
  }, url);
  await expectCallMedia(waiting, ['alice']);
  await expectCallMedia(alice, ['waiting']);
  expect(
    (await waiting.evaluate(() => window.call.types())).find((type) => type === 'offer' || type === 'answer'),
  ).toBe('offer');
  await expectNoErrors(alice, waiting);
  await close(alice, waiting);
});

test('tracks go and come; connections are replaced', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 3 });
  const bob = await calls.publisher(browser, 'bob', { chat: 3 });
  await expectCallMedia(alice, ['bob']);
  await bob.evaluate(() => {
    window.call.unpublish('video');
  });
  await expect.poll(async () => (await receivedBy(alice))['bob']?.codecs).toEqual(['audio/opus']);
  await bob.evaluate(() => window.call.publish({ audio: false }));
  await expectCallMedia(alice, ['bob']);
  await bob.evaluate(() => window.call.reconnect());
  await expectCallMedia(bob, ['alice']);
  await expectCallMedia(alice, ['bob']);
  await expectNoErrors(alice, bob);
  await close(alice, bob);
});

test('an ICE restart of the client loses nothing', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 4 });
  const bob = await calls.publisher(browser, 'bob', { chat: 4 });
  await expectCallMedia(alice, ['bob']);
  await expectCallMedia(bob, ['alice']);
  const before = await remoteUfrag(bob);
  await bob.evaluate(() => {
    window.call.restartIce();
  });
  await expect.poll(() => remoteUfrag(bob)).not.toBe(before);
  await expectCallMedia(alice, ['bob']);
  await expectCallMedia(bob, ['alice']);
  await expectNoErrors(alice, bob);
  await close(alice, bob);
});

for (const impolite of [false, true]) {
  test(`offers that cross, with ${impolite ? 'an impolite' : 'a polite'} client`, async ({ browser }) => {
    const chat = impolite ? 6 : 5;
    const alice = await calls.publisher(browser, 'alice', { chat, impolite });
    const bob = await calls.publisher(browser, 'bob', { chat });
    await expectCallMedia(alice, ['bob']);
    await alice.evaluate(() => {
      window.call.crossNextOffer();
      return window.call.publish({ audio: false });
    });
    await bob.evaluate(() => window.call.publish({ audio: false }));
    for (const [page, other] of [
      [alice, 'bob'],
      [bob, 'alice'],
    ] as const) {
      const seen = async () =>
        Object.entries(await receivedBy(page))
          .filter(([id, { frames }]) => id.startsWith(other) && frames > 0)
          .map(([id]) => id);
      await expect.poll(seen).toHaveLength(2);
    }
    await expectNoErrors(alice, bob);
    await close(alice, bob);
  });
}

test('a client of ours in the same room', async ({ browser }) => {
  const plain = await calls.publisher(browser, 'plain', { chat: 7 });
  const ours = await pages.open(browser, 'sdk');
  await ours.evaluate((url) => window.sdk.join(url, { room: 'chat:7', peerId: 'ours' }), server.url);
  await ours.evaluate(() => window.sdk.publish());
  await expect.poll(() => ours.evaluate(() => window.sdk.receives())).toEqual(['plain audio', 'plain video']);
  await expectToHearAndSee(ours);
  await expectCallMedia(plain, ['ours']);

  const codecs = async () => (await receivedBy(plain))['ours']?.codecs;
  await ours.evaluate(() => window.sdk.setCameraEnabled(false));
  await expect.poll(codecs).toEqual(['audio/opus']);
  expect(
    await plain.evaluate(() => window.call.messages.findLast(({ type }) => type === 'muted')),
  ).toMatchObject({
    muted: true,
    participantId: 'ours',
    kind: 'video',
  });
  await ours.evaluate(() => window.sdk.setCameraEnabled(true));
  await expect.poll(codecs).toEqual(['audio/opus', 'video/VP8']);
  await expectCallMedia(plain, ['ours']);

  await ours.evaluate(() => window.sdk.leave());
  await expect.poll(() => receivedBy(plain)).toEqual({});
  await expectNoErrors(plain);
  await close(plain, ours);
});

test('data channels, with a client of ours and media beside them', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 10 });
  const bob = await calls.open(browser, 'bob', { chat: 10 });
  const ours = await pages.open(browser, 'sdk');
  await ours.evaluate((url) => window.sdk.join(url, { room: 'chat:10', peerId: 'ours' }), server.url);
  // Nothing crosses the offers of channels: Chromium forgets a channel whose offer it takes back.
  await expectCallMedia(bob, ['alice']);
  // One has a channel for itself as well, the other only the one that is agreed on in advance.
  await alice.evaluate(() => window.call.openChannel('chat'));
  await alice.evaluate(() => window.call.openChannel('moves', { ordered: false, maxRetransmits: 0 }));
  await bob.evaluate(() => window.call.openChannel('agreed', { negotiated: true, id: 0 }));
  const heardBy = (page: Page) => page.evaluate(() => window.call.heard);

  await alice.evaluate(() => {
    window.call.say('chat', 'hello', JSON.stringify({ to: 'ours', topic: 'x', payload: 'secret' }));
    window.call.say('moves', JSON.stringify({ topic: 'moves', payload: { x: 1 } }));
  });
  await expect
    .poll(() => ours.evaluate(() => window.sdk.heard().sort()))
    .toEqual(['alice [object Object]', 'alice hello', 'alice secret']);
  await expect
    .poll(async () => (await heardBy(bob)).map(([, text]) => text).sort())
    .toEqual([
      '{"from":"alice","topic":"chat","payload":"hello"}',
      '{"from":"alice","topic":"moves","payload":{"x":1}}',
    ]);

  await bob.evaluate(() => {
    window.call.say('agreed', JSON.stringify({ topic: 'moves', payload: 'of bob' }), 'text of bob');
  });
  await ours.evaluate(() => window.sdk.say('of ours'));
  await expect
    .poll(async () => (await heardBy(alice)).map((heard) => heard.join(' ')).sort())
    .toEqual([
      'chat {"from":"bob","topic":"","payload":"text of bob"}',
      'chat {"from":"ours","topic":"","payload":"of ours"}',
      'moves {"from":"bob","topic":"moves","payload":"of bob"}',
    ]);

  // Media negotiated after the channels.
  await bob.evaluate(() => window.call.publish());
  await expectCallMedia(alice, ['bob']);
  await expectCallMedia(bob, ['alice']);
  await expectNoErrors(alice, bob);

  await alice.evaluate(() => {
    window.call.say('chat', [1, 2, 3]);
  });
  await expect.poll(() => count(alice, 'error')).toBe(1);
  const error = await alice.evaluate(() => window.call.messages.find(({ type }) => type === 'error'));
  expect(error).toMatchObject({ code: 'BINARY_NOT_SUPPORTED' });
  await close(alice, bob, ours);
});

for (const codecs of [
  ['audio/PCMU', 'video/VP9'],
  ['audio/PCMA', 'video/H264'],
  ['audio/G722', 'video/VP8'],
]) {
  test(`${codecs.join(' and ')}, each way`, async ({ browser }) => {
    const chat = `codecs ${codecs.join(' ')}`;
    const all = [...codecs, 'video/rtx'];
    const alice = await calls.publisher(browser, 'alice', { chat, codecs: all });
    const bob = await calls.publisher(browser, 'bob', { chat, codecs: all });
    await expectCallMedia(alice, ['bob']);
    await expectCallMedia(bob, ['alice']);
    expect((await receivedBy(alice))['bob']?.codecs).toEqual(codecs);
    await expectNoErrors(alice, bob);
    await close(alice, bob);
  });
}

test('simulcast by rid in a call', async ({ browser }) => {
  const alice = await calls.publisher(browser, 'alice', { chat: 8, simulcast: true });
  const bob = await calls.publisher(browser, 'bob', { chat: 8 });
  await expectCallMedia(bob, ['alice']);
  await expectCallMedia(alice, ['bob']);
  const rids = await alice.evaluate(async () =>
    [...(await window.call.pc.getStats()).values()]
      .map((stat: { type?: string; rid?: string; packetsSent?: number }) => stat)
      .filter(
        ({ type, rid, packetsSent = 0 }) => type === 'outbound-rtp' && rid !== undefined && packetsSent > 0,
      )
      .map(({ rid }) => rid)
      .sort(),
  );
  expect(rids.length).toBeGreaterThan(1);
  await expectNoErrors(alice, bob);
  await close(alice, bob);
});

test('chats and groups with the same id are different rooms; without a right there is no way in', async ({
  browser,
}) => {
  const page = await pages.open(browser, 'sdpWs');
  const base = `${server.url.replace('http', 'ws')}/api/v1`;
  const tokens = {
    chat: await createToken({ sub: 'a', rooms: ['chat:9'] }, SDP_CALL_SECRET),
    group: await createToken({ sub: 'b', rooms: ['group:9'] }, SDP_CALL_SECRET),
  };
  const join = (url: string) =>
    page.evaluate(
      (given) =>
        window
          .createCall({ url: given, sessionId: 'x', roomId: 9 })
          .join()
          .then(() => 'in', String),
      url,
    );
  expect(await join(`${base}/chat/9/call?token=${tokens.group}`)).toContain('refused');
  expect(await join(`${base}/chat/9/call`)).toContain('refused');
  expect(await join(`${base}/chat/9/call?token=${tokens.chat}`)).toBe('in');
  await expect.poll(() => count(page, 'joined')).toBe(1);
  const other = await pages.open(browser, 'sdpWs');
  await other.evaluate(
    (url) => window.createCall({ url, sessionId: 'y', roomId: 9 }).join(),
    `${base}/group/9/call?token=${tokens.group}`,
  );
  await expect
    .poll(() =>
      other.evaluate(() => window.call.messages.find(({ type }) => type === 'joined')?.['participants']),
    )
    .toEqual([]);
  await close(page, other);
});
