import { chromium } from '@playwright/test';
import type { Bench } from './harness/Bench.js';
import { compareMedians } from './harness/compare.js';
import { runRounds, type Round } from './harness/rounds.js';
import { servePage } from './harness/servePage.js';
import { percentile, summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';
import type { Observed, SwapPage } from './page/types.js';

/** Frames come when the page is painted, 60 times a second: a gap of four and a gap of five are the same. */
const gap = { goal: { atMost: 1.25 }, gate: { atMost: 2 } };
/** A speaker that is closed and opened again takes 30 ms and more. */
const silence = { goal: { atMost: 5 }, gate: { atMost: 20 } };
const picture = { goal: { atMost: 0 }, gate: { atMost: 0 } };

/** Half of them in either direction. */
const ROUNDS = { warmUps: 2, rounds: 24 };

/** Of the page: functions given to `evaluate` run there. */
declare const swap: SwapPage;

async function measure(): Promise<Round<Observed>[]> {
  const page = await servePage('page/swap.ts');
  const browser = await chromium.launch({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    // What is not sent to a speaker cannot be captured.
    ignoreDefaultArgs: ['--mute-audio'],
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--auto-accept-this-tab-capture'],
  });
  try {
    const opened = await browser.newPage();
    await opened.goto(page.url);
    await opened.evaluate(() => swap.open());
    const observe = (changing: boolean) => () => opened.evaluate((given) => swap.observe(given), changing);
    return await runRounds<Observed>(
      { baseline: observe(false), control: observe(false), candidate: observe(true) },
      ROUNDS,
    );
  } finally {
    await browser.close();
    page.close();
  }
}

const exactly = (value: number) => ({ median: value, min: value, max: value });

/** What is left of a change from P2P to the SFU or back once the new way carries: its last step, in the elements. */
export const swapGap: Bench = {
  name: 'swap',
  about:
    'attached elements of a track that comes by two ways, 15 frames a second, in Chromium: longest gap when its media changes to the other way / when it does not',
  async run() {
    const rounds = await measure();
    const { ratio, control, baseline, candidate } = compareMedians(rounds, ({ longestGap }) => longestGap);
    const silences = rounds.map((round) => round.candidate.longestSilence);
    const changeSilence = summarize(silences);
    const withoutPicture = rounds.reduce((sum, round) => sum + round.candidate.withoutPicture, 0);
    const gaps = rounds.map((round) => round.candidate.longestGap);
    return {
      measurements: [
        {
          name: 'longest gap between frames',
          unit: 'x',
          value: ratio,
          ...gap,
          control,
          verdict: judge(ratio.median, { ...gap, control }),
        },
        {
          name: 'longest silence in what is played',
          unit: 'ms',
          value: changeSilence,
          ...silence,
          verdict: judge(changeSilence.median, silence),
        },
        {
          name: 'painted without a picture, all changes together',
          unit: 'frames',
          value: exactly(withoutPicture),
          ...picture,
          verdict: judge(withoutPicture, picture),
        },
      ],
      details: [
        { name: 'gap when nothing changes', unit: 'ms', value: baseline },
        { name: 'gap at a change', unit: 'ms', value: candidate },
        { name: '90th percentile of it', unit: 'ms', value: exactly(percentile(gaps, 0.9)) },
        {
          name: 'silence when nothing changes',
          unit: 'ms',
          value: summarize(
            rounds.flatMap((round) => [round.baseline.longestSilence, round.control.longestSilence]),
          ),
        },
        { name: '90th percentile at a change', unit: 'ms', value: exactly(percentile(silences, 0.9)) },
      ],
    };
  },
};
