import type { Browser, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../../../../tools/testing/bundlePage.js';

const here = (path: string) => fileURLToPath(new URL(`../pages/${path}`, import.meta.url));

/**
 * A page with a REST client that is in no room yet, connected by the lines of the source document.
 *
 * @param server Where the page finds the server.
 */
export async function openRestPage(browser: Browser, server: string, token: string): Promise<Page> {
  const [example, script] = await Promise.all([
    readFile(here('rtcRest/documentExample.js.txt'), 'utf8'),
    bundlePage(here('rtcRest.ts')),
  ]);
  const context = await browser.newContext({ locale: 'ja-JP' });
  const page = await context.newPage();
  // A real answer of the server: Chromium keeps pages that a test makes up away from local addresses.
  await page.goto(`${server}/health`);
  await page.addScriptTag({ content: `function documentExample(sendTransport, token) {\n${example}\n}` });
  await page.addScriptTag({ content: script });
  await page.evaluate((given) => {
    window.createRestClient(given);
  }, token);
  return page;
}
