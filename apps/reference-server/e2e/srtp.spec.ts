import { test, type CDPSession, type Page } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { servePages, type PageServer } from './support/pages.js';
import { expectGrowth, expectMediaFlows, numberOf, statOf } from './support/stats.js';

/**
 * What carries the media of a worker, whoever built it, against a real browser: DTLS in both roles, both families of SRTP
 * suites, RTCP, and retransmission when packets are lost. The DTLS server chooses the suite (RFC 5764 §4.1.2): a worker
 * prefers AEAD_AES_256_GCM, Chromium AES128_CM_HMAC_SHA1_80, so the roles decide which one is used.
 */

let server: TestServer;
let pages: PageServer;
test.beforeAll(async () => {
  [server, pages] = await Promise.all([startServer(), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  expect(await server.stop()).toBe(0);
});

const CASES = [
  { dtlsRole: 'client', srtpCipher: 'SRTP_AEAD_AES_256_GCM' },
  { dtlsRole: 'server', srtpCipher: 'SRTP_AES128_CM_HMAC_SHA1_80' },
] as const;

const INBOUND = { type: 'inbound-rtp', kind: 'video' };
const OUTBOUND = { type: 'outbound-rtp', kind: 'video' };

for (const { dtlsRole, srtpCipher } of CASES) {
  test(`the browser as DTLS ${dtlsRole}, ${srtpCipher}: media, RTCP, and 5 % loss`, async ({ browser }) => {
    const join = async (peerId: string): Promise<{ page: Page; network: CDPSession }> => {
      const page = await pages.open(browser, 'foreign');
      const network = await page.context().newCDPSession(page);
      // Loss can be changed in mid-call only if the emulation was there before the connection.
      await lose(network, 0);
      const options = { server: server.url, roomId: dtlsRole, peerId, dtlsRole };
      await page.evaluate((given) => window.createClient(given).join(), options);
      return { page, network };
    };
    const alice = await join('alice');
    const bob = await join('bob');
    await alice.page.evaluate(() =>
      window.client.publish({ audio: true, video: { width: 640, height: 360 } }),
    );
    await expect.poll(() => bob.page.evaluate(() => window.client.receives)).toEqual(['audio', 'video']);
    await expectMediaFlows(bob.page);

    for (const [page, direction] of [
      [alice.page, 'send'],
      [bob.page, 'recv'],
    ] as const) {
      const transport = await statOf(page, direction, { type: 'transport' });
      expect(transport).toMatchObject({ dtlsState: 'connected', dtlsRole, srtpCipher });
    }

    await test.step('RTCP: reports of the worker, in both directions', async () => {
      const receiverReports = { type: 'remote-inbound-rtp', kind: 'video' };
      await expectGrowth(
        alice.page,
        { direction: 'send', of: receiverReports, key: 'roundTripTimeMeasurements' },
        0,
      );
      const senderReports = { type: 'remote-outbound-rtp', kind: 'video' };
      await expectGrowth(bob.page, { direction: 'recv', of: senderReports, key: 'reportsSent' }, 0);
    });

    await test.step('RTCP: a late consumer makes the worker ask for a key frame', async () => {
      const pictureLoss = { direction: 'send', of: OUTBOUND, key: 'pliCount' } as const;
      const before = await numberOf(alice.page, pictureLoss);
      const carol = await join('carol');
      await expectMediaFlows(carol.page);
      expect(await numberOf(alice.page, pictureLoss)).toBeGreaterThan(before);
      await carol.page.context().close();
    });

    await test.step('5 % loss: asked for again, sent again, and the picture goes on', async () => {
      await Promise.all([lose(alice.network, 5), lose(bob.network, 5)]);
      await expectGrowth(alice.page, { direction: 'send', of: OUTBOUND, key: 'nackCount' }, 3);
      await expectGrowth(alice.page, { direction: 'send', of: OUTBOUND, key: 'retransmittedPacketsSent' }, 3);
      await expectGrowth(bob.page, { direction: 'recv', of: INBOUND, key: 'nackCount' }, 3);
      await expectGrowth(
        bob.page,
        { direction: 'recv', of: INBOUND, key: 'retransmittedPacketsReceived' },
        3,
      );
      await expectMediaFlows(bob.page);
    });

    await alice.page.context().close();
    await bob.page.context().close();
  });
}

async function lose(network: CDPSession, percent: number): Promise<void> {
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 1,
    downloadThroughput: -1,
    uploadThroughput: -1,
    packetLoss: percent,
  });
}
