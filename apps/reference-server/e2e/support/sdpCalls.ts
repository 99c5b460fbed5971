import { createToken } from '@parlor/sdk-server';
import type { Browser, Page } from '@playwright/test';
import { expect } from '../../../../tools/testing/expect.js';
import type { TestServer } from '../../../../tools/testing/startServer.js';
import type { Publishing, SdpCallOptions } from '../pages/SdpCallClient.js';
import type { PageServer } from './pages.js';

/** Of the servers of these tests, in `PARLOR_JWT_SECRET`. */
export const SDP_CALL_SECRET = 'a secret for the pages of this test, long enough';

export type SdpCallPage = Omit<SdpCallOptions, 'url' | 'sessionId' | 'roomId'> & { chat: number | string };

export interface SdpCalls {
  /** Where this session joins the chat, with a token. */
  address(sessionId: string, chat: number | string): Promise<string>;
  /** A page that has joined, and neither sends nor offers anything yet. */
  open(browser: Browser, sessionId: string, options: SdpCallPage): Promise<Page>;
  /** A page that has joined and publishes. */
  publisher(browser: Browser, sessionId: string, options: SdpCallPage & Publishing): Promise<Page>;
}

/** Pages with the client of the source document, as it is: a WebSocket and an RTCPeerConnection. */
export function sdpCalls(server: TestServer, pages: PageServer): SdpCalls {
  const address = async (sessionId: string, chat: number | string) => {
    const token = await createToken({ sub: `user ${sessionId}` }, SDP_CALL_SECRET);
    const base = server.url.replace('http', 'ws');
    return `${base}/api/v1/chat/${encodeURIComponent(chat)}/call?token=${token}`;
  };
  const open: SdpCalls['open'] = async (browser, sessionId, { chat, ...options }) => {
    const page = await pages.open(browser, 'sdpWs');
    const url = await address(sessionId, chat);
    const given = { url, sessionId, roomId: chat, ...options };
    await page.evaluate((joining) => window.createCall(joining).join(), given);
    return page;
  };
  return {
    address,
    open,
    async publisher(browser, sessionId, { audio, video, codecs, simulcast, ...rest }) {
      const page = await open(browser, sessionId, rest);
      const publishing = Object.fromEntries(
        Object.entries({ audio, video, codecs, simulcast }).filter(([, value]) => value !== undefined),
      );
      await page.evaluate((given) => window.call.publish(given), publishing);
      return page;
    },
  };
}

/** What comes to a page now, by stream id. */
export const receivedBy = (page: Page) => page.evaluate(() => window.call.received());

/** Sound and new frames come from each of `ids`, and nothing from anybody else. */
export async function expectCallMedia(page: Page, ids: readonly string[]): Promise<void> {
  const from = async () =>
    Object.entries(await receivedBy(page))
      .filter(([, { frames, energy }]) => frames > 0 && energy > 0)
      .map(([id]) => id)
      .sort();
  await expect.poll(from).toEqual([...ids].sort());
  const before = await receivedBy(page);
  for (const id of ids) {
    const frames = async () => (await receivedBy(page))[id]?.frames ?? 0;
    await expect.poll(frames, { message: `frames of ${id}` }).toBeGreaterThan((before[id]?.frames ?? 0) + 10);
  }
}

/** The server has found fault with nothing, and the browser neither. */
export async function expectNoErrors(...all: Page[]): Promise<void> {
  for (const page of all) expect(await page.evaluate(() => window.call.errors)).toEqual([]);
}

/** Of the server's end, as the page has it. */
export const remoteUfrag = (page: Page) =>
  page.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.call.pc.currentRemoteDescription?.sdp ?? '')?.[1]);
