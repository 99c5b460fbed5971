import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type Round } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';
import { FanOutArm, type FanOut } from './fanOut.js';

/** Each has as many packets forwarded in all, as far as one stream can be that fast. */
const CONSUMERS = [1, 10, 50, 200];
const FORWARDED_PER_SECOND = 8000;
const MOST_SENT_PER_SECOND = 2000;
const RUN_MS = 400;

/** Microseconds of CPU for each packet that reached a client. */
type PerPacket = (run: FanOut) => number;
const ofWorker: PerPacket = ({ workerMs, received }) => (workerMs * 1000) / received;
/** With the process that owns the worker, for who has no such two. */
const ofAll: PerPacket = ({ nodeMs, workerMs, received }) => ((nodeMs + workerMs) * 1000) / received;

interface FanOutArms {
  baseline: FanOutArm;
  control: FanOutArm;
  candidate: FanOutArm;
}

interface Against {
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

type StartArms = () => Promise<FanOutArms>;

const stop = (arms: FanOutArms) =>
  Promise.all(Object.values<FanOutArm>({ ...arms }).map((arm) => arm.stop()));

async function measure(
  arms: FanOutArms,
  { consumers, rounds }: { consumers: number; rounds: number },
): Promise<Round<FanOut>[]> {
  for (const arm of Object.values<FanOutArm>({ ...arms })) await arm.receivers(consumers);
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

async function measureOne(start: StartArms, { processes, rounds }: RoundsOfOneAndMore['one']) {
  const all: Round<FanOut>[] = [];
  for (let process = 0; process < processes; process++) {
    const arms = await start();
    try {
      all.push(...(await measure(arms, { consumers: 1, rounds })));
    } finally {
      await stop(arms);
    }
  }
  return all;
}

async function compareAll(start: StartArms, { of, bounds, cost, rounds: { one, more } }: Against) {
  const measurements: Measurement[] = [];
  const details: Detail[] = [];
  const nodeCpu: number[] = [];
  const ofOne = await measureOne(start, one);
  const arms = await start();
  try {
    for (const consumers of CONSUMERS) {
      const rounds = consumers === 1 ? ofOne : await measure(arms, { consumers, rounds: more });
      const { ratio, control } = compare(rounds, cost);
      const name = `${String(consumers)} consumer${consumers === 1 ? '' : 's'}`;
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

/** What our rooms add to mediasoup where media passes: nothing. */
export const media: Bench = {
  name: 'media',
  about:
    'CPU of the media worker for each video packet (1200 bytes) that reaches one of 1 to 200 clients: a room of ours / mediasoup by hand',
  async run() {
    const start = async () => ({
      baseline: await FanOutArm.raw(),
      control: await FanOutArm.raw(),
      candidate: await FanOutArm.parlor(),
    });
    return compareAll(start, {
      of: 'mediasoup by hand',
      bounds: { goal: { atMost: 1.05 }, gate: { atMost: 1.1 } },
      cost: ofWorker,
      rounds: { one: { processes: 4, rounds: 3 }, more: 3 },
    });
  },
};

const NEEDS = { program: 'PARLOR_JANUS', what: 'Janus (apt-get install janus)' };

async function againstJanus(eventLoops: number, bounds: Against['bounds']) {
  const start = async () => ({
    baseline: await FanOutArm.janus(eventLoops),
    control: await FanOutArm.janus(eventLoops),
    candidate: await FanOutArm.parlor(),
  });
  // What is between the two is far more than noise, and Janus takes its time to connect.
  return compareAll(start, {
    of: 'Janus',
    bounds,
    cost: ofAll,
    rounds: { one: { processes: 1, rounds: 5 }, more: 3 },
  });
}

/** The same against another server. */
export const janus: Bench = {
  name: 'janus',
  about:
    'the same against a VideoRoom of Janus, as Debian builds and configures it: CPU of the server for each video packet that reaches a client',
  needs: NEEDS,
  run: () => againstJanus(0, { goal: { atMost: 0.65 }, gate: { atMost: 0.9 } }),
};

/** The same against it where all its connections share one thread, which is its fastest way. */
export const janusLoop: Bench = {
  name: 'janus-loop',
  about: 'the same against Janus with one event loop for all connections (event_loops = 1)',
  needs: NEEDS,
  run: () => againstJanus(1, { goal: { atMost: 0.9 }, gate: { atMost: 1 } }),
};
