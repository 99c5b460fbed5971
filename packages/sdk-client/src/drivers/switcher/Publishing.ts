import type { ProtooAnswers } from '@parlor/protocol';
import { ParlorError, toParlorError } from '../../errors.js';
import { isGone } from '../isGone.js';
import type { DriverContext, MediaDriver, PublishRequest } from '../MediaDriver.js';
import type { Path } from './Path.js';

export interface PublishingOptions {
  readonly context: DriverContext;
  /** The newest last: new publications go there. */
  readonly paths: () => readonly Path[];
}

/** Milliseconds in which the server names another path when the present one has just ended. */
const PATIENCE = 5000;

/** What this page publishes, as it is now, on all paths that there are. */
export class Publishing {
  readonly all = new Map<string, PublishRequest>();
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly options: PublishingOptions) {}

  async publish(request: PublishRequest): Promise<string> {
    this.#underWay += 1;
    try {
      return await this.#publish(request);
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Everything that has to be on a path is. */
  isOn(path: Path): boolean {
    if (this.#underWay > 0) return false;
    return [...this.all].every(([id, request]) => path.sent.has(id) || !path.carries(request));
  }

  async unpublish(producerId: string): Promise<void> {
    this.#get(producerId);
    this.all.delete(producerId);
    const [carrier] = this.carriers(producerId);
    for (const path of this.options.paths())
      if (path !== carrier && path.sent.has(producerId)) path.hear('producerClosed', { producerId });
    if (!carrier) await this.options.context.request('closeProducer', { producerId });
    else {
      carrier.sent.delete(producerId);
      await carrier.driver.unpublish(producerId);
    }
  }

  async replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    this.all.set(producerId, { ...this.#get(producerId), mediaStreamTrack });
    await this.#everywhere(producerId, (driver) => driver.replaceTrack(producerId, mediaStreamTrack));
    // There is something to send again, maybe.
    this.#current.align();
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    this.all.set(producerId, { ...this.#get(producerId), muted });
    if (this.carriers(producerId).length > 0)
      await this.#everywhere(producerId, (driver) => driver.setMuted(producerId, muted));
    else await this.options.context.request(muted ? 'pauseProducer' : 'resumeProducer', { producerId });
  }

  /** There is another path, or there are none any more. */
  pathsChanged(): void {
    for (const go of [...this.#waiting]) go();
  }

  /** Paths that carry it, the newest first. */
  carriers(producerId: string): Path[] {
    return this.options
      .paths()
      .filter(({ sent, isDead }) => !isDead && sent.has(producerId))
      .reverse();
  }

  async #publish(request: PublishRequest): Promise<string> {
    for (;;) {
      const path = this.#current;
      try {
        const producerId = await (path.carries(request) ? path.publish(request) : this.#reserve(request));
        this.all.set(producerId, request);
        // The room has moved on meanwhile.
        this.#current.align();
        return producerId;
      } catch (error) {
        if (path !== this.#current) continue;
        if (isGone(toParlorError(error, 'PUBLISH_FAILED'))) await this.#change();
        if (path === this.#current) throw error;
      }
    }
  }

  /** Keeps the place of what has nothing to send now: its device is closed. */
  async #reserve({ kind, source, formerId, options: { name } }: PublishRequest): Promise<string> {
    const appData = { source, ...(name === undefined ? {} : { name }) };
    const data = { kind, appData, formerId, paused: true };
    return ((await this.options.context.request('produce', data)) as ProtooAnswers['produce']).producerId;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        stop();
        this.#waiting.delete(go);
        resolve();
      };
      const stop = this.options.context.platform.timer(go, PATIENCE);
      this.#waiting.add(go);
    });
  }

  /** @throws ParlorError `NOT_CONNECTED` */
  get #current(): Path {
    const current = this.options.paths().at(-1);
    if (current) return current;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path now.');
  }

  /** Only on the newest path a failure matters. */
  async #everywhere(producerId: string, work: (driver: MediaDriver) => Promise<void>): Promise<void> {
    await Promise.all(
      this.carriers(producerId).map(async (path) => {
        try {
          await work(path.driver);
        } catch (error) {
          if (path === this.options.paths().at(-1)) throw error;
          this.options.context.logger.debug('former media path', error);
        }
      }),
    );
  }

  /** @throws ParlorError `TRACK_NOT_PUBLISHED` */
  #get(producerId: string): PublishRequest {
    const request = this.all.get(producerId);
    if (request) return request;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published any more.');
  }
}
