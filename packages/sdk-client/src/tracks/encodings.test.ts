import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackSource } from '../types.js';
import { layerCount, videoEncodings, type EncodingRequest } from './encodings.js';

const request = (width: number, height: number, more: Partial<EncodingRequest> = {}): EncodingRequest => ({
  width,
  height,
  source: 'camera',
  contentHint: '',
  options: {},
  ...more,
});

describe('layers by capture size', () => {
  it.each([
    [160, 90, 1],
    [320, 180, 1],
    [320, 240, 1],
    [480, 270, 2],
    [640, 360, 2],
    [640, 480, 2],
    [959, 540, 2],
    [960, 540, 3],
    [1280, 720, 3],
    [720, 1280, 3],
    [1920, 1080, 3],
  ])('%ix%i bears %i', (width, height, layers) => {
    expect(layerCount(width, height)).toBe(layers);
    expect(videoEncodings(request(width, height))).toHaveLength(layers);
  });

  it('halve from one to the next, the largest last and unscaled', () => {
    expect(videoEncodings(request(1280, 720))).toEqual([
      { scaleResolutionDownBy: 4, maxBitrate: 160_000 },
      { scaleResolutionDownBy: 2, maxBitrate: 500_000 },
      { scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
    ]);
  });

  it('never cost more than the layer above, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 7680 }),
        fc.integer({ min: 16, max: 4320 }),
        fc.option(fc.integer({ min: 1000, max: 20_000_000 }), { nil: undefined }),
        fc.constantFrom<TrackSource>('camera', 'screen', 'unknown'),
        (...[width, height, maxBitrate, source]) => {
          const options = maxBitrate === undefined ? {} : { videoEncoding: { maxBitrate } };
          const encodings = videoEncodings(request(width, height, { source, options }));
          const bitrates = encodings.map((encoding) => encoding.maxBitrate);
          expect(bitrates).toEqual([...bitrates].sort((a, b) => a - b));
          expect(encodings.at(-1)?.scaleResolutionDownBy).toBe(1);
          if (maxBitrate !== undefined) expect(bitrates.at(-1)).toBe(maxBitrate);
        },
      ),
    );
  });
});

describe('other cases', () => {
  it('one plain stream when simulcast is off', () => {
    expect(videoEncodings(request(1280, 720, { options: { simulcast: false } }))).toEqual([
      { maxBitrate: 1_700_000 },
    ]);
  });

  it.each([
    ['vp9', 1280, 'L3T3_KEY'],
    ['av1', 1280, 'L1T3'],
    ['vp9', 320, 'L1T3'],
  ] as const)('%s at %i is one stream with layers inside: %s', (videoCodec, width, scalabilityMode) => {
    const encodings = videoEncodings(request(width, (width * 9) / 16, { options: { videoCodec } }));
    expect(encodings).toEqual([expect.objectContaining({ scalabilityMode })]);
  });

  it.each([
    ['detail', 1920, 2],
    ['text', 1280, 2],
    ['detail', 320, 1],
    ['motion', 1920, 1],
  ])('a screen of %s at %i has %i', (contentHint, width, layers) => {
    const encodings = videoEncodings(request(width, (width * 9) / 16, { source: 'screen', contentHint }));
    expect(encodings).toHaveLength(layers);
  });

  it('keeps the wished frame rate in every layer', () => {
    const options = { videoEncoding: { maxBitrate: 1_000_000, maxFramerate: 24 } };
    expect(videoEncodings(request(1280, 720, { options })).map((encoding) => encoding.maxFramerate)).toEqual([
      24, 24, 24,
    ]);
  });

  it('assumes something when the browser does not tell the size', () => {
    expect(videoEncodings({ ...request(0, 0), width: undefined, height: undefined })).toHaveLength(2);
  });
});
