import { createToken } from '@parlor/sdk-server';
import { TestServer } from '@parlor/sdk-server/testing';
import { chromium, type Page } from '@playwright/test';
import { setTimeout as delay } from 'node:timers/promises';
import { MediaRoute } from '../../packages/sdk-client/e2e/support/mediaRoute.js';
import type { Bench } from './harness/Bench.js';
import type { Detail } from './harness/result.js';
import { servePage } from './harness/servePage.js';
import { percentile, summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';
import type { Gaps, RecoveryPage, WayBack } from './page/types.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

const SWITCHES = 20;
const REPEATS = 10;
const KILLS = 5;
const RESTARTS = 5;
const NETWORKS = 10;
/** Workers that die sooner are started again with a delay. */
const HEALTHY_MS = 10_500;
/** After an event everything has settled; and the longest gap of this time without one is what it is compared with. */
const WINDOW_MS = 1500;
/** A frame of 15 fps may come late when both paths run at once; two in a row would be seen. */
const GAP = { goal: { atMost: 2 }, gate: { atMost: 3 } };
const SECRET = 'the secret of a benchmark ends with its process';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-accept-this-tab-capture',
];

interface Call {
  readonly server: TestServer;
  /** Both take part; the first one also listens. */
  readonly pages: readonly [Page, Page];
}

