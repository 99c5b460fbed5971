import { joinArms, type FillResult } from './fillArms.js';
import { compare } from './harness/compare.js';
import type { Memory } from './arms/meter.js';
import type { Bench } from './harness/Bench.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type Round, type RoundCounts } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';

interface Size extends RoundCounts {
  peers: number;
  /** Rounds of their own for memory: collecting garbage first takes a while. */
  memoryRounds: number;
  /** What sockets and tokens cost weighs more than media: reported, not judged. */
  isTiny?: boolean;
}

/**
 * Small rooms need more rounds: one of them is over in a few hundredths of a second. And what a room of ten costs is
 * for the most part code that runs a few times a join, and is compiled after thousands of them: a server that people
 * use is warm, and so is what is measured. Its figures still fall after the first two thousand joins; the limit keeps the
 * whole under a minute where there are but two slow cores.
 */
const USUAL: Size = { peers: 10, warmUps: 350, warmUpLimit: 38_000, rounds: 40, memoryRounds: 2 };
const SMALLEST: Size = { peers: 2, warmUps: 250, rounds: 30, memoryRounds: 3, isTiny: true };
/** As warm as those of ten after fewer joins: three times as many streams come with each. */
const LARGER: Size = { peers: 30, warmUps: 25, rounds: 8, memoryRounds: 1 };
/** It takes most of a minute by itself, and comes warm enough by the size of its first round. */
const CROWD: Size = { peers: 100, warmUps: 1, rounds: 2, memoryRounds: 1 };
const goal = { atMost: 1 };
const gate = { atMost: 1.15 };

async function measure({ peers, isTiny = false, memoryRounds, ...counts }: Size) {
  const arms = await joinArms();
  try {
    const rounds = await runRounds(arms.with(peers), { ...counts, warmUpTogether: true });
    // Last: collecting all garbage throws compiled code away as well, and rooms after that are filled by a cold server.
    const full = await runRounds(arms.with(peers, { memory: true }), { warmUps: 0, rounds: memoryRounds });
    const { ratio: value, control } = compare(rounds, ({ nodeMs }) => nodeMs);
    const of = `N=${String(peers)}`;
    const details = [...describe(rounds, of), ...describeMemory(full, of)];
    if (isTiny) {
      details.unshift({ name: `${of} Node CPU, Parlor / mediasoup alone`, unit: '', value });
      return { measurements: [], details };
    }
    const verdict = judge(value.median, { goal, gate, control });
    const measurement: Measurement = { name: of, unit: 'x', value, goal, gate, control, verdict };
    return { measurements: [measurement], details };
  } finally {
    await arms.stop();
  }
}

const ABOUT =
  'everybody joins, publishes audio and video and receives everyone: Node CPU, Parlor / a bare ws server that makes the same with mediasoup’s calls and tells nobody anything';

/** CPU of the Node process while people join, one after another, against a socket with mediasoup's own calls behind it. */
export const join: Bench = { name: 'join', about: ABOUT, run: () => measure(USUAL) };

/** The same where two meet. */
export const join2: Bench = {
  name: 'join-2',
  about: `two do the same: ${ABOUT}`,
  run: () => measure(SMALLEST),
};

/** The same in rooms of thirty. */
export const join30: Bench = {
  name: 'join-30',
  about: `thirty do the same: ${ABOUT}`,
  run: () => measure(LARGER),
};

/** The same in a room of a hundred, where each has two hundred streams. */
export const crowd: Bench = {
  name: 'crowd',
  about: `a hundred do the same: ${ABOUT}`,
  run: () => measure(CROWD),
};

/** An arm and the other, of one figure. */
function bothArms(rounds: readonly Round<FillResult>[], what: string, of: Figure): Detail[] {
  const { baseline, candidate } = compare(rounds, of.read);
  return [
    { name: `${what}, mediasoup alone`, unit: of.unit, value: baseline },
    { name: `${what}, Parlor`, unit: of.unit, value: candidate },
  ];
}

interface Figure {
  unit: string;
  read: (result: FillResult) => number;
}

function describeMemory(rounds: readonly Round<FillResult>[], of: string): Detail[] {
  const both = (what: string, read: (memory: Memory) => number) =>
    bothArms(rounds, `${of} ${what}`, {
      unit: 'MB',
      read: ({ memory }) => (memory ? read(memory) / 1e6 : NaN),
    });
  return [
    ...both('heap of the full room', ({ heap }) => heap),
    ...both('worker memory of the full room', ({ worker }) => worker),
  ];
}

function describe(rounds: readonly Round<FillResult>[], of: string): Detail[] {
  const both = (what: string, read: (result: FillResult) => number) =>
    bothArms(rounds, `${of} ${what}`, { unit: 'ms', read });
  const sent = (read: (traffic: NonNullable<FillResult['traffic']>) => number) =>
    summarize(rounds.map(({ candidate }) => (candidate.traffic ? read(candidate.traffic) : NaN)));
  return [
    ...both('Node CPU', ({ nodeMs }) => nodeMs),
    ...both('worker CPU', ({ workerMs }) => workerMs),
    ...both('wall time', ({ wallMs }) => wallMs),
    { name: `${of} messages from the server`, unit: '', value: sent(({ messages }) => messages) },
    { name: `${of} sent by the server`, unit: 'kB', value: sent(({ bytes }) => bytes / 1000) },
  ];
}
