import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pipePorts } from './pipePorts.js';

test('pipes leave the ports of the workers alone, and have enough of their own', () => {
  const ports = fc.integer({ min: 1, max: 65_000 });
  fc.assert(
    fc.property(ports, fc.integer({ min: 1, max: 256 }), (rtcPort, workers) => {
      const { min, max } = pipePorts(rtcPort, workers);
      expect(max < rtcPort || min >= rtcPort + workers).toBe(true);
      expect(max - min).toBeGreaterThan(20_000);
    }),
  );
  expect(pipePorts(undefined, 4)).toEqual({ min: 10_000, max: 59_999 });
});
