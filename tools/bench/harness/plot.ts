import type { Measurement, Results } from './result.js';

/** Columns of a bar that reaches its goal, and of the longest. */
const AT_GOAL = 20;
const LONGEST = 32;

/** How a value stands to its goal: 1 is the goal, less is better, whether little or much is wanted. */
export function shareOfGoal({ value, goal }: Pick<Measurement, 'value' | 'goal'>): number {
  return 'atMost' in goal ? value.median / goal.atMost : goal.atLeast / value.median;
}

/** `████▌    │`: a mark where the goal is; what is longer than the plot ends in `▶`. */
export function bar(share: number): string {
  const columns = Math.min(LONGEST, Math.max(0, share * AT_GOAL));
  const full = '█'.repeat(Math.floor(columns)) + (columns % 1 >= 0.5 ? '▌' : '');
  const padded = full.padEnd(LONGEST);
  const marked =
    padded[AT_GOAL] === ' ' ? `${padded.slice(0, AT_GOAL)}│${padded.slice(AT_GOAL + 1)}` : padded;
  return share * AT_GOAL > LONGEST ? `${marked.slice(0, -1)}▶` : marked.trimEnd();
}

/** Every judged number against its goal, in one picture of text. */
export function plot(results: Results, order: readonly { name: string }[]): string {
  const lines = order.flatMap(({ name }) =>
    (results[name]?.measurements ?? []).flatMap((measurement) => {
      const share = shareOfGoal(measurement);
      if (!Number.isFinite(share)) return [];
      const noisy = measurement.verdict === 'noisy' ? ' (noisy)' : '';
      return [{ label: `${name}: ${measurement.name}${noisy}`, share }];
    }),
  );
  const width = Math.max(0, ...lines.map(({ label }) => label.length));
  return lines.map(({ label, share }) => `${label.padEnd(width)}  ${bar(share)}`).join('\n');
}
