import type { MediaDriver, SubscribeOptions, SubscribeResult } from '../drivers/MediaDriver.js';
import { toParlorError, type ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import type { TrackStats } from '../stats/types.js';
import type { RemoteTrackPublication, SubscriptionControl } from './RemoteTrackPublication.js';

interface SubscriptionsOptions {
  readonly platform: Pick<Platform, 'timer'>;
  readonly logger: Logger;
  /** Whatever is published is wanted, unless the app says otherwise. */
  readonly follow: boolean;
  /** Whether the publication is still there. */
  readonly isLive: (publication: RemoteTrackPublication) => boolean;
  readonly onMedia: (publication: RemoteTrackPublication, media: MediaStreamTrack) => void;
  readonly onEnd: (publication: RemoteTrackPublication) => void;
  readonly onFailed: (publication: RemoteTrackPublication, error: ParlorError) => void;
  readonly getStats: (producerId: string) => Promise<TrackStats | undefined>;
  /** Of those that are pinned others are now. */
  readonly onPinned: () => Promise<void>;
}

/** What is received has ended, with its path or connection, or by itself. */
const GONE: ReadonlySet<string> = new Set([
  'CONSUMER_NOT_FOUND',
  'TRANSPORT_NOT_FOUND',
  'PATH_GONE',
  'CONNECTION_LOST',
  'NOT_CONNECTED',
]);

/** Receives what is wanted, many with one request: what is announced in the same turn goes out together. */
export class Subscriptions implements SubscriptionControl {
  readonly #waiting = new Set<RemoteTrackPublication>();
  /** The first comes first. */
  readonly pinned = new Set<RemoteTrackPublication>();
  #driver: MediaDriver | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(private readonly options: SubscriptionsOptions) {}

  get getStats(): SubscriptionsOptions['getStats'] {
    return this.options.getStats;
  }

  /** The media path is up: everything that is wanted is asked for at once. */
  attach(driver: MediaDriver, publications: Iterable<RemoteTrackPublication>): void {
    this.#driver = driver;
    for (const publication of publications) if (publication.isDesired) this.#waiting.add(publication);
    this.#flush(this.options.follow ? { follow: true } : undefined);
  }

  detach(): void {
    this.#driver = undefined;
    this.#waiting.clear();
    this.#rest();
  }

  add(publication: RemoteTrackPublication): void {
    if (!this.#driver || !publication.isDesired) return;
    this.#waiting.add(publication);
    this.#stopTimer ??= this.options.platform.timer(() => {
      this.#stopTimer = undefined;
      this.#flush();
    }, 0);
  }

  remove(publication: RemoteTrackPublication): void {
    this.#waiting.delete(publication);
    if (this.#waiting.size === 0) this.#rest();
    this.#unsubscribe(publication.producer.producerId);
  }

  desiredChanged(publication: RemoteTrackPublication): void {
    if (publication.isDesired) {
      this.add(publication);
      return;
    }
    this.remove(publication);
    this.options.onEnd(publication);
  }

  /** There is other media of it than before, or some at last. */
  came(publication: RemoteTrackPublication, mediaStreamTrack: MediaStreamTrack): void {
    if (publication.isSubscribed) this.options.onMedia(publication, mediaStreamTrack);
    else this.#settle(publication, { producerId: publication.producer.producerId, mediaStreamTrack });
  }

  async setPinned(publication: RemoteTrackPublication, pinned: boolean): Promise<void> {
    this.pinned[pinned ? 'add' : 'delete'](publication);
    await this.options.onPinned();
  }

  setReceiving(publication: RemoteTrackPublication): Promise<void> {
    return this.#tell(publication, (driver, id) => driver.setReceiving(id, publication.isReceiving));
  }

  setLayers(publication: RemoteTrackPublication): Promise<void> {
    const { layers = { halvings: 0 } } = publication;
    return this.#tell(publication, (driver, id) => driver.setPreferredLayers(id, layers));
  }

  /** Its media comes with what is wished for it: when it is gone, the next one will. */
  async #tell(
    { isSubscribed, producer }: RemoteTrackPublication,
    wish: (driver: MediaDriver, producerId: string) => Promise<void>,
  ): Promise<void> {
    if (!isSubscribed || !this.#driver) return;
    try {
      await wish(this.#driver, producer.producerId);
    } catch (error) {
      const failure = toParlorError(error, 'SUBSCRIBE_FAILED');
      if (!GONE.has(failure.code)) throw failure;
      this.options.logger.debug('for the next media', producer.source, failure.code);
    }
  }

  #rest(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #flush(options?: SubscribeOptions): void {
    const driver = this.#driver;
    const publications = [...this.#waiting].filter((each) => each.isDesired && this.options.isLive(each));
    this.#waiting.clear();
    if (!driver || (publications.length === 0 && !options)) return;
    // From many browsers: who is slow to answer keeps nobody waiting.
    const batches = driver.topology === 'p2p' ? publications.map((each) => [each]) : [publications];
    if (batches.length === 0) batches.push([]);
    for (const batch of batches) void this.#subscribe(driver, batch, options);
  }

  async #subscribe(
    driver: MediaDriver,
    publications: readonly RemoteTrackPublication[],
    options: SubscribeOptions | undefined,
  ): Promise<void> {
    const asked = publications.map(({ producer }) => producer);
    const results = await driver.subscribe(asked, options).catch((error: unknown): SubscribeResult[] => {
      const failure = toParlorError(error, 'SUBSCRIBE_FAILED');
      return asked.map(({ producerId }) => ({ producerId, error: failure }));
    });
    // A driver that was replaced meanwhile has closed what it received.
    if (driver !== this.#driver) return;
    results.forEach((result, index) => {
      const publication = publications[index];
      if (publication) this.#settle(publication, result);
    });
  }

  #settle(publication: RemoteTrackPublication, result: SubscribeResult): void {
    const { isLive, logger, onMedia, onEnd, onFailed } = this.options;
    if ('error' in result) {
      // Gone before it could be received: its removal is on the way. Or not quite there yet: `came` will tell. Or given
      // up by the app meanwhile, which may want it again.
      const { code } = result.error;
      if (!isLive(publication) || code === 'PRODUCER_PENDING' || code === 'CANCELLED') return;
      logger.warn('subscribing failed', publication.source, code);
      onEnd(publication);
      onFailed(publication, result.error);
      return;
    }
    if (!isLive(publication) || !publication.isDesired) {
      this.#unsubscribe(result.producerId);
      return;
    }
    onMedia(publication, result.mediaStreamTrack);
    const restore = [
      publication.isReceiving ? undefined : this.setReceiving(publication),
      publication.layers && this.setLayers(publication),
    ];
    Promise.all(restore).catch((error: unknown) => {
      logger.warn('settings of a subscription were refused', error);
    });
  }

  #unsubscribe(producerId: string): void {
    this.#driver?.unsubscribe([producerId]).catch((error: unknown) => {
      this.options.logger.debug('unsubscribe', error);
    });
  }
}
