import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityOf } from './quality.js';
import { streamScore, type StreamHealth } from './streamScore.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const milliseconds = fc.double({ min: 0, max: 5000, noNaN: true });
const health = fc.record({
  lossRate: share,
  roundTripTime: milliseconds,
  jitter: milliseconds,
  frozen: share,
  serverScore: fc.integer({ min: 0, max: 10 }),
});

describe('streamScore', () => {
  it.each<[StreamHealth, string]>([
    [{ lossRate: 0 }, 'excellent'],
    [{ lossRate: 0.02, roundTripTime: 60, jitter: 10, frozen: 0 }, 'excellent'],
    [{ lossRate: 0.1, roundTripTime: 60, jitter: 10 }, 'good'],
    [{ lossRate: 0.2 }, 'poor'],
    [{ lossRate: 0, roundTripTime: 600 }, 'good'],
    [{ lossRate: 0, roundTripTime: 1200 }, 'poor'],
    [{ lossRate: 0, jitter: 150 }, 'good'],
    [{ lossRate: 0, frozen: 0.3 }, 'good'],
    [{ lossRate: 0, frozen: 0.6 }, 'poor'],
    [{ lossRate: 1 }, 'poor'],
    [{ lossRate: 0, serverScore: 7 }, 'good'],
    [{ lossRate: 0.1, serverScore: 7 }, 'poor'],
  ])('%j is %s', (given, quality) => {
    expect(qualityOf([streamScore(given)])).toBe(quality);
  });

  it('stays between 1 and 10: what arrives is not lost', () => {
    fc.assert(
      fc.property(health, (given) => {
        expect(streamScore(given)).toBeGreaterThanOrEqual(1);
        expect(streamScore(given)).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('never rises when something gets worse', () => {
    fc.assert(
      fc.property(health, health, (a, b) => {
        const worse = {
          lossRate: Math.max(a.lossRate, b.lossRate),
          roundTripTime: Math.max(a.roundTripTime, b.roundTripTime),
          jitter: Math.max(a.jitter, b.jitter),
          frozen: Math.max(a.frozen, b.frozen),
          serverScore: Math.min(a.serverScore, b.serverScore),
        };
        expect(streamScore(worse)).toBeLessThanOrEqual(streamScore(a));
      }),
    );
  });
});

describe('qualityOf', () => {
  it('goes by the worst stream, and knows nothing of none', () => {
    expect(qualityOf([])).toBe('unknown');
    expect(qualityOf([10, 9, 8])).toBe('excellent');
    expect(qualityOf([10, 5])).toBe('good');
    expect(qualityOf([10, 1])).toBe('poor');
    expect(qualityOf([10, 0])).toBe('lost');
  });
});
