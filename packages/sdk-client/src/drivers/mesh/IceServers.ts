import type { Logger } from '../../logger.js';
import type { Platform } from '../../platform.js';
import { isRelay } from '../relay.js';

/** Milliseconds for which they are good enough for a repair: connections that break together ask once. */
export const REPAIR_AGE = 10_000;
/** The same for a connection that begins: nothing has failed, and what is probably good costs no round trip. */
export const BEGIN_AGE = 600_000;

export interface IceServersOptions {
  readonly platform: Pick<Platform, 'now'>;
  readonly logger: Logger;
  readonly ask: () => Promise<readonly RTCIceServer[]>;
}

/** ICE servers of a mesh. Credentials for TURN expire, and connections begin and break long after the join. */
export class IceServers {
  #known: readonly RTCIceServer[];
  #knownSince: number;
  #asking: Promise<void> | undefined;

  constructor(
    joined: readonly RTCIceServer[],
    private readonly options: IceServersOptions,
  ) {
    this.#known = joined;
    this.#knownSince = options.platform.now();
  }

  get known(): readonly RTCIceServer[] {
    return this.#known;
  }

  get hasRelay(): boolean {
    return this.#known.some(isRelay);
  }

  /**
   * Asks for new ones where those that are known are older than `age` milliseconds. Undefined: they are not, or have
   * nothing that expires. Where the server gives none, the former ones stay.
   */
  renew(age: number): Promise<void> | undefined {
    const { now } = this.options.platform;
    if (!this.#asking && this.hasRelay && now() - this.#knownSince >= age)
      this.#asking = this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { platform, logger, ask } = this.options;
    try {
      this.#known = await ask();
      this.#knownSince = platform.now();
    } catch (error) {
      logger.info('no new ICE servers', error);
    }
  }
}
