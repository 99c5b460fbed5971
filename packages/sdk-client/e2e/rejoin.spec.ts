import type { Page } from '@playwright/test';
import { expectDecodes, expectHears } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { TcpProxy } from './support/TcpProxy.js';

const SMALL = { width: 320, height: 180, frameRate: 15 };
/** More than the server keeps for who is away (128 KiB). */
const TOO_MUCH = 40;
const LONG = 'x'.repeat(8 * 1024);

async function expectCall(alice: Page, bob: Page): Promise<void> {
  await Promise.all([
    expectHears(alice, { from: 'bob', hz: 900 }),
    expectDecodes(alice, { from: 'bob' }),
    expectHears(bob, { from: 'alice', hz: 500 }),
    expectDecodes(bob, { from: 'alice' }),
  ]);
}

const states = (page: Page) => page.evaluate(() => window.call.told('connectionStateChanged'));
const producerIds = (page: Page) =>
  page.evaluate(() =>
    [...window.call.room.localParticipant.trackPublications.values()].map(({ producerId }) => producerId),
  );
/** The picture of alice, as this page has it: another one when it comes by another transport. */
const mediaOf = (page: Page) =>
  page.evaluate(() => window.call.publication('alice', 'camera')?.track?.mediaStreamTrack?.id);

for (const away of ['alice', 'bob'] as const)
  test(`${away} has missed too much and joins anew: the other sees nobody go, media goes on`, async ({
    join,
    server,
  }) => {
    const proxy = await TcpProxy.to(server.url);
    const through = (name: string) => (name === away ? { url: proxy.url } : {});
    const options = { videoCaptureDefaults: { resolution: SMALL } };
    const alice = await join('alice', { ...options, ...through('alice') });
    const bob = await join('bob', { ...options, ...through('bob') });
    for (const [page, hz] of [
      [alice, 500],
      [bob, 900],
    ] as const)
      await page.evaluate(
        (tone) =>
          Promise.all([
            window.call.publishTone(tone),
            window.call.room.localParticipant.setCameraEnabled(true),
          ]),
        hz,
      );
    await expectCall(alice, bob);
    const ids = [await producerIds(alice), await producerIds(bob)];
    for (const page of [alice, bob])
      await page.evaluate(() => {
        window.call.keep();
        window.call.events.length = 0;
      });
    const [gone, other] = away === 'alice' ? [alice, bob] : [bob, alice];
    const before = await mediaOf(bob);

    proxy.cut();
    await expect.poll(() => states(gone)).toEqual(['signalReconnecting']);
    await other.evaluate(
      async ({ count, text }) => {
        for (let i = 0; i < count; i++) await window.call.room.localParticipant.sendMessage(text);
      },
      { count: TOO_MUCH, text: LONG },
    );
    proxy.mend();
    await expect.poll(() => states(gone)).toEqual(['signalReconnecting', 'reconnecting', 'connected']);
    // What comes from now on comes by the new connections.
    await expect.poll(() => mediaOf(bob)).not.toEqual(before);
    await expectCall(alice, bob);

    expect([await producerIds(alice), await producerIds(bob)]).toEqual(ids);
    for (const page of [alice, bob]) {
      expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
      expect(await page.evaluate(() => window.call.taken.getUserMedia)).toBe(1);
      const told = await page.evaluate(() => window.call.events.map(({ event }) => event));
      for (const event of [
        'participantDisconnected',
        'participantConnected',
        'trackUnpublished',
        'trackPublished',
        'trackUnsubscribed',
        'trackSubscribed',
        'trackSubscriptionFailed',
        'localTrackUnpublished',
        'disconnected',
      ])
        expect(told).not.toContain(event);
    }
    expect(await states(other)).toEqual([]);
    proxy.close();
  });
