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
}

/** Milliseconds of delay that make people talk into each other's words. */
const TOLERABLE_DELAY = 177.3;

/** Points of 10 that delay costs: the delay impairment of the E-model (ITU-T G.107), simplified by Cole and Rosenbluth. */
const delayCost = (delay: number): number =>
  (0.024 * delay + 0.11 * Math.max(0, delay - TOLERABLE_DELAY)) / 10;

/**
 * 1 to 10 for a stream of which something arrives:
 *
 *     10 (1 - loss)^4 - delay cost - 10 frozen,    delay = round trip / 2 + 2 jitter
 *
 * The loss term is the score that mediasoup gives in SFU rooms, so that both kinds of room mean the same by a quality.
 */
export function streamScore({ lossRate, roundTripTime = 0, jitter = 0, frozen = 0 }: StreamHealth): number {
  const delivered = 10 * (1 - lossRate) ** 4;
  const score = delivered - delayCost(roundTripTime / 2 + 2 * jitter) - 10 * frozen;
  return Math.min(10, Math.max(1, score));
}
