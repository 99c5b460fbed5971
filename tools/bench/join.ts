import { joinArms, type FillResult } from './fillArms.js';
import { compare } from './harness/compare.js';
import type { Bench } from './harness/Bench.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type Round } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';

/**
 * Small rooms need more rounds: one of them is over in a few hundredths of a second. A server is warm when thousands
 * have joined it: before that, the compiler is measured.
 */
const SIZES = [
  { peers: 10, warmUps: 200, rounds: 60 },
  { peers: 40, warmUps: 3, rounds: 11 },
];
const goal = { atMost: 1 };
const gate = { atMost: 1.15 };

/** CPU of the Node process while people join, one after another, against a socket with mediasoup's own calls behind it. */
export const join: Bench = {
  name: 'join',
  about:
    'everybody joins, publishes audio and video and receives everyone: Node CPU, Parlor / a bare ws server that makes the same with mediasoup’s calls and tells nobody anything',
  async run() {
    const arms = await joinArms();
    try {
      const measurements: Measurement[] = [];
      const details: Detail[] = [];
      for (const { peers, ...counts } of SIZES) {
        const rounds = await runRounds(arms.with(peers), counts);
        const { ratio, control } = compare(rounds, ({ nodeMs }) => nodeMs);
        measurements.push({
          name: `N=${String(peers)}`,
          unit: 'x',
          value: ratio,
          goal,
          gate,
          control,
          verdict: judge(ratio.median, { goal, gate, control }),
        });
        details.push(...describe(rounds, `N=${String(peers)}`));
      }
      return { measurements, details };
    } finally {
      await arms.stop();
    }
  },
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
