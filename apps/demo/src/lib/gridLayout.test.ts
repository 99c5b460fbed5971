import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aspectsFor, gridLayout, type GridOptions } from './gridLayout.js';

const options: GridOptions = { minAspect: 4 / 3, maxAspect: 16 / 9, gap: 8, minTileWidth: 0 };
const boxes = fc.record({
  width: fc.integer({ min: 200, max: 4000 }),
  height: fc.integer({ min: 200, max: 3000 }),
});
const counts = fc.integer({ min: 1, max: 60 });
const SLACK = 0.01;

describe('gridLayout', () => {
  it('gives one person the whole box, at the widest allowed aspect', () => {
    const one = gridLayout(1, { width: 1600, height: 800 }, options);
    expect(one).toMatchObject({ columns: 1, rows: 1, tileHeight: 800 });
    expect(one.tileWidth).toBeCloseTo((800 * 16) / 9);
  });

  it('puts two side by side on a laptop and one above the other on a phone', () => {
    const phone = { width: 360, height: 560 };
    expect(gridLayout(2, { width: 1440, height: 800 }, options).columns).toBe(2);
    expect(gridLayout(2, phone, { ...options, ...aspectsFor(phone) }).columns).toBe(1);
  });

  it('makes nine a square of three', () => {
    expect(gridLayout(9, { width: 1280, height: 720 }, options)).toMatchObject({ columns: 3, rows: 3 });
  });

  it('is empty for nobody and for a box without area', () => {
    expect(gridLayout(0, { width: 800, height: 600 }, options).columns).toBe(0);
    expect(gridLayout(3, { width: 0, height: 600 }, options).columns).toBe(0);
  });

  it('always fits the box and has room for everybody, without an empty row', () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const { columns, rows, tileWidth, tileHeight, scrolls } = gridLayout(count, box, options);
        expect(scrolls).toBe(false);
        expect(columns * tileWidth + (columns - 1) * options.gap).toBeLessThanOrEqual(box.width + SLACK);
        expect(rows * tileHeight + (rows - 1) * options.gap).toBeLessThanOrEqual(box.height + SLACK);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * (rows - 1)).toBeLessThan(count);
      }),
    );
  });

  it('keeps every tile within the aspect range', () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const { tileWidth, tileHeight } = gridLayout(count, box, options);
        fc.pre(tileWidth > 1 && tileHeight > 1);
        expect(tileWidth / tileHeight).toBeGreaterThanOrEqual(options.minAspect - SLACK);
        expect(tileWidth / tileHeight).toBeLessThanOrEqual(options.maxAspect + SLACK);
      }),
    );
  });

  it('never gives more people larger tiles', () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const now = gridLayout(count, box, options);
        const more = gridLayout(count + 1, box, options);
        // Layouts within half a square pixel count as equal.
        expect(more.tileWidth * more.tileHeight).toBeLessThanOrEqual(now.tileWidth * now.tileHeight + 1);
      }),
    );
  });

  it('scrolls rather than shrink below the smallest tile', () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const limited = gridLayout(count, box, { ...options, minTileWidth: 120 });
        expect(limited.tileWidth).toBeGreaterThanOrEqual(120 - SLACK);
        expect(limited.columns * limited.rows).toBeGreaterThanOrEqual(count);
        expect(limited.columns * limited.tileWidth + (limited.columns - 1) * 8).toBeLessThanOrEqual(
          box.width + SLACK,
        );
      }),
    );
  });

  it('shows thirty on a laptop without scrolling', () => {
    expect(gridLayout(30, { width: 1280, height: 660 }, { ...options, minTileWidth: 120 }).scrolls).toBe(
      false,
    );
  });
});
