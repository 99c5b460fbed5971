import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { cutMedia, networkOf } from './support/network.js';
import { requestsOf } from './support/signalling.js';

test('a media path that breaks is repaired by ICE restart, the room stays', async ({
  open,
  join,
  server,
  roomId,
}) => {
  const alice = await join('alice');
  await alice.evaluate(() => window.call.publishColour([220, 30, 30]));
  const bob = await open('bob');
  const network = await networkOf(bob);
  const requests = requestsOf(bob);
  await bob.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
  await expectDecodes(bob, { from: 'alice' });

  await cutMedia(network, true);
  await expect.poll(requests, { timeout: 30_000 }).toContain('restartIce');
  await cutMedia(network, false);
  const before = await bob.evaluate(() => window.call.frames('alice'));
  await expect.poll(() => bob.evaluate(() => window.call.frames('alice'))).toBeGreaterThan(before + 5);
  expect(requests().filter((method) => method === 'joinRoom')).toHaveLength(1);
  expect(await bob.evaluate(() => window.call.told('connectionStateChanged'))).toEqual([
    'connecting',
    'connected',
  ]);
});
