import { chromium, type Page } from '@playwright/test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JanusMethods } from './arms/janus.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawSfuMethods } from './arms/rawSfu.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compareMeans } from './harness/compare.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { servePage } from './harness/servePage.js';
import { summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';
import type { BenchPage, FirstFrame, ServerAddress } from './page/types.js';

const time = { goal: { atMost: 1 }, gate: { atMost: 1.05 } };
const trips = { goal: { atMost: 2 }, gate: { atMost: 2 } };

/** Chromium's encoder ignores key frame requests for 300 ms after a key frame: nobody may join that soon after another. */
const APART_MS = 350;
/** Of the camera. A join ends with a frame: after the same wait the next one would meet the same phase of it. */
const FRAME_MS = 1000 / 30;
/** Its multiples, without the whole part, are spread evenly however many there are. */
const GOLDEN_RATIO = 0.618;

/** Of the page: functions given to `evaluate` run there. */
declare const bench: BenchPage;

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream=fps=30',
];

async function withBrowser<T>(
  args: readonly string[],
  use: (open: () => Promise<Page>) => Promise<T>,
): Promise<T> {
  const page = await servePage('page/main.ts');
  const browser = await chromium.launch({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [...CHROMIUM_ARGS, ...args],
  });
  try {
    return await use(async () => {
      const opened = await browser.newPage();
      await opened.goto(page.url);
      return opened;
    });
  } finally {
    await browser.close();
    page.close();
  }
}

async function measure(servers: Record<ArmName, ServerAddress>, args: readonly string[] = []) {
  return withBrowser(args, async (open) => {
    const publisher = await open();
    for (const server of Object.values(servers)) await publisher.evaluate((to) => bench.publish(to), server);
    const watcher = await open();
    await watcher.bringToFront();
    const join = (name: ArmName) => {
      let joins = 0;
      return async () => {
        await delay(APART_MS + ((joins++ * GOLDEN_RATIO) % 1) * FRAME_MS);
        return watcher.evaluate((from) => bench.firstFrame(from), servers[name]);
      };
    };
    return runRounds<FirstFrame>(
      { baseline: join('baseline'), control: join('control'), candidate: join('candidate') },
      { warmUps: 3, rounds: 30 },
    );
  });
}

/** How soon somebody who joins sees the others. */
export const ttff: Bench = {
  name: 'ttff',
  about:
    'join to first decoded remote frame in Chromium, our client and server / mediasoup and mediasoup-client put together by hand',
  async run() {
    const baseline = await ArmProcess.start<RawSfuMethods>('arms/rawSfu.ts');
    const control = await ArmProcess.start<RawSfuMethods>('arms/rawSfu.ts');
    const candidate = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    try {
      const rounds = await measure({
        baseline: { kind: 'raw', ...(await baseline.call('open', {})) },
        control: { kind: 'raw', ...(await control.call('open', {})) },
        candidate: { kind: 'parlor', ...(await candidate.call('open', {})) },
      });
      const compared = compareMeans(rounds, ({ ms }) => ms);
      const roundTrips = summarize(rounds.map((round) => round.candidate.roundTrips));
      const { ratio, control: again } = compared;
      return {
        measurements: [
          {
            name: 'join to first frame',
            unit: 'x',
            value: ratio,
            ...time,
            control: again,
            verdict: judge(ratio.median, { ...time, control: again }),
          },
          {
            name: 'signalling round trips waited for once the socket is open',
            unit: 'round trips',
            value: roundTrips,
            ...trips,
            verdict: judge(roundTrips.max, trips),
          },
        ],
        details: [
          { name: 'by hand', unit: 'ms', value: compared.baseline },
          { name: 'Parlor', unit: 'ms', value: compared.candidate },
          {
            name: 'signalling round trips by hand',
            unit: '',
            value: summarize(rounds.map((round) => round.baseline.roundTrips)),
          },
        ],
      };
    } finally {
      for (const arm of [candidate, baseline, control]) await arm.stop();
    }
  },
};

/** Janus does not look up the names that browsers hide addresses behind: they show them. */
const SHOWN_ADDRESSES = ['--disable-features=WebRtcHideLocalIpsWithMdns'];
const janusTime = { goal: { atMost: 0.8 }, gate: { atMost: 1 } };

/** The same steps by a VideoRoom of Janus. */
export const ttffJanus: Bench = {
  name: 'ttff-janus',
  about:
    'join to first decoded remote frame in Chromium, our client and server / a VideoRoom of Janus with a client by hand',
  needs: { program: 'PARLOR_JANUS', what: 'Janus (apt-get install janus)' },
  async run() {
    const baseline = await ArmProcess.start<JanusMethods>('arms/janus.ts');
    const control = await ArmProcess.start<JanusMethods>('arms/janus.ts');
    const candidate = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const open = async (arm: typeof baseline): Promise<ServerAddress> => {
      const { url } = await arm.call('open', {});
      return { kind: 'janus', url, token: '' };
    };
    try {
      const rounds = await measure(
        {
          baseline: await open(baseline),
          control: await open(control),
          candidate: { kind: 'parlor', ...(await candidate.call('open', {})) },
        },
        SHOWN_ADDRESSES,
      );
      const { ratio, control: again, ...arms } = compareMeans(rounds, ({ ms }) => ms);
      return {
        measurements: [
          {
            name: 'join to first frame',
            unit: 'x',
            value: ratio,
            ...janusTime,
            control: again,
            verdict: judge(ratio.median, { ...janusTime, control: again }),
          },
        ],
        details: [
          { name: 'Janus', unit: 'ms', value: arms.baseline },
          { name: 'Parlor', unit: 'ms', value: arms.candidate },
        ],
      };
    } finally {
      for (const arm of [candidate, baseline, control]) await arm.stop();
    }
  },
};
