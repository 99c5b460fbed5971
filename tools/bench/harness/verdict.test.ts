import { describe, expect, it } from 'vitest';
import { judge } from './verdict.js';

const at = (median: number) => ({ median, min: 0, max: 9 });

describe('judge', () => {
  const cost = { goal: { atMost: 1 }, gate: { atMost: 1.15 } };
  it.each([
    [1, 'goal'],
    [1.15, 'pass'],
    [1.16, 'fail'],
    [NaN, 'fail'],
  ])('a cost of %f is a %s', (value, verdict) => {
    expect(judge(value, cost)).toBe(verdict);
  });

  it.each([
    [0.8, 'goal'],
    [0.7, 'pass'],
    [0.6, 'fail'],
  ])('a yield of %f is a %s', (value, verdict) => {
    expect(judge(value, { goal: { atLeast: 0.8 }, gate: { atLeast: 0.7 } })).toBe(verdict);
  });

  it.each([0.89, 1.11, NaN])('says nothing when the baseline is %f of itself', (control) => {
    expect(judge(5, { ...cost, control: at(control) })).toBe('noisy');
    expect(judge(0.5, { ...cost, control: at(control) })).toBe('noisy');
  });

  it('judges when the baseline is nearly itself', () => {
    expect(judge(5, { ...cost, control: at(1.1) })).toBe('fail');
  });
});
