import type { ParlorError } from '../errors.js';

export interface ReconnectContext {
  /** 0 for the first attempt after a loss. Goes on counting over joins whose media path never came up. */
  readonly attempt: number;
  /** Milliseconds since the connection was lost, over such joins too. */
  readonly elapsed: number;
  /** What went wrong last. */
  readonly error: ParlorError;
  /** 0 up to 1, for jitter. */
  readonly random: number;
}

export interface ReconnectPolicy {
  /** Milliseconds to wait before the next attempt; null gives up, and the room disconnects. */
  nextDelay(context: ReconnectContext): number | null;
}

const BASE = 300;
const LONGEST = 10_000;

/** Spreads those who were sent away by a server that ends: all of them at once, and another one may be there already. */
const SENT_AWAY = 1000;

/**
 * At once, then 0.3 s doubling up to 10 s, each spread over its upper half so that the clients of a restarted
 * server do not come back in step. Never gives up: the user closes the page when it is enough.
 */
export const defaultReconnectPolicy: ReconnectPolicy = {
  nextDelay({ attempt, random, error }) {
    if (attempt === 0) return error.code === 'SERVER_CLOSING' ? Math.round(SENT_AWAY * random) : 0;
    const full = Math.min(LONGEST, BASE * 2 ** (attempt - 1));
    return Math.round(full * (0.5 + random / 2));
  },
};
