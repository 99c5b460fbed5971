import { describe, expect, it } from 'vitest';
import { one, playwrightCounts, sum, vitestCounts } from './counts.mjs';

const vitestReport = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 1, numTodoTests: 2 };
const playwrightReport = { stats: { expected: 5, unexpected: 0, flaky: 0, skipped: 1 } };

describe('vitestCounts', () => {
  it('takes the counts of the report', () => {
    expect(vitestCounts(vitestReport, 0)).toEqual({ passed: 12, failed: 0, skipped: 3 });
    expect(vitestCounts({ ...vitestReport, numFailedTests: 2 }, 1)).toMatchObject({ passed: 12, failed: 2 });
  });

  it('counts a crash without a report as one failure', () => {
    expect(vitestCounts(null, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts an error outside of any test as one failure', () => {
    expect(vitestCounts(vitestReport, 1)).toMatchObject({ passed: 12, failed: 1 });
  });

  it('counts a run without any test as one failure', () => {
    expect(vitestCounts({ ...vitestReport, numPassedTests: 0 }, 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('playwrightCounts', () => {
  it('takes the counts of the report', () => {
    expect(playwrightCounts(playwrightReport, 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
  });

  it('takes a flaky test as a failed one', () => {
    expect(playwrightCounts({ stats: { ...playwrightReport.stats, flaky: 1 } }, 0)).toMatchObject({
      failed: 1,
    });
  });

  it('counts a missing folder of tests as one failure', () => {
    const none = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } };
    expect(playwrightCounts(none, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('sum', () => {
  it('adds up', () => {
    expect(sum([one(true), one(false), { passed: 3, failed: 1, skipped: 2 }])).toEqual({
      passed: 4,
      failed: 2,
      skipped: 2,
    });
    expect(sum([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});
