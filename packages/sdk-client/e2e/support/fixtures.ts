import { test as base, type Browser, type Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../../tools/testing/startServer.js';
import type { PlainRoomOptions } from '../pages/CallPage.js';
import { PageHost } from './PageHost.js';

interface OpenOptions extends PlainRoomOptions {
  /** Another browser than the shared one. */
  browser?: Browser;
  permissions?: string[];
  /** Its connections can be broken with `window.call.faults`. */
  faulty?: boolean;
}

/** A call page with a room that is not connected yet. */
export type OpenPage = (peerId: string, options?: OpenOptions) => Promise<Page>;

/** A call page that has joined the test's room. */
export type JoinPage = (
  peerId: string,
  options?: OpenOptions & { url?: string; roomId?: string },
) => Promise<Page>;

interface TestFixtures {
  /** How the test's pages carry media. */
  topology: 'sfu' | 'p2p' | 'auto';
  /** Unique to the test. */
  roomId: string;
  open: OpenPage;
  join: JoinPage;
}

interface WorkerFixtures {
  server: TestServer;
  host: PageHost;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      expect(await server.stop()).toBe(0);
    },
    { scope: 'worker' },
  ],
  host: [
    async ({}, use) => {
      const host = await PageHost.start();
      await use(host);
      host.close();
    },
    { scope: 'worker' },
  ],
  topology: ['sfu', { option: true }],
  roomId: async ({}, use, { testId }) => {
    await use(testId);
  },
  open: async ({ browser, host, topology }, use) => {
    const pages: Page[] = [];
    const errors: string[] = [];
    await use(async (peerId, { browser: other, permissions, ...options } = {}) => {
      const page = await host.open(other ?? browser, 'call', permissions ? { permissions } : {});
      pages.push(page);
      page.on('pageerror', (error) => errors.push(error.message));
      await page.evaluate(
        (given) => {
          window.call.create(given);
        },
        { peerId, displayName: peerId, topology, ...options },
      );
      return page;
    });
    await Promise.all(pages.map((page) => page.context().close()));
    expect(errors).toEqual([]);
  },
  join: async ({ open, server, roomId }, use) => {
    await use(async (peerId, { url = server.url, roomId: room = roomId, ...options } = {}) => {
      const page = await open(peerId, options);
      await page.evaluate((joining) => window.call.connect(joining), { url, room });
      return page;
    });
  },
});

export { expect };
