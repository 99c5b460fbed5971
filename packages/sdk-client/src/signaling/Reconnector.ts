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

interface Loss {
  readonly cause: ParlorError;
  /** What the last run reached was nothing: this one goes on where that one stopped. */
  readonly inVain?: boolean;
}

/** Tries until it works, the server refuses for good, or the policy gives up. */
export class Reconnector {
  /** Where the last run stopped. */
  #last: { count: number; since: number } | undefined;

  constructor(private readonly options: ReconnectorOptions) {}

  /** As `run`, in the background: `gaveUp` hears of the last failure, unless it was called off. */
  start(attempt: () => Promise<void>, loss: Loss, gaveUp: (error: ParlorError) => void): void {
    this.run(attempt, loss).catch((error: unknown) => {
      if (!this.options.signal.aborted) gaveUp(toParlorError(error, 'CONNECTION_LOST'));
    });
  }

  /** @throws ParlorError the last failure, or `CANCELLED` */
  async run(attempt: () => Promise<void>, { cause, inVain = false }: Loss): Promise<void> {
    const { platform, policy, logger, signal } = this.options;
    const { count: first, since } = (inVain && this.#last) || { count: 0, since: platform.now() };
    let error = cause;
    for (let count = first; ; count++) {
      const context = { attempt: count, elapsed: platform.now() - since, error, random: platform.random() };
      const delay = policy.nextDelay(context);
      if (delay === null) throw error;
      await this.#wait(delay);
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Reconnecting was called off.');
      try {
        await attempt();
        this.#last = { count: count + 1, since };
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
