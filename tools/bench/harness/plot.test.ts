import { expect, it } from 'vitest';
import { bar, plot, shareOfGoal } from './plot.js';
import type { BenchResult, Measurement } from './result.js';

const measured = (name: string, median: number, more: Partial<Measurement> = {}): Measurement => ({
  name,
  unit: 'x',
  value: { median, min: median, max: median },
  goal: { atMost: 0.5 },
  gate: { atMost: 0.6 },
  verdict: 'goal',
  ...more,
});

it('takes less of the goal for better, whatever is wanted', () => {
  expect(shareOfGoal(measured('cost', 0.25))).toBe(0.5);
  expect(shareOfGoal(measured('yield', 2, { goal: { atLeast: 1 } }))).toBe(0.5);
});

it('draws up to the goal, past it, and past the edge', () => {
  expect(bar(0.5)).toBe('██████████          │');
  expect(bar(0.525)).toBe('██████████▌         │');
  expect(bar(1)).toBe('████████████████████│');
  expect(bar(1.2)).toBe('████████████████████████');
  expect(bar(9)).toBe(`${'█'.repeat(31)}▶`);
});

it('has a line for each judged number that can be drawn', () => {
  const result = {
    measurements: [
      measured('CPU', 0.25),
      measured('frames lost', 0, { goal: { atMost: 0 } }),
      measured('wait', 0.5, { verdict: 'noisy' }),
    ],
  } as BenchResult;
  expect(plot({ b: result }, [{ name: 'a' }, { name: 'b' }])).toBe(
    ['b: CPU           ██████████          │', 'b: wait (noisy)  ████████████████████│'].join('\n'),
  );
});
