/** How one stream has fared lately. What is not known counts as good. */
export interface StreamHealth {
  /** Share of packets lost, 0 to 1. */
  readonly lossRate: number;
  /** Milliseconds. */
  readonly roundTripTime?: number | undefined;
  /** Milliseconds. */
  readonly jitter?: number | undefined;
  /** Share of the time that the picture stood still, 0 to 1. */
  readonly frozen?: number | undefined;
  /** SFU rooms: how the server receives it, 0 to 10. */
  readonly serverScore?: number | undefined;
}

/** Milliseconds of delay that make people talk into each other's words. */
const TOLERABLE_DELAY = 177.3;

/** Points of 10 that delay costs: the delay impairment of the E-model (ITU-T G.107), simplified by Cole and Rosenbluth. */
const delayCost = (delay: number): number =>
  (0.024 * delay + 0.11 * Math.max(0, delay - TOLERABLE_DELAY)) / 10;

/**
 * 1 to 10 for a stream of which something arrives:
 *
 *     s (1 - loss)^4 - delay cost - 10 frozen,    delay = round trip / 2 + 2 jitter
 *
 * `s` is 10, or the score that mediasoup gives on the way to the server, which is the same loss term: both ways to a
 * receiver count, and both kinds of room mean the same by a quality.
 */
export function streamScore(health: StreamHealth): number {
  const { lossRate, roundTripTime = 0, jitter = 0, frozen = 0, serverScore = 10 } = health;
  const delivered = serverScore * (1 - lossRate) ** 4;
  const score = delivered - delayCost(roundTripTime / 2 + 2 * jitter) - 10 * frozen;
  return Math.min(10, Math.max(1, score));
}