async function withCall<T>(
  use: (call: Call) => Promise<T>,
  beforeJoining: (second: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<T> {
  const server = await TestServer.start(() => ({
    access: { jwtSecret: SECRET },
    topology: 'auto',
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network' },
  }));
  const served = await servePage('page/recovery.ts');
  const browser = await chromium.launch({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    // What is not sent to a speaker cannot be captured.
    ignoreDefaultArgs: ['--mute-audio'],
    args: CHROMIUM_ARGS,
  });
  try {
    const open = async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(served.url);
      return page;
    };
    const pages = [await open(), await open()] as const;
    await beforeJoining(pages[1]);
    for (const [index, page] of pages.entries()) {
      const token = await createToken({ sub: `participant ${String(index)}` }, SECRET);
      const address = { kind: 'parlor' as const, url: server.url, token };
      await page.evaluate((to) => disturbed.join(to), address);
    }
    await pages[0].bringToFront();
    await pages[0].evaluate(() => disturbed.listen());
    await Promise.all(pages.map(moves));
    return await use({ server, pages });
  } finally {
    await browser.close();
    served.close();
    await server.close();
  }
}

/** Frames of the other are shown, anew. */
async function moves(page: Page): Promise<void> {
  await page.evaluate(() => {
    disturbed.mark();
  });
  await page.waitForFunction(() => disturbed.gaps().frames > 3);
}

/** The longest gaps around `event`, of both pages. */
async function gapsAround({ pages }: Call, event: () => Promise<unknown>): Promise<Gaps[]> {
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

async function repeated(times: number, once: () => Promise<Gaps[]>): Promise<Gaps[]> {
  const all: Gaps[] = [];
  for (let time = 0; time < times; time += 1) all.push(...(await once()));
  return all;
}

async function switched(call: Call, topology: 'sfu' | 'p2p'): Promise<Gaps[]> {
  return gapsAround(call, async () => {
    await call.server.parlor.rooms.get('recovery')?.setTopology(topology);
    await Promise.all(call.pages.map((page) => page.evaluate((to) => disturbed.topologyIs(to), topology)));
  });
}

async function repaired(
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

const videos = (gaps: readonly Gaps[]) => gaps.map(({ video }) => video);
const audios = (gaps: readonly Gaps[]) => gaps.map(({ audio }) => audio).filter((gap) => gap !== undefined);

function distribution(name: string, values: readonly number[]): Detail[] {
  const p90 = percentile(values, 0.9);
  return [
    { name, unit: 'ms', value: summarize(values) },
    { name: `${name}, 90th percentile`, unit: 'ms', value: { median: p90, min: p90, max: p90 } },
  ];
}

async function measure(call: Call) {
  const atRest = await repeated(SWITCHES / 2, () => gapsAround(call, () => Promise.resolve()));
  const [toServer, toPeers]: [Gaps[], Gaps[]] = [[], []];
  await switched(call, 'p2p');
  for (let turn = 0; turn < SWITCHES; turn += 1) {
    toServer.push(...(await switched(call, 'sfu')));
    toPeers.push(...(await switched(call, 'p2p')));
  }
  await switched(call, 'sfu');
  const resumes: number[] = [];
  const resumed = await repeated(REPEATS, () =>
    gapsAround(call, async () => resumes.push(await call.pages[1].evaluate(() => disturbed.cutSocket()))),
  );
  const workers = await repeated(KILLS, async () => {
    await delay(HEALTHY_MS);
    return gapsAround(call, () =>
      repaired(call, 'newPath', () => {
        call.server.faults.killWorker();
      }),
    );
  });
  const restarts = await repeated(RESTARTS, () =>
    gapsAround(call, () => repaired(call, 'rejoin', () => call.server.restart())),
  );
  const crashes = await repeated(RESTARTS, () =>
    gapsAround(call, () => repaired(call, 'rejoin', () => call.server.crash())),
  );
  return { atRest, toServer, toPeers, resumes, resumed, workers, restarts, crashes };
}

/** Of one of the two, whose media goes through the server: as when a phone leaves its Wi-Fi. */
async function measureNetworks() {
  const routes: MediaRoute[] = [];
  const networks = await withCall(
    async (call) => {
      await switched(call, 'sfu');
      const changed = (isTold: boolean) =>
        repeated(NETWORKS, () =>
          gapsAround(call, () =>
            repaired({ pages: [call.pages[1]] }, 'mediaRepaired', async () => {
              for (const route of routes) route.changeNetwork();
              if (isTold)
                await call.pages[1].evaluate(() => {
                  disturbed.tellOnline();
                });
            }),
          ),
        );
      return { told: await changed(true), silent: await changed(false) };
    },
    async (page) => routes.push(await MediaRoute.of(page)),
  );
  for (const route of routes) route.close();
  return networks;
}

/** What goes on without anybody noticing, and how long it takes to come back where something broke. */
export const recovery: Bench = {
  name: 'recovery',
  about:
    'longest time without a new frame (15 fps) or without sound, of a call of two while its path changes or something breaks',
  async run() {
    const all = await withCall(measure);
    const networks = await measureNetworks();
    const rest = summarize(videos(all.atRest));
    const compared = (name: string, gaps: readonly Gaps[]) => {
      const value = summarize(videos(gaps).map((gap) => gap / rest.median));
      return { name, unit: 'x' as const, value, ...GAP, verdict: judge(value.median, GAP) };
    };
    return {
      measurements: [
        compared('longest gap of video from P2P to the server, by that at rest', all.toServer),
        compared('longest gap of video from the server to P2P, by that at rest', all.toPeers),
        compared('longest gap of video while a socket is lost and taken up, by that at rest', all.resumed),
      ],
      details: [
        ...distribution('video at rest', videos(all.atRest)),
        ...distribution('video, P2P to server', videos(all.toServer)),
        ...distribution('video, server to P2P', videos(all.toPeers)),
        ...distribution('silence at rest', audios(all.atRest)),
        ...distribution('silence, P2P to server', audios(all.toServer)),
        ...distribution('silence, server to P2P', audios(all.toPeers)),
        ...distribution('signalling back after a lost socket', all.resumes),
        ...distribution('video after a change of network that the browser tells', videos(networks.told)),
        ...distribution('video after a change of network that it does not', videos(networks.silent)),
        ...distribution('video after a media worker was killed', videos(all.workers)),
        ...distribution('video after the server was restarted', videos(all.restarts)),
        ...distribution('video after the server crashed', videos(all.crashes)),
      ],
    };
  },
};
