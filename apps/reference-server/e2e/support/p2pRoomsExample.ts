import type { Browser, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../../../../tools/testing/bundlePage.js';
import type { TestServer } from '../../../../tools/testing/startServer.js';

const here = (path: string) => fileURLToPath(new URL(`../pages/p2pRooms/${path}`, import.meta.url));

export interface ExampleOptions {
  rule: 'newcomer offers' | 'smaller id offers';
  /** Of a user who may open rooms. */
  token?: string;
  /** False: as on a machine without one. */
  camera?: boolean;
  /** Of the browser: `Accept-Language` follows from it. */
  locale?: string;
}

export interface Example {
  readonly page: Page;
  /** What was shown by `alert`, in order. */
  readonly alerts: string[];
  /** Errors that the example did not catch. */
  readonly errors: string[];
}

/**
 * A page with the front end of the document, to the letter but for the address of the server. It is kept as text so
 * that no tool changes it. It comes from Parlor's own origin, because it asks for paths without a host.
 */
export async function openExample(
  browser: Browser,
  server: TestServer,
  { rule, token = '', locale = 'zh-CN', camera = true }: ExampleOptions,
): Promise<Example> {
  const [written, sharing, around, aroundSharing] = await Promise.all([
    readFile(here('documentExample.js.txt'), 'utf8'),
    readFile(here('documentScreenShare.js.txt'), 'utf8'),
    bundlePage(here('around.ts'), 'around'),
    bundlePage(here('aroundSharing.ts'), 'aroundSharing'),
  ]);
  const script = written.replace('wss://api.example.com', server.url.replace('http', 'ws'));
  const context = await browser.newContext({ locale });
  const page = await context.newPage();
  const alerts: string[] = [];
  const errors: string[] = [];
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.accept();
  });
  page.on('pageerror', (error) => errors.push(error.message));
  // A real answer of the server: Chromium keeps pages that a test makes up away from local addresses.
  await page.goto(`${server.url}/health`);
  for (const content of [script, sharing, around, aroundSharing]) await page.addScriptTag({ content });
  await page.evaluate(
    (given) => {
      window.accessToken = given.token;
      if (given.rule === 'smaller id offers') window.smallerIdOffers();
      if (!given.camera) window.withoutCamera();
    },
    { token, rule, camera },
  );
  return { page, alerts, errors };
}
