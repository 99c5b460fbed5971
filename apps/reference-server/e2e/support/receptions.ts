import type { Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';

declare global {
  interface Window {
    openConnections: Set<RTCPeerConnection>;
  }
}

interface Stream {
  kind: string;
  amount: number;
}

/** From here on, what any connection of the page receives can be counted, whatever client made it. */
export async function countReceptions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const connections = new Set<RTCPeerConnection>();
    window.openConnections = connections;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.add(this);
      }
    };
  });
}

/** Frames decoded and energy heard so far, by stream. */
const received = (page: Page): Promise<Record<string, Stream>> =>
  page.evaluate(async () => {
    const streams: Record<string, { kind: string; amount: number }> = {};
    let index = 0;
    for (const connection of window.openConnections) {
      index += 1;
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        // The probator of mediasoup, an inbound stream without a codec, does not count.
        if (stat['type'] !== 'inbound-rtp' || stat['codecId'] === undefined) continue;
        const kind = String(stat['kind']);
        const amount = kind === 'video' ? stat['framesDecoded'] : stat['totalAudioEnergy'];
        streams[`${String(index)} ${String(stat['ssrc'])}`] = { kind, amount: Number(amount ?? 0) };
      }
    }
    return streams;
  });

/** As many pictures move and as many sounds are heard on the page as there are others who publish. */
export async function expectReceptions(
  page: Page,
  { name, count }: { name: string; count: number },
): Promise<void> {
  let before = await received(page);
  const flowing = async () => {
    const now = await received(page);
    const grown = Object.entries(now).filter(([id, { amount }]) => amount > (before[id]?.amount ?? amount));
    before = now;
    const kinds = grown.map(([, { kind }]) => kind);
    return ['video', 'audio'].map((kind) => kinds.filter((one) => one === kind).length);
  };
  await expect
    .poll(flowing, { message: `pictures and sounds at ${name}`, intervals: [1500], timeout: 30_000 })
    .toEqual([count, count]);
}
