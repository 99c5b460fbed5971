import { stormArms } from './fillArms.js';
import type { Bench } from './harness/Bench.js';
import { compare, compareMedians } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds } from './harness/rounds.js';
import { judge } from './harness/verdict.js';

const PEERS = 80;
const p99 = { goal: { atMost: 10 }, gate: { atMost: 10 } };
const share = { goal: { atMost: 0.25 }, gate: { atMost: 0.25 } };

/** How long the event loop is held up while many join at once, against everything in one Promise.all. */
export const storm: Bench = {
  name: 'storm',
  about: `${String(PEERS)} peers join at once: event-loop delay of the server process, Parlor / one Promise.all over mediasoup calls`,
  async run() {
    const arms = await stormArms(PEERS);
    try {
      const rounds = await runRounds(arms, {
        warmUps: 1,
        rounds: 5,
      });
      // It is that of the one long block, or of what lies beside it: a pair says little.
      const delay = compareMedians(rounds, ({ loop }) => loop?.p99 ?? NaN);
      const longest = compare(rounds, ({ loop }) => loop?.max ?? NaN);
      const cpu = compare(rounds, ({ nodeMs }) => nodeMs);
      const wall = compare(rounds, ({ wallMs }) => wallMs);
      const both = (name: string, of: typeof delay): Detail[] => [
        { name: `${name}, one Promise.all`, unit: 'ms', value: of.baseline },
        { name: `${name}, Parlor`, unit: 'ms', value: of.candidate },
      ];
      const ofPromiseAll = (name: string, { ratio: value }: typeof delay): Measurement => {
        const bounds = { ...share, control: longest.control };
        return { name, unit: 'x', value, ...bounds, verdict: judge(value.median, bounds) };
      };
      return {
        measurements: [
          {
            name: 'delay p99',
            unit: 'ms',
            value: delay.candidate,
            ...p99,
            // The CPU says whether the machine was quiet: the delay of one Promise.all is one long block.
            control: cpu.control,
            verdict: judge(delay.candidate.median, { ...p99, control: cpu.control }),
          },
          ofPromiseAll('delay p99 / one Promise.all', delay),
          ofPromiseAll('delay max / one Promise.all', longest),
        ],
        details: [
          ...both('delay p99', delay),
          ...both('delay max', longest),
          ...both('Node CPU', cpu),
          ...both('wall time', wall),
          { name: 'Node CPU, Parlor / one Promise.all', unit: '', value: cpu.ratio },
        ],
      };
    } finally {
      await arms.stop();
    }
  },
};
