import { createToken } from '@parlor/sdk-server';
import { TestServer } from '@parlor/sdk-server/testing';
import { chromium, type Browser, type Page } from '@playwright/test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Detail, Measurement } from './harness/result.js';
import { servePage } from './harness/servePage.js';
import { percentile, summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';
import type { Gaps, RecoveryPage, WayBack } from './page/types.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

/** After an event everything has settled; and the longest gap of this time without one is what it is compared with. */
const WINDOW_MS = 800;
/** How often a call is watched at rest. */
const RESTS = 6;
/** A frame of 15 fps may come late when both paths run at once; two in a row would be seen. */
const GAP = { goal: { atMost: 2 }, gate: { atMost: 3 } };
const SECRET = 'the secret of a benchmark ends with its process';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-accept-this-tab-capture',
];

export interface Call {
  readonly server: TestServer;
  /** Both take part; the first one also listens. */
  readonly pages: readonly [Page, Page];
}

export interface CallOptions {
  /** The browser of the second page; none: that of the first. */
  readonly launchSecond?: (() => Promise<Browser>) | undefined;
  readonly beforeJoining?: (second: Page) => Promise<unknown>;
}

const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    // What is not sent to a speaker cannot be captured.
    ignoreDefaultArgs: ['--mute-audio'],
    args: CHROMIUM_ARGS,
  });

export async function withCall<T>(
  use: (call: Call) => Promise<T>,
  { launchSecond, beforeJoining }: CallOptions = {},
): Promise<T> {
  const server = await TestServer.start(() => ({
    access: { jwtSecret: SECRET },
    topology: 'auto',
    // Firefox does not connect to 127.0.0.1.
    media: { workers: 1, ...(!launchSecond && { listenIp: '127.0.0.1' }), clients: 'network' },
  }));
  const served = await servePage('page/recovery.ts');
  const browsers: Browser[] = [];
  try {
    const launched = async (launch: () => Promise<Browser>): Promise<Browser> => {
      const browser = await launch();
      browsers.push(browser);
      return browser;
    };
    const open = async (browser: Browser) => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(served.url);
      return page;
    };
    const first = await launched(launchChromium);
    const second = launchSecond ? await launched(launchSecond) : first;
    const pages = [await open(first), await open(second)] as const;
    await beforeJoining?.(pages[1]);
    for (const [index, page] of pages.entries()) {
      const token = await createToken({ sub: `participant ${String(index)}` }, SECRET);
      const address = { kind: 'parlor' as const, url: server.url, token };
      // Firefox makes no sound of its own where there is no device for it.
      const usesDevices = page === pages[1] && launchSecond !== undefined;
      await page.evaluate(({ to, uses }) => disturbed.join(to, uses), { to: address, uses: usesDevices });
    }
    await pages[0].bringToFront();
    await pages[0].evaluate(() => disturbed.listen());
    await Promise.all(pages.map(moves));
    return await use({ server, pages });
  } finally {
    for (const browser of browsers) await browser.close();
    served.close();
    await server.close();
  }
}

/** Frames of the other are shown, anew. */
export async function moves(page: Page): Promise<void> {
  await page.evaluate(() => {
    disturbed.mark();
  });
  await page.waitForFunction(() => disturbed.gaps().frames > 3);
}

/** The longest gaps around `event`, of both pages. */
export async function gapsAround({ pages }: Call, event: () => Promise<unknown>): Promise<Gaps[]> {
  for (const page of pages) {
    await page.evaluate(() => {
      disturbed.mark();
    });
  }
  await event();
  for (const page of pages) await page.waitForFunction(() => disturbed.gaps().frames > 3);
  await delay(WINDOW_MS);
  return Promise.all(pages.map((page) => page.evaluate(() => disturbed.gaps())));
}

export async function repeated(times: number, once: () => Promise<Gaps[]>): Promise<Gaps[]> {
  const all: Gaps[] = [];
  for (let time = 0; time < times; time += 1) all.push(...(await once()));
  return all;
}

export async function switched(call: Call, topology: 'sfu' | 'p2p'): Promise<Gaps[]> {
  return gapsAround(call, async () => {
    await call.server.parlor.rooms.get('recovery')?.setTopology(topology);
    await Promise.all(call.pages.map((page) => page.evaluate((to) => disturbed.topologyIs(to), topology)));
  });
}

export async function repaired(
  { pages }: { readonly pages: readonly Page[] },
  what: WayBack,
  breakIt: () => void | Promise<void>,
): Promise<void> {
  for (const page of pages) {
    await page.evaluate((expected) => {
      disturbed.expect(expected);
    }, what);
  }
  await breakIt();
  await Promise.all(pages.map((page) => page.evaluate(() => disturbed.repaired())));
}

export const videos = (gaps: readonly Gaps[]) => gaps.map(({ video }) => video);
export const audios = (gaps: readonly Gaps[]) =>
  gaps.map(({ audio }) => audio).filter((gap) => gap !== undefined);

export function distribution(name: string, values: readonly number[]): Detail[] {
  const p90 = percentile(values, 0.9);
  return [
    { name, unit: 'ms', value: summarize(values) },
    { name: `${name}, 90th percentile`, unit: 'ms', value: { median: p90, min: p90, max: p90 } },
  ];
}

/** The gaps of a call that nothing disturbs. */
export const atRest = (call: Call): Promise<Gaps[]> =>
  repeated(RESTS, () => gapsAround(call, () => Promise.resolve()));

/** The longest gaps of video, by those at rest. */
export function comparedWithRest(
  rest: readonly Gaps[],
): (name: string, gaps: readonly Gaps[]) => Measurement {
  const { median } = summarize(videos(rest));
  return (name, gaps) => {
    const value = summarize(videos(gaps).map((gap) => gap / median));
    return { name: `${name}, by that at rest`, unit: 'x', value, ...GAP, verdict: judge(value.median, GAP) };
  };
}
