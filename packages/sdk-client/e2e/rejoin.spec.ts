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

/** What alice's picture comes in: another object when it comes by another connection, by whatever name. */
const pictureOfAlice = (bob: Page) =>
  bob.evaluateHandle(() => window.call.publication('alice', 'camera')?.track?.mediaStreamTrack);

for (const topology of ['sfu', 'p2p'] as const)
  test.describe(topology, () => {
    test.use({ topology });

    // In P2P one of the two makes all the offers: each is away once.
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
        const former = await pictureOfAlice(bob);

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
        await expect
          .poll(() =>
            bob.evaluate((before) => {
              const now = window.call.publication('alice', 'camera')?.track?.mediaStreamTrack;
              return now !== undefined && now !== before;
            }, former),
          )
          .toBe(true);
        await expectTalk(alice, bob);

        expect([await ownProducerIds(alice), await ownProducerIds(bob)]).toEqual(ids);
        await expectNobodyMoved([alice, bob]);
        expect(await connectionStates(other)).toEqual([]);
        proxy.close();
      });
  });
