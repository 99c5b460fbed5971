import { ParlorError } from '../errors.js';
import type { Platform } from '../platform.js';

interface TimeLimit {
  readonly platform: Pick<Platform, 'timer'>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Calls it off. */
  readonly signal: AbortSignal;
}

/**
 * One try to connect, which is told by its signal when to give up.
 *
 * @throws ParlorError `CONNECT_TIMEOUT`, `CANCELLED`, or what the try fails with
 */
export async function withinTime(
  { platform, timeout, signal }: TimeLimit,
  connect: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const attempt = new AbortController();
  const abort = () => {
    attempt.abort();
  };
  signal.addEventListener('abort', abort);
  let timedOut = false;
  const stopTimer = platform.timer(() => {
    timedOut = true;
    abort();
  }, timeout);
  try {
    if (signal.aborted) abort();
    await Promise.race([connect(attempt.signal), rejectOnAbort(attempt.signal)]);
  } catch (error) {
    if (!timedOut) throw error;
    const message = `Not connected after ${String(timeout / 1000)} s. Check the address and the network.`;
    throw new ParlorError('CONNECT_TIMEOUT', message, { cause: error });
  } finally {
    stopTimer();
    signal.removeEventListener('abort', abort);
  }
}

/** For what does not look at its signal in time. */
const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const onAbort = () => {
      reject(new ParlorError('CANCELLED', 'Connecting was called off.'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
