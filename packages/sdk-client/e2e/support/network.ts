import type { CDPSession, Page } from '@playwright/test';

const conditions = (packetLoss: number) => ({
  offline: false,
  // WebRTC obeys only with some latency, and only if it was set before the peer connection was made.
  latency: 1,
  downloadThroughput: -1,
  uploadThroughput: -1,
  packetLoss,
});

/** Control over the network under a page's media. Ask for it before the page makes a peer connection. */
export async function networkOf(page: Page): Promise<CDPSession> {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', conditions(0));
  return network;
}

/** Loses so many percent of the packets of media. Sockets are left alone. */
export async function losePackets(network: CDPSession, percent: number): Promise<void> {
  await network.send('Network.emulateNetworkConditions', conditions(percent));
}

/** Loses every packet of media, or none. */
export const cutMedia = (network: CDPSession, cut: boolean): Promise<void> =>
  losePackets(network, cut ? 100 : 0);
