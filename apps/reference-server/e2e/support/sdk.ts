import type { Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';

const received = (page: Page, kind: string, key: 'frames' | 'totalAudioEnergy') =>
  page.evaluate(async (given) => (await window.sdk.received(given.kind))?.[given.key] ?? 0, { kind, key });

/** Frames go on being decoded, and there is sound, on a page with a client of ours. */
export async function expectToHearAndSee(page: Page): Promise<void> {
  for (const [kind, key, by] of [
    ['video', 'frames', 10],
    ['audio', 'totalAudioEnergy', 0],
  ] as const) {
    const before = await received(page, kind, key);
    await expect.poll(() => received(page, kind, key), { message: key }).toBeGreaterThan(before + by);
  }
}

/** Media goes by UDP on each of `connections`. */
export async function expectUdp(page: Page, connections: number): Promise<void> {
  const protocols = async () => {
    const pairs = await page.evaluate(() => window.sdk.selectedPairs());
    return pairs.map(({ local }) => local?.['protocol']);
  };
  await expect.poll(protocols).toEqual(Array.from({ length: connections }, () => 'udp'));
}
