import { describe, expect, it } from 'vitest';
import { page, section, shortNumber } from './report.js';
import type { BenchResult } from './result.js';

const result: BenchResult = {
  date: '2026-01-02T03:04:05.678Z',
  machine: { cpu: 'A CPU', cores: 2, memoryGiB: 8, system: 'linux x64', node: '20.19.0', load: [0.5, 1.5] },
  seconds: 12.4,
  measurements: [
    {
      name: 'N=10',
      unit: 'x',
      value: { median: 1.0449, min: 0.9, max: 1.2 },
      goal: { atMost: 1 },
      gate: { atMost: 1.15 },
      control: { median: 1, min: 0.98, max: 1.02 },
      verdict: 'pass',
    },
    {
      name: 'size',
      unit: 'kB',
      value: { median: 70, min: 70, max: 70 },
      goal: { atMost: 60 },
      gate: { atMost: 60 },
      verdict: 'fail',
    },
  ],
  details: [{ name: 'Node CPU', unit: 'ms', value: { median: 1234.5, min: 1000, max: 2000 } }],
};

describe('shortNumber', () => {
  it.each([
    [0.12345, '0.123'],
    [1.2, '1.2'],
    [99.95, '100'],
    [12_345.6, '12346'],
    [NaN, '-'],
  ])('%f is %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe('section', () => {
  const text = section('join', 'what it is', result);

  it('has a row for each judged number', () => {
    expect(text).toContain('| N=10 | 1.04 (0.9..1.2) | ≤ 1 | ≤ 1.15 | 1 (0.98..1.02) | gate met |');
    expect(text).toContain('| size | 70 kB | ≤ 60 | ≤ 60 | - | **missed** |');
  });

  it('shows what the numbers were made of, when and on what', () => {
    expect(text).toContain('| Node CPU | 1235 ms (1000..2000) |');
    expect(text).toContain('2026-01-02 03:04 UTC, 12 s; A CPU, 2 cores, 8 GiB, linux x64, Node 20.19.0');
    expect(text).toContain('load average 0.5 before, 1.5 after');
  });
});

describe('page', () => {
  it('keeps the given order and leaves out what has never run', () => {
    const text = page({ b: result, a: result }, [
      { name: 'a', about: 'x' },
      { name: 'never', about: 'x' },
      { name: 'b', about: 'x' },
    ]);
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, name]) => name)).toEqual(['At a glance', 'a', 'b']);
    expect(text).toContain(`\na: N=10  ${'█'.repeat(20)}▌\na: size  ${'█'.repeat(23)}\nb: N=10  `);
  });
});
