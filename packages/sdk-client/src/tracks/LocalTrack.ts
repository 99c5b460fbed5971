import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import type { AudioCaptureOptions, VideoCaptureOptions } from '../options.js';
import type { Platform } from '../platform.js';
import { SerialQueue } from '../SerialQueue.js';
import type * as api from '../types.js';
import { Attachments } from './Attachments.js';

export type CaptureOptions = AudioCaptureOptions & VideoCaptureOptions;

/** Opens the device again. */
export type Recapture = (options: CaptureOptions) => Promise<MediaStreamTrack>;

/** Where a published track's changes go. Neither method rejects: a lost connection is repaired elsewhere. */
export interface TrackSink {
  replaceTrack(media: MediaStreamTrack): Promise<void>;
  setMuted(muted: boolean): Promise<void>;
}

export interface LocalTrackInit {
  readonly mediaStreamTrack: MediaStreamTrack;
  readonly source: api.TrackSource;
  readonly platform: Platform;
  /** Absent for media that the app made itself. */
  readonly recapture?: Recapture;
  readonly options?: CaptureOptions;
}

/** What this page sends, or may send: works without a room, for a preview. */
export class LocalTrack extends Emitter<api.LocalTrackEvents> implements api.LocalTrack {
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly #attachments: Attachments;
  readonly #queue = new SerialQueue();
  #media: MediaStreamTrack;
  /** The device behind `#media` when the app has put a processed track in front of it. */
  #captured: MediaStreamTrack | undefined;
  #watched: MediaStreamTrack | undefined;
  #recapture: Recapture | undefined;
  #options: CaptureOptions;
  #sink: TrackSink | undefined;
  #muted = false;
  #stopped = false;

  constructor(init: LocalTrackInit) {
    super();
    this.#media = init.mediaStreamTrack;
    this.kind = this.#media.kind === 'audio' ? 'audio' : 'video';
    this.source = init.source;
    this.#recapture = init.recapture;
    this.#options = init.options ?? {};
    this.#attachments = new Attachments({ kind: this.kind, platform: init.platform, playback: undefined });
    this.#use(this.#media);
  }

  get mediaStreamTrack(): MediaStreamTrack {
    return this.#media;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  /** Whether the device can be opened again. */
  get canRestart(): boolean {
    return this.#recapture !== undefined;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  get deviceId(): string | undefined {
    return this.#media.getSettings().deviceId;
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

  /** Published, or not any more. Media of the app is watched only while it is published. */
  setSink(sink: TrackSink | undefined): void {
    this.#sink = sink;
    if (sink) this.#watch(this.#media);
    else if (!this.#recapture) this.#unwatch(this.#media);
  }

  mute(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#muted) return;
      this.#muted = true;
      this.#media.enabled = false;
      if (this.#closesOnMute) this.#release();
      this.emit('muted');
      await this.#sink?.setMuted(true);
    });
  }

  unmute(): Promise<void> {
    return this.#queue.run(async () => {
      if (!this.#muted) return;
      if (this.#media.readyState === 'ended') await this.#reopen(this.#options);
      this.#muted = false;
      this.#media.enabled = true;
      this.emit('unmuted');
      await this.#sink?.setMuted(false);
    });
  }

  restart(options: CaptureOptions = {}): Promise<void> {
    return this.#queue.run(async () => {
      const next = { ...this.#options, ...options };
      // A muted camera stays off; it will open with these options.
      if (this.#muted && this.#closesOnMute) {
        this.#options = next;
        return;
      }
      const before = this.#options;
      // Phones and some drivers cannot open a second device while the first is open.
      this.#release();
      try {
        await this.#reopen(next);
      } catch (error) {
        if (before.deviceId !== next.deviceId) await this.#reopen(before).catch(() => undefined);
        throw error;
      }
      this.#options = next;
    });
  }

  replaceTrack(media: MediaStreamTrack): Promise<void> {
    return this.#queue.run(async () => {
      this.#captured ??= this.#media;
      this.#recapture = undefined;
      await this.#swap(media);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#release();
    this.#captured?.stop();
  }

  get #closesOnMute(): boolean {
    return this.#recapture !== undefined && (this.#options.stopOnMute ?? this.source === 'camera');
  }

  /** @throws ParlorError with a device code, or `TRACK_ENDED` when the app made the media */
  async #reopen(options: CaptureOptions): Promise<void> {
    if (!this.#recapture || this.#stopped) {
      throw new ParlorError('TRACK_ENDED', 'This track has ended. Capture and publish a new one.');
    }
    const media = await this.#recapture(options);
    // `stop()` may have come while the device opened: its light must go off.
    if (this.isStopped) {
      media.stop();
      throw new ParlorError('TRACK_ENDED', 'The track was stopped meanwhile.');
    }
    await this.#swap(media);
  }

  async #swap(media: MediaStreamTrack): Promise<void> {
    this.#unwatch(this.#media);
    this.#use(media);
    await this.#sink?.replaceTrack(media);
    this.emit('restarted');
  }

  #use(media: MediaStreamTrack): void {
    this.#media = media;
    media.enabled = !this.#muted;
    if (this.#recapture || this.#sink) this.#watch(media);
    this.#attachments.setMedia(media);
  }

  #watch(media: MediaStreamTrack): void {
    this.#unwatch(media);
    this.#watched = media;
    media.addEventListener('ended', this.#onEnded);
  }

  #unwatch(media: MediaStreamTrack): void {
    if (this.#watched !== media) return;
    this.#watched = undefined;
    media.removeEventListener('ended', this.#onEnded);
  }

  #release(): void {
    this.#unwatch(this.#media);
    this.#media.stop();
  }

  readonly #onEnded = (): void => {
    this.emit('ended');
  };
}
