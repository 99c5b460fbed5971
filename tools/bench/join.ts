import { joinArms, type FillResult, type JoinArms } from './fillArms.js';
import { compare } from './harness/compare.js';
import type { Bench } from './harness/Bench.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type Round, type RoundCounts } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';

interface Size extends RoundCounts {
  peers: number;
  /** What sockets and tokens cost weighs more than media: reported, not judged. */
  isTiny?: boolean;
}

/**
 * What a join costs is for the most part code that runs a few times each, and is compiled after thousands of them: a
 * server that people use is warm, and so is what is measured. Its figures still fall after the first five thousand joins,
 * which take longer than one benchmark should. So all sizes are filled by the same servers, the smallest rooms first, and
 * those of ten last: small rooms need more rounds and feel most how warm a server is. The limits keep each under a minute
 * where there are but two slow cores.
 */
const TWO: Size = {
  peers: 2,
  warmUps: 2000,
  warmUpLimit: 38_000,
  rounds: 30,
  isTiny: true,
};
const THIRTY: Size = {
  peers: 30,
  warmUps: 100,
  warmUpLimit: 26_000,
  rounds: 12,
};
const FORTY: Size = {
  peers: 40,
  warmUps: 20,
  warmUpLimit: 20_000,
  rounds: 8,
};
const TEN: Size = {
  peers: 10,
  warmUps: 350,
  warmUpLimit: 38_000,
  rounds: 40,
};
/** It takes most of a minute by itself, and comes warm enough by the size of its first round. */
const HUNDRED: Size = { peers: 100, warmUps: 1, rounds: 3 };

const goal = { atMost: 1 };
const gate = { atMost: 1.15 };

/** Of the benchmarks that run now. */
let shared: Promise<JoinArms> | undefined;

async function end(): Promise<void> {
  const arms = await shared;
  shared = undefined;
  await arms?.stop();
}

async function measure({ peers, isTiny = false, ...counts }: Size) {
  const arms = await (shared ??= joinArms());
  const rounds = await runRounds(arms.filling(peers), { ...counts, warmUpTogether: true });
  const { ratio: value, control } = compare(rounds, ({ nodeMs }) => nodeMs);
  const of = `N=${String(peers)}`;
  const details = describe(rounds, of);
  if (isTiny) {
    details.unshift({ name: `${of} Node CPU, Parlor / mediasoup alone`, unit: '', value });
    return { measurements: [], details };
  }
  const verdict = judge(value.median, { goal, gate, control });
  const measurement: Measurement = { name: of, unit: 'x', value, goal, gate, control, verdict };
  return { measurements: [measurement], details };
}

const ABOUT =
  'everybody joins, publishes audio and video and receives everyone: Node CPU, Parlor / a bare ws server that makes the same with mediasoup’s calls and tells nobody anything';

/** CPU of the Node process while two join, one after another, against a socket with mediasoup's own calls behind it. */
export const join2: Bench = {
  name: 'join-2',
  about: `two do the same: ${ABOUT}`,
  run: () => measure(TWO),
  end,
};

/** The same in rooms of thirty. */
export const join30: Bench = {
  name: 'join-30',
  about: `thirty do the same: ${ABOUT}`,
  run: () => measure(THIRTY),
  end,
};

/** The same in rooms of forty. */
export const join40: Bench = {
  name: 'join-40',
  about: `forty do the same: ${ABOUT}`,
  run: () => measure(FORTY),
  end,
};

/** The same in rooms of ten. */
export const join: Bench = { name: 'join', about: ABOUT, run: () => measure(TEN), end };

/** The same in a room of a hundred, where each has two hundred streams. */
export const crowd: Bench = {
  name: 'crowd',
  about: `a hundred do the same: ${ABOUT}`,
  run: () => measure(HUNDRED),
  end,
};

function describe(rounds: readonly Round<FillResult>[], of: string): Detail[] {
  const both = (what: string, read: (result: FillResult) => number): Detail[] => {
    const { baseline, candidate } = compare(rounds, read);
    return [
      { name: `${of} ${what}, mediasoup alone`, unit: 'ms', value: baseline },
      { name: `${of} ${what}, Parlor`, unit: 'ms', value: candidate },
    ];
  };
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
