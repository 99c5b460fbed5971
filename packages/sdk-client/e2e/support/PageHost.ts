import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../../../../tools/testing/bundlePage.js';

/** Serves bare pages, each nothing but one script of `pages/`, from an origin that is not Parlor's. */
export class PageHost {
  readonly #server: Server;
  readonly #scripts = new Map<string, Promise<string>>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
      if (!/^[a-z]+$/.test(name)) {
        response.writeHead(404).end();
        return;
      }
      this.#script(name).then(
        (script) => {
          response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
          const text = script.replaceAll('</', '<\\/');
          response.end(`<!doctype html><title>${name}</title><body><script>${text}</script>`);
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  }

  static async start(): Promise<PageHost> {
    const host = new PageHost();
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  url(name: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}/${name}`;
  }

  /** A page in a browser context of its own. */
  async open(browser: Browser, name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(this.url(name));
    return page;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #script(name: string): Promise<string> {
    let script = this.#scripts.get(name);
    if (!script) {
      script = bundlePage(fileURLToPath(new URL(`../pages/${name}.ts`, import.meta.url)));
      this.#scripts.set(name, script);
    }
    return script;
  }
}
