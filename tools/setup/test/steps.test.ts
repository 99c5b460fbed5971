import { describe, expect, it } from 'vitest';
import { selectSteps, steps } from './steps.mjs';

describe('selectSteps', () => {
  it('takes all steps without names', () => {
    expect(selectSteps([])).toEqual(steps);
  });

  it('keeps the order of the steps', () => {
    expect(selectSteps(['e2e', 'unit']).map(({ name }) => name)).toEqual(['unit', 'e2e']);
  });

  it('names the steps when there is no such one', () => {
    expect(() => selectSteps(['units'])).toThrow('No such step: units');
  });
});
