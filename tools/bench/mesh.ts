import { chromium, type Browser, type BrowserServer } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { cpuMsOf } from './harness/cpu.js';
import type { Detail } from './harness/result.js';
import { servePage } from './harness/servePage.js';
import { summarize } from './harness/statistics.js';
import type { MeshPage, ServerAddress } from './page/types.js';

/** Of the page: functions given to `evaluate` run there. */
declare const mesh: MeshPage;

const MOST_WATCHERS = 3;
const SAMPLES = 5;
const SAMPLE_MS = 2000;
/** The bandwidth estimate, and with it the picture, has settled. */
const SETTLE_MS = 8000;

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream=fps=30',
];

const launch = (): Promise<BrowserServer> =>
  chromium.launchServer({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: CHROMIUM_ARGS,
  });

/** A process and all that it started (proc(5) stat: the parent is the second field after the name). */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      parents.set(Number(name), Number(parent));
    } catch {
      // It has ended meanwhile.
    }
  }
  const children = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...children(child)]);
  return [pid, ...children(pid)];
}

/** CPU of a browser, percent of one core. */
async function cpuOf(browser: BrowserServer): Promise<number[]> {
  const family = familyOf(browser.process().pid ?? 0);
  const used = () => family.reduce((total, pid) => total + cpuMsOf(pid), 0);
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const [before, at] = [used(), performance.now()];
    await delay(SAMPLE_MS);
    samples.push((100 * (used() - before)) / (performance.now() - at));
  }
  return samples;
}

async function open(browser: Browser, url: string) {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

/** What sending the same video to several people costs: every copy is encoded on its own. */
export const meshCost: Bench = {
  name: 'mesh',
  about: 'CPU of a browser that sends its camera (640x360 at 30) to 1, 2 and 3 others in a P2P room',
  async run() {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const page = await servePage('page/mesh.ts');
    const [sending, watching] = [await launch(), await launch()];
    try {
      const address: ServerAddress = { kind: 'parlor', ...(await server.call('open', {})) };
      const sender = await open(await chromium.connect(sending.wsEndpoint()), page.url);
      await sender.evaluate((to) => mesh.send(to), address);
      const others = await chromium.connect(watching.wsEndpoint());
      const details: Detail[] = [];
      for (let watchers = 1; watchers <= MOST_WATCHERS; watchers += 1) {
        const watcher = await open(others, page.url);
        await watcher.evaluate((from) => mesh.watch(from), address);
        await delay(SETTLE_MS);
        const name = `sender with ${String(watchers)} ${watchers === 1 ? 'other' : 'others'}`;
        details.push({ name, unit: '% of a core', value: summarize(await cpuOf(sending)) });
      }
      return { measurements: [], details };
    } finally {
      await Promise.all([sending.close(), watching.close()]);
      page.close();
      await server.stop();
    }
  },
};
