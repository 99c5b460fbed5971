import type { MediaDriver } from '../drivers/MediaDriver.js';
import { toParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { TrackPublishOptions } from '../options.js';
import type { TrackStats } from '../stats/types.js';
import type { LocalTrack, TrackSink } from '../tracks/LocalTrack.js';
import { LocalTrackPublication } from './LocalTrackPublication.js';

export interface LocalPublicationsOptions {
  readonly logger: Logger;
  readonly newId: () => string;
  readonly getStats: (producerId: string) => Promise<TrackStats | undefined>;
  readonly onPublished: (publication: LocalTrackPublication) => void;
  /** Only for publications that were announced. */
  readonly onUnpublished: (publication: LocalTrackPublication) => void;
  readonly onFailed: (publication: LocalTrackPublication, error: ReturnType<typeof toParlorError>) => void;
  readonly onMuted: (publication: LocalTrackPublication) => void;
  readonly onEnded: (publication: LocalTrackPublication) => void;
}

/**
 * What this page publishes, connected or not. Tracks wait here for the join, and go out again, as they are, after
 * a reconnect: nothing is captured twice.
 */
export class LocalPublications {
  readonly byId = new Map<string, LocalTrackPublication>();
  readonly #release = new Map<LocalTrackPublication, () => void>();
  /** Muted with their device closed: there is nothing to send until they are unmuted. */
  readonly #asleep = new Set<LocalTrackPublication>();
  #driver: MediaDriver | undefined;

  constructor(private readonly options: LocalPublicationsOptions) {}

  /** The media path is up: everything goes out, in parallel. */
  attach(driver: MediaDriver): void {
    this.#driver = driver;
    for (const publication of this.byId.values()) {
      publication.producerId = undefined;
      this.#send(publication, driver).catch((error: unknown) => {
        this.options.logger.warn('publishing failed', publication.source, error);
      });
    }
  }

  /** The media path is gone: publications stay, queued. */
  detach(): void {
    this.#driver = undefined;
    for (const publication of this.byId.values()) publication.producerId = undefined;
  }

  of(track: LocalTrack | MediaStreamTrack): LocalTrackPublication | undefined {
    return [...this.byId.values()].find(
      (each) => each.track === track || each.track.mediaStreamTrack === track,
    );
  }

  /** Resolves when it is up, or queued while there is no connection. @throws ParlorError the server's refusal */
  async publish(track: LocalTrack, publishOptions: TrackPublishOptions): Promise<LocalTrackPublication> {
    const known = this.of(track);
    if (known) return known;
    const { newId, getStats } = this.options;
    const publication = new LocalTrackPublication({ id: newId(), track, options: publishOptions, getStats });
    this.byId.set(publication.id, publication);
    this.#watch(publication);
    if (this.#driver) await this.#send(publication, this.#driver);
    return publication;
  }

  async unpublish(publication: LocalTrackPublication): Promise<void> {
    const { producerId } = publication;
    this.#drop(publication);
    if (producerId === undefined || !this.#driver) return;
    try {
      await this.#driver.unpublish(producerId);
    } catch (error) {
      this.options.logger.warn('unpublishing failed', error);
    }
  }

  /** The server ended it. */
  lost(producerId: string): void {
    const publication = this.byProducer(producerId);
    if (!publication) return;
    publication.track.stop();
    this.#drop(publication);
  }

  byProducer(producerId: string): LocalTrackPublication | undefined {
    return [...this.byId.values()].find((publication) => publication.producerId === producerId);
  }

  clear(stopTracks: boolean): void {
    this.#driver = undefined;
    for (const publication of [...this.byId.values()]) {
      if (stopTracks) publication.track.stop();
      this.#drop(publication);
    }
  }

  async #send(publication: LocalTrackPublication, driver: MediaDriver): Promise<void> {
    const { track, options, kind, source, formerId } = publication;
    const { mediaStreamTrack, isMuted: muted } = track;
    const isAsleep = muted && mediaStreamTrack.readyState === 'ended';
    if (isAsleep) this.#asleep.add(publication);
    else this.#asleep.delete(publication);
    // What the room has known keeps its place.
    if (isAsleep && formerId === undefined) return;
    let producerId: string;
    try {
      producerId = await driver.publish({ mediaStreamTrack, kind, source, muted, options, formerId });
    } catch (error) {
      // The connection went, not the track: it is queued for the next one.
      if (isAsleep || driver !== this.#driver || !this.byId.has(publication.id)) return;
      const failure = toParlorError(error, 'PUBLISH_FAILED');
      this.#drop(publication);
      this.options.onFailed(publication, failure);
      throw failure;
    }
    if (driver !== this.#driver) return;
    if (!this.byId.has(publication.id)) {
      await driver.unpublish(producerId);
      return;
    }
    publication.producerId = publication.formerId = producerId;
    this.#asleep.delete(publication);
    const sink = this.#sink(publication);
    if (track.mediaStreamTrack !== mediaStreamTrack) await sink.replaceTrack(track.mediaStreamTrack);
    if (track.isMuted !== muted) await sink.setMuted(track.isMuted);
    if (publication.announced) return;
    publication.announced = true;
    this.options.onPublished(publication);
  }

  #watch(publication: LocalTrackPublication): void {
    const { track } = publication;
    const onMuted = () => {
      this.options.onMuted(publication);
    };
    const onEnded = () => {
      this.options.onEnded(publication);
    };
    track.setSink(this.#sink(publication));
    track.on('muted', onMuted).on('unmuted', onMuted).on('ended', onEnded);
    this.#release.set(publication, () => {
      track.off('muted', onMuted).off('unmuted', onMuted).off('ended', onEnded);
      track.setSink(undefined);
    });
  }

  #sink(publication: LocalTrackPublication): TrackSink {
    const tell = async (what: (driver: MediaDriver, producerId: string) => Promise<void>) => {
      const driver = this.#driver;
      if (!driver || publication.producerId === undefined) return;
      try {
        await what(driver, publication.producerId);
      } catch (error) {
        this.options.logger.warn('the change did not reach the server', error);
      }
    };
    return {
      replaceTrack: (media) => tell((driver, id) => driver.replaceTrack(id, media)),
      setMuted: async (muted) => {
        if (this.#driver && !muted && this.#asleep.has(publication))
          await this.#send(publication, this.#driver);
        else await tell((driver, id) => driver.setMuted(id, muted));
      },
    };
  }

  #drop(publication: LocalTrackPublication): void {
    if (!this.byId.delete(publication.id)) return;
    this.#asleep.delete(publication);
    this.#release.get(publication)?.();
    this.#release.delete(publication);
    publication.producerId = undefined;
    if (publication.announced) this.options.onUnpublished(publication);
  }
}
