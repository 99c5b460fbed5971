import type { FanOut, FanOutArm } from './fanOut.js';
import { compare, type Comparison } from './harness/compare.js';
import { counted } from './harness/counted.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName, type Round } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';

/** Each has as many packets forwarded in all, as far as one stream can be that fast. */
const CONSUMERS = [1, 10, 100, 200];
const FORWARDED_PER_SECOND = 8000;
const MOST_SENT_PER_SECOND = 2000;
const RUN_MS = 400;

/** Microseconds of CPU for each packet that reached a client. */
export type PerPacket = (run: FanOut) => number;

type FanOutArms = Record<ArmName, FanOutArm>;

export interface Against {
  /** Name of the baseline. */
  of: string;
  bounds: { goal: Bound; gate: Bound };
  cost: PerPacket;
  rounds: RoundsOfOneAndMore;
}

/**
 * With one consumer two processes of the same server differ by a tenth for as long as they live, and a run is a few
 * milliseconds of CPU: it takes several processes of each.
 */
interface RoundsOfOneAndMore {
  one: { processes: number; rounds: number };
  more: number;
}

type Start = () => Promise<FanOutArm>;

/** How the baseline and what is compared with it are started. */
export type Starts = Record<'baseline' | 'candidate', Start>;

async function startAll({ baseline, candidate }: Starts): Promise<FanOutArms> {
  const [first, second, third] = await Promise.all([baseline(), baseline(), candidate()]);
  return { baseline: first, control: second, candidate: third };
}

const ofEach = (arms: FanOutArms, act: (arm: FanOutArm) => Promise<void>) =>
  Promise.all(Object.values(arms).map(act));

const stop = (arms: FanOutArms) => ofEach(arms, (arm) => arm.stop());

async function measure(
  arms: FanOutArms,
  { consumers, rounds }: { consumers: number; rounds: number },
): Promise<Round<FanOut>[]> {
  await ofEach(arms, (arm) => arm.receivers(consumers));
  const rate = Math.min(MOST_SENT_PER_SECOND, FORWARDED_PER_SECOND / consumers);
  const run = (arm: FanOutArm) => () => arm.run(rate, RUN_MS);
  return runRounds(
    { baseline: run(arms.baseline), control: run(arms.control), candidate: run(arms.candidate) },
    { warmUps: 1, rounds },
  );
}

function lossOf(rounds: readonly Round<FanOut>[], consumers: number): number {
  const runs = rounds.flatMap((round) => Object.values<FanOut>(round));
  const sent = runs.reduce((sum, run) => sum + run.sent * consumers, 0);
  const received = runs.reduce((sum, run) => sum + run.received, 0);
  return 100 * (1 - received / sent);
}

function describe(name: string, of: string, yields: Comparison): Detail[] {
  return [
    { name: `${name}, ${of}`, unit: 'packets per CPU second', value: yields.baseline },
    { name: `${name}, Parlor`, unit: 'packets per CPU second', value: yields.candidate },
  ];
}

async function measureOne(starts: Starts, { processes, rounds }: RoundsOfOneAndMore['one']) {
  const all: Round<FanOut>[] = [];
  for (let process = 0; process < processes; process++) {
    const arms = await startAll(starts);
    try {
      all.push(...(await measure(arms, { consumers: 1, rounds })));
    } finally {
      await stop(arms);
    }
  }
  return all;
}

/** What a packet costs the two, with 1 to 200 consumers. */
export async function compareForwarding(
  starts: Starts,
  { of, bounds, cost, rounds: { one, more } }: Against,
) {
  const measurements: Measurement[] = [];
  const details: Detail[] = [];
  const nodeCpu: number[] = [];
  const ofOne = await measureOne(starts, one);
  const arms = await startAll(starts);
  try {
    for (const consumers of CONSUMERS) {
      const rounds = consumers === 1 ? ofOne : await measure(arms, { consumers, rounds: more });
      const { ratio, control } = compare(rounds, cost);
      const name = counted(consumers, 'consumer');
      measurements.push({
        name: `${name}, CPU of a packet`,
        unit: 'x',
        value: ratio,
        ...bounds,
        control,
        verdict: judge(ratio.median, { ...bounds, control }),
      });
      details.push(
        ...describe(
          name,
          of,
          compare(rounds, (run) => 1e6 / cost(run)),
        ),
        {
          name: `${name}, lost in all arms`,
          unit: '%',
          value: summarize([lossOf(rounds, consumers)]),
        },
      );
      nodeCpu.push(...rounds.map(({ candidate }) => (1000 * candidate.nodeMs) / candidate.wallMs));
    }
    details.push({
      name: 'Node process of Parlor meanwhile',
      unit: 'ms a second',
      value: summarize(nodeCpu),
    });
    return { measurements, details };
  } finally {
    await stop(arms);
  }
}
