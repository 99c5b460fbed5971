import { ParlorError, toParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import { isFinal } from './finality.js';
import type { ReconnectPolicy } from './reconnectPolicy.js';

interface ReconnectorOptions {
  readonly platform: Pick<Platform, 'timer' | 'now' | 'random' | 'page'>;
  readonly policy: ReconnectPolicy;
  readonly logger: Logger;
  /** Ends waiting and trying. */
  readonly signal: AbortSignal;
}

/** Tries until it works, the server refuses for good, or the policy gives up. */
export class Reconnector {
  constructor(private readonly options: ReconnectorOptions) {}

  /** @throws ParlorError the last failure, or `CANCELLED` */
  async run(attempt: () => Promise<void>, cause: ParlorError): Promise<void> {
    const { platform, policy, logger, signal } = this.options;
    const since = platform.now();
    let error = cause;
    for (let count = 0; ; count++) {
      const context = { attempt: count, elapsed: platform.now() - since, error, random: platform.random() };
      const delay = policy.nextDelay(context);
      if (delay === null) throw error;
      await this.#wait(delay);
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Reconnecting was called off.');
      try {
        await attempt();
        return;
      } catch (failure) {
        error = toParlorError(failure, 'CONNECTION_LOST');
        logger.info('attempt to reconnect failed', count, error.code);
        if (isFinal(error)) throw error;
      }
    }
  }

  /** Shorter when the network or the page comes back: that is when an attempt has a chance. */
  #wait(delay: number): Promise<void> {
    const { platform, signal } = this.options;
    return new Promise((resolve) => {
      if (signal.aborted || delay <= 0) {
        resolve();
        return;
      }
      const stops: (() => void)[] = [];
      const done = () => {
        signal.removeEventListener('abort', done);
        for (const stop of stops) stop();
        resolve();
      };
      signal.addEventListener('abort', done);
      stops.push(
        platform.timer(done, delay),
        platform.page.on('online', done),
        platform.page.on('visible', done),
      );
    });
  }
}
