import { assert, integer, option, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { clampLayers, highestLayers } from './layers.js';

test('counts encodings of simulcast and reads the scalability mode of the rest', () => {
  const simulcast = Array.from({ length: 3 }, () => ({ scalabilityMode: 'L1T3' }));
  expect(highestLayers({ encodings: simulcast })).toEqual({ spatialLayer: 2, temporalLayer: 2 });
  expect(highestLayers({ encodings: [{ scalabilityMode: 'L3T2_KEY' }] })).toEqual({
    spatialLayer: 2,
    temporalLayer: 1,
  });
  expect(highestLayers({ encodings: [{}] })).toEqual({ spatialLayer: 0, temporalLayer: 0 });
  expect(highestLayers({ encodings: [{}, {}] })).toEqual({ spatialLayer: 1, temporalLayer: 0 });
});

test('what is there is asked for as it is, and the nearest layer in place of one that is not', () => {
  const anyLayer = integer({ min: -3, max: 20 });
  const asked = record({ spatialLayer: anyLayer, temporalLayer: option(anyLayer, { nil: undefined }) });
  const highest = record({
    spatialLayer: integer({ min: 0, max: 7 }),
    temporalLayer: integer({ min: 0, max: 2 }),
  });
  assert(
    property(asked, highest, (layers, top) => {
      const clamped = clampLayers(layers, top);
      for (const key of ['spatialLayer', 'temporalLayer'] as const) {
        const [before, after] = [layers[key], clamped[key]];
        if (before === undefined) expect(after).toBeUndefined();
        else if (before < 0) expect(after).toBe(0);
        else expect(after).toBe(before > top[key] ? top[key] : before);
      }
      expect(clampLayers(clamped, top)).toEqual(clamped);
    }),
  );
});
