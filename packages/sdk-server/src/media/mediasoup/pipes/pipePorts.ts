import type { PortRange } from './LocalPipeEnd.js';

/** Those of a mediasoup worker's own default. */
const LOWEST = 10_000;
const HIGHEST = 59_999;

/**
 * Ports of pipes: not those that workers listen on for clients. A worker that is started anew must get its port back, and a
 * room may have pipes for hours.
 */
export function pipePorts(rtcPort: number | undefined, workers: number): PortRange {
  if (rtcPort === undefined) return { min: LOWEST, max: HIGHEST };
  const below = { min: LOWEST, max: Math.min(rtcPort - 1, HIGHEST) };
  const above = { min: Math.max(rtcPort + workers, LOWEST), max: HIGHEST };
  return below.max - below.min > above.max - above.min ? below : above;
}
