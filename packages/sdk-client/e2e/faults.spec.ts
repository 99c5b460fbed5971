import type { Page } from '@playwright/test';
import { expectDecodes, expectHears } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';

const frames = (page: Page, from: string) => page.evaluate((id) => window.call.frames(id), from);

/** Frames of somebody stand still, while those the other way go on. */
async function expectFrozen(page: Page, from: string, otherWay: () => Promise<void>): Promise<void> {
  await expect
    .poll(async () => {
      const before = await frames(page, from);
      await otherWay();
      return (await frames(page, from)) - before;
    })
    .toBe(0);
}

for (const topology of ['sfu', 'p2p'] as const) {
  test.describe(topology, () => {
    test.use({ topology });

    test('frames that are lost on purpose freeze one direction and not the other, until they pass again', async ({
      join,
    }) => {
      const alice = await join('alice', { faulty: true });
      const bob = await join('bob');
      await alice.evaluate(() => window.call.publishColour([220, 30, 30]));
      await bob.evaluate(() => window.call.publishColour([30, 30, 220]));
      await Promise.all([expectDecodes(alice, { from: 'bob' }), expectDecodes(bob, { from: 'alice' })]);

      await alice.evaluate(() => {
        window.call.faults.media({ send: { drop: 1 } });
      });
      await expectFrozen(bob, 'alice', () => expectDecodes(alice, { from: 'bob' }));

      await alice.evaluate(() => {
        window.call.faults.media({ receive: { drop: 1 } });
      });
      await expectFrozen(alice, 'bob', () => expectDecodes(bob, { from: 'alice' }));

      await alice.evaluate(() => {
        window.call.faults.clear();
      });
      await Promise.all([expectDecodes(alice, { from: 'bob' }), expectDecodes(bob, { from: 'alice' })]);
    });
  });
}

test('frames are late on purpose, and arrive', async ({ join }) => {
  const alice = await join('alice', { faulty: true });
  const bob = await join('bob');
  await alice.evaluate(() => {
    window.call.faults.media({ send: { delayMs: 200 } });
    return window.call.publishTone(700);
  });
  await expectHears(bob, { from: 'alice', hz: 700 });
});

test('connections that find no way on purpose do not connect', async ({ join, open, server, roomId }) => {
  const bob = await join('bob');
  const alice = await open('alice', { faulty: true });
  await alice.evaluate(
    async (joining) => {
      window.call.faults.failIce(true);
      await window.call.connect(joining);
      await window.call.publishColour([220, 30, 30]);
    },
    { url: server.url, room: roomId },
  );
  await expect.poll(() => alice.evaluate(() => window.call.connectionStates())).toContain('connecting');
  expect(await frames(bob, 'alice')).toBe(0);
  expect(await alice.evaluate(() => window.call.connectionStates())).not.toContain('connected');
});
