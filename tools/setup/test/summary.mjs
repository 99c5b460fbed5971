import { sum } from './counts.mjs';

/** @typedef {{ name: string, counts: import('./counts.mjs').Counts, seconds: number }} Result */

/** The table of all steps, ending with the line `N passed, N failed`.
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
  return `${table(rows)}\n\n${total.passed} passed, ${total.failed} failed\n`;
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
