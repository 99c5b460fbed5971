import { describe, expect, it } from 'vitest';
import { summary } from './summary.mjs';

describe('summary', () => {
  const text = summary([
    { name: 'format', counts: { passed: 1, failed: 0, skipped: 0 }, seconds: 2.04 },
    { name: 'unit', counts: { passed: 310, failed: 2, skipped: 4 }, seconds: 12.3 },
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
});
