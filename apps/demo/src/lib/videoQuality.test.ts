import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityFor } from './videoQuality.js';

describe('qualityFor', () => {
  it('fits the size on the screen', () => {
    expect(qualityFor(170, 1)).toBe('low');
    expect(qualityFor(540, 1)).toBe('medium');
    expect(qualityFor(540, 2)).toBe('high');
    expect(qualityFor(1100, 1)).toBe('high');
  });

  it('never falls as the tile grows', () => {
    const order = ['low', 'medium', 'high'];
    const widths = fc.integer({ min: 1, max: 4000 });
    fc.assert(
      fc.property(widths, widths, fc.constantFrom(1, 1.5, 2, 3), (a, b, ratio) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        expect(order.indexOf(qualityFor(small, ratio))).toBeLessThanOrEqual(
          order.indexOf(qualityFor(large, ratio)),
        );
      }),
    );
  });
});
