import type { Browser, Page } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ForeignOptions } from '../pages/ForeignClient.js';
import { bundlePage } from '../../../../tools/testing/bundlePage.js';

/** Where the pages come from: another origin than Parlor's, as with an app that uses it from elsewhere. */
export interface PageServer {
  open(browser: Browser, name: string): Promise<Page>;
  /** A page with a foreign client that has joined. */
  joinForeign(browser: Browser, options: ForeignOptions): Promise<Page>;
  close(): void;
}

const scripts = new Map<string, Promise<string>>();

/** A page of `pages/` as one script, made once. */
function script(name: string): Promise<string> {
  let text = scripts.get(name);
  if (!text) {
    text = bundlePage(fileURLToPath(new URL(`../pages/${name}.ts`, import.meta.url)));
    scripts.set(name, text);
  }
  return text;
}

export async function servePages(): Promise<PageServer> {
  const server: Server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    if (!/^[a-z]+$/i.test(name)) {
      response.writeHead(404).end();
      return;
    }
    void script(name).then((text) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        `<!doctype html><title>${name}</title><body><script>${text.replaceAll('</', '<\\/')}</script>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const open = async (browser: Browser, name: string): Promise<Page> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${String(port)}/${name}`);
    return page;
  };
  return {
    open,
    async joinForeign(browser, options) {
      const page = await open(browser, 'foreign');
      await page.evaluate((given) => window.createClient(given).join(), options);
      return page;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
