import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { button, openDemo } from './demo.js';

interface Caller {
  readonly url: string;
  readonly name: string;
}

/** The demo's join page of somebody who waits for calls, with devices that work. */
export const online = async (
  browser: Browser,
  { url, name }: Caller,
  options?: BrowserContextOptions,
): Promise<Page> => {
  const page = await openDemo(browser, { url, room: 'unused', name }, options);
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await button(page, 'Go online').click();
  await expect(button(page, 'Go offline')).toBeVisible();
  return page;
};

/** What rings over the page. */
export const panel = (page: Page, name: string): Locator => page.getByRole('alertdialog', { name });

/** Rings somebody from the lobby, and waits until it rings on each of `theirs`. */
export const ring = async (
  mine: Page,
  { from, to, video = false }: { from: string; to: string; video?: boolean },
  ...theirs: Page[]
): Promise<void> => {
  await button(mine, `Ring ${to}${video ? ' with video' : ''}`).click();
  await expect(panel(mine, `Ringing ${to}…`)).toBeVisible();
  for (const page of theirs) await expect(panel(page, `${from} is calling`)).toBeVisible();
};

export const expectInCall = async (page: Page, other: string): Promise<void> => {
  await expect(page.getByRole('heading', { name: `Call with ${other}` })).toBeVisible();
};

export const expectLobby = async (page: Page): Promise<void> => {
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(button(page, 'Go offline')).toBeVisible();
};

/** A sentence at the edge of the page that goes by itself. */
export const toast = (page: Page, text: string): Locator => page.locator('.toast', { hasText: text });
