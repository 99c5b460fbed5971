import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLayers } from './chooseLayers.js';

const having = (scalabilityMode?: string) => ({
  codecs: [],
  encodings: [scalabilityMode === undefined ? {} : { scalabilityMode }],
});

describe('chooseLayers', () => {
  it.each([
    [{ halvings: 0 }, 'L3T3', { spatialLayer: 2 }],
    [{ halvings: 1 }, 'L3T3_KEY', { spatialLayer: 1 }],
    [{ halvings: 5 }, 'L3T1', { spatialLayer: 0 }],
    [{ halvings: 1 }, 'S2T3', { spatialLayer: 0 }],
    [{ halvings: 1 }, 'L1T3', undefined],
    [{ halvings: 1 }, undefined, undefined],
    [{ spatialLayer: 2, temporalLayer: 0 }, 'L2T3', { spatialLayer: 1, temporalLayer: 0 }],
    [{ spatialLayer: 1 }, 'L3T3', { spatialLayer: 1 }],
    [{ spatialLayer: 2 }, undefined, { spatialLayer: 2 }],
  ])('%j of %s is %j', (wanted, mode, expected) => {
    expect(chooseLayers(wanted, having(mode))).toEqual(expected);
  });

  it('never asks for a layer that there is not', () => {
    const wanted = fc.oneof(
      fc.record({ halvings: fc.nat(9) }),
      fc.record({ spatialLayer: fc.nat(8), temporalLayer: fc.nat(8) }),
    );
    fc.assert(
      fc.property(wanted, fc.integer({ min: 1, max: 4 }), (layers, sizes) => {
        const chosen = chooseLayers(layers, having(`L${String(sizes)}T3`));
        if (chosen) expect(chosen.spatialLayer).toBeLessThan(sizes);
      }),
    );
  });
});
