import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { installProbe } from './probe.js';

interface Guest {
  readonly url: string;
  readonly room: string;
  readonly name: string;
  readonly token?: string;
  readonly topology?: string;
  /** '' opens the fault panel. */
  readonly faults?: string;
  /** Default: a small one. */
  readonly camera?: 'small' | 'large';
}

/** Opens the demo's join page as a person of their own. */
export const openDemo = async (
  browser: Browser,
  { url, camera, ...params }: Guest,
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext(options);
  await installProbe(context, camera);
  const page = await context.newPage();
  const query = new URLSearchParams(params);
  await page.goto(`${url}/demo/?${query.toString()}`);
  return page;
};

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Joins with camera and microphone on. */
export const join = async (page: Page): Promise<void> => {
  await expect(button(page, 'Camera')).toHaveAttribute('aria-pressed', 'true');
  await expect(button(page, 'Microphone')).toHaveAttribute('aria-pressed', 'true');
  await button(page, 'Join now').click();
  await expect(button(page, 'Leave call')).toBeVisible();
};

export const joinDemo = async (
  browser: Browser,
  guest: Guest,
  options?: BrowserContextOptions,
): Promise<Page> => {
  const page = await openDemo(browser, guest, options);
  await join(page);
  return page;
};

/** Somebody's tile, as another sees it. */
export const tile = (page: Page, caption: string): Locator =>
  page.getByRole('article', { name: caption, exact: true });

export const tiles = (page: Page): Locator => page.getByTestId('tile');

export const closePages = async (...pages: Page[]): Promise<void> => {
  await Promise.all(pages.map((page) => page.context().close()));
};
