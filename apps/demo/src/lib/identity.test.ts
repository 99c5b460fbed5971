import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AVATAR_COLORS, avatarColor, initials } from './identity.js';

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
const luminance = (hex: string): number => {
  const channel = (offset: number) => {
    const value = parseInt(hex.slice(offset, offset + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
};

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['  Jean-Luc  Picard ', 'JP'],
    ['Émile Zola', 'ÉZ'],
    ['👩‍🚀 Sally Ride', '👩‍🚀R'],
    ['王小明', '王'],
    ['   ', '?'],
  ])('of %j are %s', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });

  it('are at most two graphemes of any name, and never empty', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L} ]{0,30}$/u), (name) => {
        // Upper-casing may lengthen a letter (ß -> SS), never beyond three.
        expect([...segmenter.segment(initials(name))].length).toBeGreaterThan(0);
        expect([...segmenter.segment(initials(name))].length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('avatarColor', () => {
  it('is one of the palette, and the same for the same id', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(AVATAR_COLORS).toContain(avatarColor(id));
        expect(avatarColor(id)).toBe(avatarColor(id));
      }),
    );
  });

  it('bears white text', () => {
    for (const color of AVATAR_COLORS) expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});
