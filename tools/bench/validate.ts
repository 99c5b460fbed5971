import type { ValidationMethods } from './arms/validation.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare } from './harness/compare.js';
import { runRounds } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge } from './harness/verdict.js';

const SIZE = { batches: 125, messages: 16 };
const bounds = { goal: { atMost: 1 }, gate: { atMost: 1.25 } };

/** What it costs that nothing comes in unchecked. */
export const validate: Bench = {
  name: 'validate',
  about: 'CPU of checking a request to publish a camera / of reading its JSON',
  async run() {
    const start = () => ArmProcess.start<ValidationMethods>('arms/validation.ts');
    const [baseline, control, candidate] = [await start(), await start(), await start()];
    try {
      const rounds = await runRounds(
        {
          baseline: () => baseline.call('parse', SIZE),
          control: () => control.call('parse', SIZE),
          candidate: () => candidate.call('validate', SIZE),
        },
        { warmUps: 10, rounds: 40 },
      );
      const { ratio: value, control: again, ...arms } = compare(rounds, (us) => us);
      const verdict = judge(value.median, { ...bounds, control: again });
      return {
        measurements: [{ name: 'check / JSON.parse', unit: 'x', value, ...bounds, control: again, verdict }],
        details: [
          { name: 'JSON.parse', unit: 'µs a message', value: arms.baseline },
          { name: 'check', unit: 'µs a message', value: arms.candidate },
          { name: 'message', unit: 'bytes', value: summarize([await candidate.call('size')]) },
        ],
      };
    } finally {
      for (const arm of [candidate, baseline, control]) await arm.stop();
    }
  },
};
