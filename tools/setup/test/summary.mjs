import { sum } from './counts.mjs';

/**
 * @typedef {{ name: string, counts: import('./counts.mjs').Counts,
 *   failures: import('./failures.mjs').Failure[], seconds: number }} Result
 */

/** So many failures are said again, and so many lines of each: with more, what they have in common is above. */
const FAILURES = 20;
const LINES = 16;

/** What failed, and the table of all steps, ending with the line `N passed, N failed`.
 * @param {Result[]} results */
export function summary(results) {
  const rows = results.map(({ name, counts, seconds }) => [
    counts.failed === 0 ? '✓' : '✗',
    name,
    `${counts.passed} passed`,
    `${counts.failed} failed`,
    counts.skipped > 0 ? `${counts.skipped} skipped` : '',
    `${seconds.toFixed(1)} s`,
  ]);
  const total = sum(results.map(({ counts }) => counts));
  return `${retold(results)}${table(rows)}\n\n${total.passed} passed, ${total.failed} failed\n`;
}

/** The failures once more, each under its step and name.
 * @param {Result[]} results */
function retold(results) {
  const all = results.flatMap(({ name, failures }) => failures.map((failure) => ({ name, ...failure })));
  const texts = all.slice(0, FAILURES).map(({ name, test, message }) => {
    const lines = message.split('\n').slice(0, LINES);
    return [`✗ ${name}: ${test}`, ...lines.map((line) => `    ${line}`.trimEnd())].join('\n');
  });
  const more = all.length - texts.length;
  return [...texts, ...(more > 0 ? [`and ${String(more)} more, see above`] : [])]
    .map((text) => `${text}\n\n`)
    .join('');
}

/** Columns as wide as their widest cell: words to the left, numbers to the right.
 * @param {string[][]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          /^\d/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
