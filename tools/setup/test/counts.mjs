/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** A step that is no test runner counts as one.
 * @param {boolean} ok
 * @returns {Counts} */
export const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** @param {Counts[]} all @returns {Counts} */
export const sum = (all) =>
  all.reduce(
    (total, counts) => ({
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * A runner that ended badly without a failed test (a crash, an error outside of any test, a file that could not be
 * loaded) counts as one failure; so does one that ran nothing, because a suite that has vanished proves nothing.
 * @param {Counts} counts @param {number} code
 * @returns {Counts}
 */
function honest(counts, code) {
  const nothing = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (code !== 0 || nothing) ? { ...counts, failed: 1 } : counts;
}

const NONE = { passed: 0, failed: 0, skipped: 0 };

/**
 * Counts of vitest's JSON report.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number } | null} report
 * @param {number} code
 */
export const vitestCounts = (report, code) =>
  honest(
    report === null
      ? NONE
      : {
          passed: report.numPassedTests,
          failed: report.numFailedTests,
          skipped: report.numPendingTests + report.numTodoTests,
        },
    code,
  );

/**
 * Counts of Playwright's JSON report. A test that passed only when it was repeated has failed.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } } | null} report
 * @param {number} code
 */
export const playwrightCounts = (report, code) =>
  honest(
    report === null
      ? NONE
      : {
          passed: report.stats.expected,
          failed: report.stats.unexpected + report.stats.flaky,
          skipped: report.stats.skipped,
        },
    code,
  );
