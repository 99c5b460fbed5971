import type { Summary } from './statistics.js';

/** Where a value has to be. `atMost` for costs, `atLeast` for yields. */
export type Bound = { atMost: number } | { atLeast: number };

/** `noisy`: the baseline differs from itself, so nothing can be said. */
export type Verdict = 'goal' | 'pass' | 'fail' | 'noisy';

const QUIET = { from: 0.9, to: 1.1 };

const holds = (value: number, bound: Bound): boolean =>
  'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;

/**
 * @param of.goal What we want; `of.gate`: what must not be missed.
 * @param of.control The baseline over itself, where there is a baseline
 */
export function judge(
  value: number,
  of: { goal: Bound; gate: Bound; control?: Summary | undefined },
): Verdict {
  const { goal, gate, control } = of;
  if (control && !(control.median >= QUIET.from && control.median <= QUIET.to)) return 'noisy';
  if (holds(value, goal)) return 'goal';
  return holds(value, gate) ? 'pass' : 'fail';
}
