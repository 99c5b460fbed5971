import type { Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';

export type Stat = Record<string, unknown> & { type: string };

export const stats = (page: Page, direction: 'send' | 'recv'): Promise<Stat[]> =>
  page.evaluate((given) => window.client.stats(given), direction) as Promise<Stat[]>;

/** The one that matches; the probator of mediasoup, an inbound stream without a codec, never does. */
export async function statOf(
  page: Page,
  direction: 'send' | 'recv',
  wanted: Partial<Stat>,
): Promise<Stat | undefined> {
  const all = await stats(page, direction);
  return all.find(
    (stat) =>
      (stat.type !== 'inbound-rtp' || stat['codecId'] !== undefined) &&
      Object.entries(wanted).every(([key, value]) => stat[key] === value),
  );
}

export async function numberOf(
  page: Page,
  at: { direction: 'send' | 'recv'; of: Partial<Stat>; key: string },
) {
  const stat = await statOf(page, at.direction, at.of);
  return Number(stat?.[at.key] ?? 0);
}

/** Waits until a counter has grown by `by` from where it is now. */
export async function expectGrowth(
  page: Page,
  at: { direction: 'send' | 'recv'; of: Partial<Stat>; key: string },
  by: number,
): Promise<void> {
  const before = await numberOf(page, at);
  await expect.poll(() => numberOf(page, at), { message: `${at.key} grows` }).toBeGreaterThan(before + by);
}

/** Video is decoded and sound is heard. */
export async function expectMediaFlows(page: Page): Promise<void> {
  const video = { type: 'inbound-rtp', kind: 'video' };
  const audio = { type: 'inbound-rtp', kind: 'audio' };
  await expectGrowth(page, { direction: 'recv', of: video, key: 'framesDecoded' }, 10);
  await expectGrowth(page, { direction: 'recv', of: audio, key: 'totalAudioEnergy' }, 0);
}
