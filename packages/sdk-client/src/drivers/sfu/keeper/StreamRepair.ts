import type { DriverContext } from '../../MediaDriver.js';
import { QUIET_LIMIT } from '../../stall.js';
import type { SfuPath } from '../SfuDriver.js';
import type { Missing } from './streams.js';

/** Milliseconds until another consumer is asked for. This and the next count double after each attempt in vain. */
export const ANEW_AFTER = 5000;
/** Milliseconds until a key frame is asked for. */
const ASK_AFTER = QUIET_LIMIT;

/** How often each was tried since the video stopped. */
interface Tried {
  readonly asked: number;
  readonly anew: number;
}

const NOTHING: Tried = { asked: 0, anew: 0 };

/**
 * Wakes a single video that does not come while its path lives, which no repair of the path would do: its consumer waits
 * for a key frame and the requests for it were lost, or it has got stuck on the server.
 */
export class StreamRepair {
  readonly #tried = new Map<string, Tried>();

  constructor(private readonly options: { readonly context: DriverContext; readonly path: SfuPath }) {}

  look(missing: ReadonlyMap<string, Missing>): void {
    for (const producerId of this.#tried.keys()) if (!missing.has(producerId)) this.#tried.delete(producerId);
    for (const [producerId, { since, isTold }] of missing) {
      const { asked, anew } = this.#tried.get(producerId) ?? NOTHING;
      if (isTold && since >= ANEW_AFTER * 2 ** anew) {
        this.#tried.set(producerId, { asked, anew: anew + 1 });
        void this.#attempt('newConsumer', producerId);
      } else if (since >= ASK_AFTER * 2 ** asked) {
        this.#tried.set(producerId, { asked: asked + 1, anew });
        void this.#attempt('keyFrame', producerId);
      }
    }
  }

  async #attempt(step: 'keyFrame' | 'newConsumer', producerId: string): Promise<void> {
    const { context, path } = this.options;
    context.logger.info('stream repair', step, producerId);
    try {
      if (step === 'keyFrame') await path.receiver.requestKeyFrame(producerId);
      else await path.receiver.anew(producerId);
    } catch (error) {
      context.logger.debug('stream repair', step, producerId, error);
    }
  }
}
