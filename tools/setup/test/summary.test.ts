import { describe, expect, it } from 'vitest';
import { summary } from './summary.mjs';

describe('summary', () => {
  const text = summary([
    { name: 'format', counts: { passed: 1, failed: 0, skipped: 0 }, failures: [], seconds: 2.04 },
    { name: 'unit', counts: { passed: 310, failed: 2, skipped: 4 }, failures: [], seconds: 12.3 },
  ]);

  it('ends with one plain line of counts', () => {
    expect(text.endsWith('\n\n311 passed, 2 failed\n')).toBe(true);
  });

  it('has one row a step, with its time, and marks the failed ones', () => {
    const rows = text.split('\n');
    expect(rows[0]).toMatch(/^✓ {2}format +1 passed +0 failed +2\.0 s$/);
    expect(rows[1]).toMatch(/^✗ {2}unit +310 passed +2 failed +4 skipped +12\.3 s$/);
    expect(rows[0]?.length).toBe(rows[1]?.length);
  });

  it('says again before the table what failed', () => {
    const failures = [{ test: 'a.test.ts › adds', message: 'expected 1\nto be 2' }];
    const counts = { passed: 1, failed: 1, skipped: 0 };
    const lines = summary([{ name: 'unit', counts, failures, seconds: 1 }]).split('\n');
    expect(lines.slice(0, 4)).toEqual(['✗ unit: a.test.ts › adds', '    expected 1', '    to be 2', '']);
    expect(lines.at(-2)).toBe('1 passed, 1 failed');
  });

  it('says no more than a screen or two of them', () => {
    const failure = { test: 'a.test.ts › adds', message: 'x\n'.repeat(100) };
    const failures = Array.from({ length: 50 }, () => failure);
    const text = summary([
      { name: 'unit', counts: { passed: 0, failed: 50, skipped: 0 }, failures, seconds: 1 },
    ]);
    expect(text).toContain('and 30 more, see above');
    expect(text.split('\n').length).toBeLessThan(400);
  });
});
