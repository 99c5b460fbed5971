import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.js';
import { TcpProxy } from './support/TcpProxy.js';
import {
  connectionStates,
  expectNobodyMoved,
  expectTalk,
  ownProducerIds,
  startTalk,
} from './support/twoTalk.js';

const SMALL = { width: 320, height: 180, frameRate: 15 };
/** More than the server keeps for who is away (128 KiB). */
const TOO_MUCH = 40;
const LONG = 'x'.repeat(8 * 1024);

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
    await startTalk(alice, bob);
    const ids = [await ownProducerIds(alice), await ownProducerIds(bob)];
    const [gone, other] = away === 'alice' ? [alice, bob] : [bob, alice];
    const before = await mediaOf(bob);

    proxy.cut();
    await expect.poll(() => connectionStates(gone)).toEqual(['signalReconnecting']);
    await other.evaluate(
      async ({ count, text }) => {
        for (let i = 0; i < count; i++) await window.call.room.localParticipant.sendMessage(text);
      },
      { count: TOO_MUCH, text: LONG },
    );
    proxy.mend();
    await expect
      .poll(() => connectionStates(gone))
      .toEqual(['signalReconnecting', 'reconnecting', 'connected']);
    // What comes from now on comes by the new connections.
    await expect.poll(() => mediaOf(bob)).not.toEqual(before);
    await expectTalk(alice, bob);

    expect([await ownProducerIds(alice), await ownProducerIds(bob)]).toEqual(ids);
    await expectNobodyMoved([alice, bob]);
    expect(await connectionStates(other)).toEqual([]);
    proxy.close();
  });
