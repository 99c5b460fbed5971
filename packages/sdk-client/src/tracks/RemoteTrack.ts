import type { Playback } from '../devices/Playback.js';
import type { AttachOptions } from '../options.js';
import type { Platform } from '../platform.js';
import type * as api from '../types.js';
import { Attachments } from './Attachments.js';

export interface RemoteTrackInit {
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly platform: Platform;
  readonly playback: Playback;
  readonly isMuted: () => boolean;
  /** An element shows it, and adapts what is received or not; undefined: it shows it no longer. */
  readonly onElement?: (element: HTMLMediaElement, adaptive: boolean | undefined) => void;
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

  attach(element?: undefined, options?: AttachOptions): HTMLMediaElement;
  attach<T extends HTMLMediaElement>(element: T, options?: AttachOptions): T;
  attach(element?: HTMLMediaElement, { adaptive = true }: AttachOptions = {}): HTMLMediaElement {
    const attached = this.#attachments.attach(element);
    this.init.onElement?.(attached, adaptive);
    return attached;
  }

  detach(element?: HTMLMediaElement): HTMLMediaElement[] {
    const detached = this.#attachments.detach(element);
    for (const each of detached) this.init.onElement?.(each, undefined);
    return detached;
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
