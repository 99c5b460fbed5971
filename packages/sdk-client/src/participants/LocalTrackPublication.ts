import type { TrackPublishOptions } from '../options.js';
import type { TrackStats } from '../stats/types.js';
import type { LocalTrack } from '../tracks/LocalTrack.js';
import type * as api from '../types.js';

export interface LocalTrackPublicationInit {
  readonly id: string;
  readonly track: LocalTrack;
  readonly options: TrackPublishOptions;
  readonly getStats: (producerId: string) => Promise<TrackStats | undefined>;
}

/** One published, or queued, track of this page. */
export class LocalTrackPublication implements api.LocalTrackPublication {
  readonly id: string;
  readonly track: LocalTrack;
  readonly options: TrackPublishOptions;
  /** The server's id while the track is up. */
  producerId: string | undefined;
  /** The last of those ids: the track goes out under it again where the server can tell that it may. */
  formerId: string | undefined;
  /** Whether the app was told that it is published: a reconnect is no news. */
  announced = false;

  constructor(private readonly init: LocalTrackPublicationInit) {
    this.id = init.id;
    this.track = init.track;
    this.options = init.options;
  }

  get kind(): api.TrackKind {
    return this.track.kind;
  }

  get source(): api.TrackSource {
    return this.options.source ?? this.track.source;
  }

  get name(): string | undefined {
    return this.options.name;
  }

  get isMuted(): boolean {
    return this.track.isMuted;
  }

  get isPublished(): boolean {
    return this.producerId !== undefined;
  }

  mute(): Promise<void> {
    return this.track.mute();
  }

  unmute(): Promise<void> {
    return this.track.unmute();
  }

  async getStats(): Promise<TrackStats | undefined> {
    return this.producerId === undefined ? undefined : await this.init.getStats(this.producerId);
  }
}
