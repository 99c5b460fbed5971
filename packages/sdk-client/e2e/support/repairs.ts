import type { Page } from '@playwright/test';

declare global {
  interface Window {
    repairs: string[];
  }
}

/** What the room of a page tells of repairs from now on: direction, step, reason. */
export async function repairsOf(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    window.repairs = [];
    window.call.room.on('mediaRepair', ({ direction, step, reason }) => {
      window.repairs.push(`${direction} ${step} ${reason}`);
    });
  });
  return () => page.evaluate(() => window.repairs);
}
