import type { Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';
import type { TrackSource } from '../../src/index.js';
import type { Rgb } from '../pages/colours.js';

export interface Stream {
  readonly from: string;
  readonly source?: TrackSource;
}

/** Milliseconds between looks, the last ones again and again. Playwright's own looks are soon a second apart. */
const intervals = [100, 150, 250];

/** Decibels of full scale below which nothing is heard. */
const SILENCE = -75;
/** An FFT bin is 12 Hz wide. */
const NEAR_HZ = 18;
/** Video codecs do not keep colours exactly. */
const NEAR_COLOUR = 48;

/** Frames of this stream go on being decoded. */
export async function expectDecodes(page: Page, { from, source = 'camera' }: Stream): Promise<void> {
  const frames = () => page.evaluate((at) => window.call.frames(at.from, at.source), { from, source });
  await expect.poll(frames, { message: `frames of ${from} arrive`, intervals }).toBeGreaterThan(0);
  const before = await frames();
  await expect.poll(frames, { message: `frames of ${from} go on`, intervals }).toBeGreaterThan(before + 5);
}

/** The tone on this stream is the one that was sent. */
export async function expectHears(
  page: Page,
  { from, source = 'microphone', hz }: Stream & { hz: number },
): Promise<void> {
  await expect
    .poll(
      async () => {
        const heard = await page.evaluate((at) => window.call.heard(at.from, at.source), { from, source });
        return heard.level > SILENCE && Math.abs(heard.hz - hz) < NEAR_HZ ? hz : heard;
      },
      { message: `${String(hz)} Hz from ${from}`, intervals },
    )
    .toBe(hz);
}

/** Something of this stream goes on being heard; also where Web Audio does not run, as in Firefox without a sound device. */
export async function expectSound(page: Page, { from, source = 'microphone' }: Stream): Promise<void> {
  const energy = () => page.evaluate((at) => window.call.energy(at.from, at.source), { from, source });
  const before = await energy();
  await expect.poll(energy, { message: `sound of ${from} goes on`, intervals }).toBeGreaterThan(before);
}

export async function expectSilence(page: Page, { from, source = 'microphone' }: Stream): Promise<void> {
  const level = async () => {
    const heard = await page.evaluate((at) => window.call.heard(at.from, at.source), { from, source });
    return heard.level;
  };
  await expect.poll(level, { message: `silence from ${from}`, intervals }).toBeLessThan(SILENCE);
}

/** The picture is of the colour that was sent. */
export async function expectSees(
  page: Page,
  { from, source = 'camera', rgb }: Stream & { rgb: Rgb },
): Promise<void> {
  await expect
    .poll(
      async () => {
        const seen = await page.evaluate((at) => window.call.seen(at.from, at.source), { from, source });
        return seen.every((value, index) => Math.abs(value - (rgb[index] ?? 0)) < NEAR_COLOUR) ? rgb : seen;
      },
      { message: `${rgb.join(' ')} from ${from}`, intervals },
    )
    .toEqual(rgb);
}

/** Media goes by UDP in every direction that is set up. */
export async function expectUdp(page: Page, directions: number): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => window.call.protocols()), { intervals })
    .toEqual(Array.from({ length: directions }, () => 'udp'));
}
