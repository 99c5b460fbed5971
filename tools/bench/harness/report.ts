import { plot } from './plot.js';
import type { BenchResult, Detail, Measurement, Results } from './result.js';
import type { Summary } from './statistics.js';
import type { Bound, Verdict } from './verdict.js';

const WORDS: Record<Verdict, string> = {
  goal: 'goal met',
  pass: 'gate met',
  fail: '**missed**',
  noisy: 'noisy, says nothing',
};

/** Three significant digits; whole numbers from a hundred on. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

const withUnit = (text: string, unit: string): string =>
  unit === '' || unit === 'x' ? text : `${text} ${unit}`;

function range({ median, min, max }: Summary, unit: string): string {
  const middle = withUnit(shortNumber(median), unit);
  return min === max ? middle : `${middle} (${shortNumber(min)}..${shortNumber(max)})`;
}

const bound = (of: Bound): string =>
  'atMost' in of ? `≤ ${shortNumber(of.atMost)}` : `≥ ${shortNumber(of.atLeast)}`;

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

const measurementRow = ({ name, unit, value, goal, gate, control, verdict }: Measurement): string =>
  row(name, range(value, unit), bound(goal), bound(gate), control ? range(control, '') : '-', WORDS[verdict]);

const detailRow = ({ name, unit, value }: Detail): string => row(name, range(value, unit));

export const HEADER = row('', 'median (min..max)', 'goal', 'gate', 'A/A', 'result');

/** The tables of one benchmark. */
export function section(name: string, about: string, result: BenchResult): string {
  const { date, machine, seconds, measurements, details } = result;
  const { cpu, cores, memoryGiB, system, node, load } = machine;
  return [
    `## ${name}`,
    '',
    `${about[0]?.toUpperCase() ?? ''}${about.slice(1)}.`,
    '',
    HEADER,
    row('---', '---', '---', '---', '---', '---'),
    ...measurements.map(measurementRow),
    '',
    ...(details.length > 0
      ? [row('made of', 'median (min..max)'), row('---', '---'), ...details.map(detailRow), '']
      : []),
    `${date.slice(0, 16).replace('T', ' ')} UTC, ${String(Math.round(seconds))} s; ${cpu}, ${String(cores)} cores, ` +
      `${String(memoryGiB)} GiB, ${system}, Node ${node}; load average ${String(load[0])} before, ${String(load[1])} after.`,
    '',
  ].join('\n');
}

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- NAME...\` renews a part. Each arm of a comparison runs in a process of its own,
one arm at a time, in the order A B A' A' B A: B is what is measured, A and A' are the same baseline in two processes.
A/A is A' over A: outside 0.9 to 1.1 something else was using the machine, and nothing is concluded. Ratios are medians of
rounds, each B over the mean of the two baselines next to it. Absolute times belong to the machine that they were taken on.
`;

const picture = (drawn: string): string =>
  `## At a glance\n\nEach number by its goal, which is at │: a shorter bar is better.\n\n\`\`\`text\n${drawn}\n\`\`\`\n`;

/** The whole page; `order` gives the benchmarks' names and what each is about. */
export function page(results: Results, order: readonly { name: string; about: string }[]): string {
  const sections = order.flatMap(({ name, about }) => {
    const result = results[name];
    return result ? [section(name, about, result)] : [];
  });
  return [INTRODUCTION, picture(plot(results, order)), ...sections].join('\n');
}
