import { describe, expect, it } from 'vitest';
import { median, percentile, summarize, trimmedMean } from './statistics.js';

describe('median', () => {
  it('is the middle of an odd number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('is no number without values', () => {
    expect(median([])).toBeNaN();
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('%f of 1..100 is %f', (p, value) => {
    expect(percentile(hundred, p)).toBe(value);
  });
});

describe('trimmedMean', () => {
  it('leaves the tenth at either end out', () => {
    expect(trimmedMean([1000, 2, 3, 4, 5, 6, 7, 8, 9, -500])).toBe(5.5);
  });

  it('is the mean of fewer than ten', () => {
    expect(trimmedMean([1, 2, 9])).toBe(4);
  });

  it('is no number without values', () => {
    expect(trimmedMean([])).toBeNaN();
  });
});

describe('summarize', () => {
  it('tells the middle and both ends', () => {
    expect(summarize([4, 2, 8])).toEqual({ median: 4, min: 2, max: 8 });
  });
});
