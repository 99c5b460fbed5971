import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementLook } from '../platform.js';
import { decideLayers, type Measures, type Shown } from './decideLayers.js';

const HD = { width: 1280, height: 720 };
const camera: Measures = { picture: HD, isScreen: false, pixelDensity: undefined, pauseInBackground: true };
const screen: Measures = { ...camera, isScreen: true };

const element = (look: Partial<ElementLook>, adaptive = true): Shown => ({
  adaptive,
  look: {
    isConnected: true,
    isVisible: true,
    isInBackground: false,
    size: undefined,
    picture: undefined,
    isCovered: false,
    pixelRatio: 1,
    ...look,
  },
});

const sized = (width: number, height: number, look: Partial<ElementLook> = {}) =>
  element({ size: { width, height }, ...look });

const FULL = { receiving: true, halvings: 0, reason: 'full' };

describe('the layer for a camera of 1280x720', () => {
  it.each([
    ['a tile of a wall', sized(160, 90), 3],
    ['the lowest layer', sized(320, 180), 2],
    ['a bit more than the lowest', sized(355, 200), 2],
    ['clearly more than the lowest', sized(400, 225), 1],
    ['the middle layer', sized(640, 360), 1],
    ['more than the middle', sized(800, 450), 0],
    ['more than there is', sized(3000, 2000), 0],
    ['small, with two device pixels a pixel', sized(320, 180, { pixelRatio: 2 }), 1],
    ['high and narrow, with bars', sized(180, 400), 2],
    ['high and narrow, filled', sized(180, 400, { isCovered: true }), 1],
    ['without a size of its own', element({}), 0],
  ])('%s', (_what, shown, halvings) => {
    expect(decideLayers([shown], camera)).toMatchObject({ receiving: true, halvings });
  });

  it('is that of the largest element that can be seen', () => {
    const elements = [sized(160, 90), sized(640, 360), sized(1280, 720, { isVisible: false })];
    expect(decideLayers(elements, camera)).toEqual({ receiving: true, halvings: 1, reason: 'size' });
  });

  it('knows that a phone was turned', () => {
    const picture = { width: 180, height: 320 };
    expect(decideLayers([sized(360, 640, { picture })], camera).halvings).toBe(1);
  });

  it('counts device pixels as the app says', () => {
    const shown = sized(320, 180, { pixelRatio: 3 });
    expect(decideLayers([shown], { ...camera, pixelDensity: 1 }).halvings).toBe(2);
  });

  it('is the highest when nobody knows how large the picture is', () => {
    expect(decideLayers([sized(160, 90)], { ...camera, picture: undefined })).toEqual(FULL);
  });
});

describe('text on a screen', () => {
  it.each([
    [1280, 0],
    [640, 0],
    [330, 0],
    [320, 1],
    [100, 1],
  ])('at a width of %i', (width, halvings) => {
    expect(decideLayers([sized(width, (width * 9) / 16)], screen).halvings).toBe(halvings);
  });
});

describe('what cannot be seen', () => {
  it('is not received', () => {
    const hidden = { receiving: false, halvings: undefined };
    const elements = [sized(640, 360, { isVisible: false })];
    expect(decideLayers(elements, camera)).toEqual({ ...hidden, reason: 'hidden' });
    expect(decideLayers([], camera)).toEqual({ ...hidden, reason: 'hidden' });
    const behind = [sized(640, 360, { isInBackground: true })];
    expect(decideLayers(behind, camera)).toEqual({ ...hidden, reason: 'background' });
    expect(decideLayers(behind, { ...camera, pauseInBackground: false })).toMatchObject({ receiving: true });
  });

  it('is received as long as one element can be seen, as with picture-in-picture', () => {
    const elements = [sized(640, 360, { isInBackground: true }), sized(300, 170)];
    expect(decideLayers(elements, camera)).toMatchObject({ receiving: true });
  });

  it('is received for who opts out, and in no document', () => {
    expect(decideLayers([element({ isVisible: false }, false), sized(9, 9)], camera)).toEqual(FULL);
    expect(decideLayers([element({ isConnected: false, isVisible: false })], camera)).toEqual(FULL);
    const both = [element({ isConnected: false, isVisible: false }), sized(160, 90)];
    expect(decideLayers(both, camera).halvings).toBe(3);
  });
});

describe('for all elements', () => {
  const pixels = fc.integer({ min: 1, max: 4000 });
  const looks = fc.record({
    isConnected: fc.boolean(),
    isVisible: fc.boolean(),
    isInBackground: fc.boolean(),
    isCovered: fc.boolean(),
    size: fc.option(fc.record({ width: pixels, height: pixels }), { nil: undefined }),
    pixelRatio: fc.constantFrom(1, 1.5, 2, 3),
  });
  const shown = fc.record({
    adaptive: fc.boolean(),
    look: looks.map((look) => ({ ...look, picture: undefined })),
  });
  const measures = fc.record({
    picture: fc.option(fc.record({ width: pixels, height: pixels }), { nil: undefined }),
    isScreen: fc.boolean(),
    pixelDensity: fc.constantFrom(undefined, 1, 2),
    pauseInBackground: fc.boolean(),
  });

  it('the layer has 0.9 of what is shown, and the next lower one has not', () => {
    fc.assert(
      fc.property(pixels, pixels, fc.constantFrom(1, 2, 3), (width, height, pixelRatio) => {
        const { halvings = 0 } = decideLayers([sized(width, height, { pixelRatio })], camera);
        // Of a picture that is shown as a whole.
        const needed = 0.9 * pixelRatio * Math.min(height, (width * HD.height) / HD.width);
        expect(halvings === 0 || HD.height / 2 ** halvings >= needed - 1e-6).toBe(true);
        expect(halvings === 7 || HD.height / 2 ** (halvings + 1) < needed + 1e-6).toBe(true);
      }),
    );
  });

  it('one more never takes anything away', () => {
    fc.assert(
      fc.property(fc.array(shown, { minLength: 1 }), shown, measures, (elements, added, given) => {
        // Those in no document step back behind others.
        fc.pre(elements.some(({ look }) => look.isConnected));
        const before = decideLayers(elements, given);
        const after = decideLayers([...elements, added], given);
        if (before.receiving) {
          expect(after.receiving).toBe(true);
          expect(after.halvings).toBeLessThanOrEqual(before.halvings ?? 0);
        }
      }),
    );
  });

  it('their order does not matter, and a screen is never blurrier than a camera', () => {
    fc.assert(
      fc.property(fc.array(shown), measures, (elements, given) => {
        expect(decideLayers([...elements].reverse(), given)).toEqual(decideLayers(elements, given));
        const asScreen = decideLayers(elements, { ...given, isScreen: true });
        const asCamera = decideLayers(elements, { ...given, isScreen: false });
        expect(asScreen.receiving).toBe(asCamera.receiving);
        expect(asScreen.halvings ?? 0).toBeLessThanOrEqual(asCamera.halvings ?? 0);
      }),
    );
  });
});
