import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { framesOf } from './support/signalling.js';

const RED: Rgb = [220, 30, 30];
const BLUE: Rgb = [30, 40, 220];

test('a joiner receives everyone two round trips after the socket is open', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const alice = await join('alice');
  await alice.evaluate(
    (rgb) => Promise.all([window.call.publishTone(500), window.call.publishColour(rgb)]),
    RED,
  );
  await expect.poll(() => alice.evaluate(() => window.call.told('localTrackPublished').length)).toBe(2);

  const bob = await open('bob');
  const frames = framesOf(bob);
  await bob.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  await expectSees(bob, { from: 'alice', rgb: RED });

  const exchange = frames
    .filter(({ notification }) => notification !== true)
    .map(({ direction, method, id }) => ({
      direction,
      method: method ?? frames.find((frame) => frame.id === id && frame.method !== undefined)?.method,
    }));
  // Round trips: an answer is waited for when something was sent only after it.
  expect(exchange.map(({ direction, method }) => `${direction} ${String(method)}`)).toEqual([
    'sent joinRoom',
    'received joinRoom',
    'sent subscribe',
    'received subscribe',
    'sent connectWebRtcTransport',
    'received connectWebRtcTransport',
  ]);
});

test('nothing waits for the answers to connecting and producing', async ({ open, join, server, roomId }) => {
  const alice = await join('alice');
  await alice.evaluate(
    (rgb) => Promise.all([window.call.publishTone(500), window.call.publishColour(rgb)]),
    RED,
  );
  await expect.poll(() => alice.evaluate(() => window.call.told('localTrackPublished').length)).toBe(2);

  const bob = await open('bob');
  const methods = new Map<unknown, string>();
  const answered: string[] = [];
  // These answers never come: what needed them would stand still.
  await bob.routeWebSocket(/127\.0\.0\.1/, (socket) => {
    const upstream = socket.connectToServer();
    socket.onMessage((text) => {
      const { id, method } = JSON.parse(text.toString()) as { id?: number; method?: string };
      if (method !== undefined) methods.set(id, method);
      upstream.send(text);
    });
    upstream.onMessage((text) => {
      const { response, id } = JSON.parse(text.toString()) as { response?: boolean; id?: number };
      const method = methods.get(id) ?? '';
      if (response === true) answered.push(method);
      if (response !== true || ['joinRoom', 'subscribe'].includes(method)) socket.send(text);
    });
  });
  await bob.evaluate((rgb) => {
    void window.call.publishTone(900);
    void window.call.publishColour(rgb);
  }, BLUE);
  await bob.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });

  await expectDecodes(bob, { from: 'alice' });
  await expectHears(bob, { from: 'alice', hz: 500 });
  await expectSees(alice, { from: 'bob', rgb: BLUE });
  await expectHears(alice, { from: 'bob', hz: 900 });
  expect([...answered].sort()).toEqual([
    'connectWebRtcTransport',
    'connectWebRtcTransport',
    'joinRoom',
    'produce',
    'produce',
    'subscribe',
  ]);
});
