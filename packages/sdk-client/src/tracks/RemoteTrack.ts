import type { Playback } from '../devices/Playback.js';
import type { Platform } from '../platform.js';
import type * as api from '../types.js';
import { Attachments } from './Attachments.js';

export interface RemoteTrackInit {
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly platform: Platform;
  readonly playback: Playback;
  readonly isMuted: () => boolean;
}

/** What somebody else sends. Its media may be swapped by a reconnect or a change of topology; the object stays. */
export class RemoteTrack implements api.RemoteTrack {
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly #attachments: Attachments;
  #media: MediaStreamTrack | undefined;

  constructor(private readonly init: RemoteTrackInit) {
    this.kind = init.kind;
    this.source = init.source;
    this.#attachments = new Attachments(init);
  }

  get mediaStreamTrack(): MediaStreamTrack | undefined {
    return this.#media;
  }

  get isMuted(): boolean {
    return this.init.isMuted();
  }

  get attachedElements(): readonly HTMLMediaElement[] {
    return this.#attachments.elements;
  }

  attach(): HTMLMediaElement;
  attach<T extends HTMLMediaElement>(element: T): T;
  attach(element?: HTMLMediaElement): HTMLMediaElement {
    return this.#attachments.attach(element);
  }

  detach(element?: HTMLMediaElement): HTMLMediaElement[] {
    return this.#attachments.detach(element);
  }

  setVolume(volume: number): void {
    this.#attachments.volume = volume;
  }

  getVolume(): number {
    return this.#attachments.volume;
  }

  /**
   * Attached elements change over without a break if `media` flows already (frames are decoded, packets arrive) and the
   * former goes on for another `CHANGE_OVER` milliseconds.
   */
  setMedia(media: MediaStreamTrack | undefined): void {
    this.#media = media;
    this.#attachments.setMedia(media);
  }
}
