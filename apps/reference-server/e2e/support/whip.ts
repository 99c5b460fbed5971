import type { Browser, Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';
import type { TestServer } from '../../../../tools/testing/startServer.js';
import type { PageServer } from './pages.js';

export interface Publication {
  width: number;
  height: number;
  rids?: string[];
}

export interface WhipPages {
  /** A page that publishes by WHIP. */
  publish(browser: Browser, room: string, publication?: Publication): Promise<Page>;
  /** A page that watches by WHEP. */
  watch(browser: Browser, room: string): Promise<Page>;
}

/** Pages with clients of WHIP and WHEP, which know nothing of Parlor. */
export const whipPages = (server: TestServer, pages: PageServer): WhipPages => ({
  async publish(browser, room, { rids, ...capture } = { width: 320, height: 180 }) {
    const page = await pages.open(browser, 'whip');
    const options = { url: `${server.url}/whip/${room}`, ...(rids && { rids }) };
    const status = await page.evaluate((given) => window.publishByWhip(given.options, given.capture), {
      options,
      capture,
    });
    expect(status).toBe(201);
    return page;
  },
  async watch(browser, room) {
    const page = await pages.open(browser, 'whip');
    const status = await page.evaluate((url) => window.watchByWhep({ url }), `${server.url}/whep/${room}`);
    expect(status).toBe(201);
    return page;
  },
});

/** Frames are painted and sound is played at a viewer. */
export async function expectViewerPerceives(page: Page): Promise<void> {
  const perceive = () => page.evaluate(() => window.perceive());
  const { frames } = await perceive();
  await expect
    .poll(async () => (await perceive()).frames, { message: 'frames painted' })
    .toBeGreaterThan(frames + 5);
  let { sound } = await perceive();
  const isHeard = async () => {
    const before = sound;
    ({ sound } = await perceive());
    return Object.entries(sound).some(([ssrc, energy]) => energy > (before[ssrc] ?? energy));
  };
  await expect.poll(isHeard, { message: 'sound played' }).toBe(true);
}
