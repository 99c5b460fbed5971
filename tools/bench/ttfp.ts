import { FanOutArm } from './fanOut.js';
import type { Bench } from './harness/Bench.js';
import { compareMedians } from './harness/compare.js';
import { runRounds } from './harness/rounds.js';
import { judge } from './harness/verdict.js';

const time = { goal: { atMost: 10 }, gate: { atMost: 15 } };
const against = { goal: { atMost: 0.4 }, gate: { atMost: 0.8 } };

/** What the server takes until media flows to somebody, without a browser's share. */
export const ttfp: Bench = {
  name: 'ttfp',
  about:
    'asking for a stream to its first packet, connecting included, of a client without a browser: of a room of ours / of a VideoRoom of Janus',
  needs: { program: 'PARLOR_JANUS', what: 'Janus (apt-get install janus)' },
  async run() {
    const baseline = await FanOutArm.janus('video');
    const control = await FanOutArm.janus('video');
    const candidate = await FanOutArm.parlor('video');
    try {
      const rounds = await runRounds(
        {
          baseline: () => baseline.firstPacket(),
          control: () => control.firstPacket(),
          candidate: () => candidate.firstPacket(),
        },
        { warmUps: 10, rounds: 40 },
      );
      const { ratio, control: again, ...arms } = compareMedians(rounds, ({ asked }) => asked);
      const whole = compareMedians(rounds, ({ started }) => started);
      return {
        measurements: [
          {
            name: 'first packet',
            unit: 'ms',
            value: arms.candidate,
            ...time,
            verdict: judge(arms.candidate.median, time),
          },
          {
            name: 'first packet, Parlor / Janus',
            unit: 'x',
            value: ratio,
            ...against,
            control: again,
            verdict: judge(ratio.median, { ...against, control: again }),
          },
        ],
        details: [
          { name: 'Janus', unit: 'ms', value: arms.baseline },
          { name: 'Parlor', unit: 'ms', value: arms.candidate },
          { name: 'Janus, from a session that is open', unit: 'ms', value: whole.baseline },
          { name: 'Parlor, from an address and a token', unit: 'ms', value: whole.candidate },
        ],
      };
    } finally {
      for (const arm of [candidate, baseline, control]) await arm.stop();
    }
  },
};
