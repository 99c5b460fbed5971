import type { Playback } from '../devices/Playback.js';
import type { Platform } from '../platform.js';
import type { TrackKind } from '../types.js';

interface AttachmentsOptions {
  readonly kind: TrackKind;
  readonly platform: Pick<Platform, 'createMediaElement' | 'createMediaStream' | 'timer'>;
  /** Present for what others send. One's own tracks are shown, never heard. */
  readonly playback: Playback | undefined;
}

/** Milliseconds for which former media has to live on after `setMedia`, so that nobody hears or sees the change. */
export const CHANGE_OVER = 250;

const asStream = (object: MediaProvider | null): MediaStream | undefined =>
  object !== null && 'getTracks' in object ? object : undefined;

/**
 * The elements that show one track. Its media may change while they are attached: it is swapped inside their
 * stream, so that nothing flickers. Several tracks may share an element.
 */
export class Attachments {
  readonly #elements = new Map<HTMLMediaElement, MediaStreamTrack | undefined>();
  #media: MediaStreamTrack | undefined;
  #volume = 1;

  constructor(private readonly options: AttachmentsOptions) {}

  get elements(): readonly HTMLMediaElement[] {
    return [...this.#elements.keys()];
  }

  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = Math.min(1, Math.max(0, volume));
    if (this.options.kind === 'audio')
      for (const element of this.#elements.keys()) element.volume = this.#volume;
  }

  attach(element = this.options.platform.createMediaElement(this.options.kind)): HTMLMediaElement {
    if (!this.#elements.has(element)) this.#elements.set(element, undefined);
    element.autoplay = true;
    if ('playsInline' in element) element.playsInline = true;
    if (this.#audible) {
      element.muted = false;
      element.volume = this.#volume;
    } else if (!hasAudio(element)) {
      element.muted = true;
    }
    this.#show(element);
    return element;
  }

  detach(element?: HTMLMediaElement): HTMLMediaElement[] {
    const elements = element ? [element].filter((each) => this.#elements.has(each)) : this.elements;
    for (const each of elements) {
      const shown = this.#elements.get(each);
      this.#elements.delete(each);
      this.options.playback?.remove(each);
      const stream = asStream(each.srcObject);
      if (shown) stream?.removeTrack(shown);
      if (stream?.getTracks().length === 0) each.srcObject = null;
      else if (shown && this.#isHeard(shown)) void this.#playSilently(each, [shown]).then(release);
    }
    return [...elements];
  }

  /**
   * The media inside is now `media`, which should flow already if there was some before; and that should go on for
   * `CHANGE_OVER`. Undefined leaves the last frame standing until there is some again.
   */
  setMedia(media: MediaStreamTrack | undefined): void {
    this.#media = media;
    if (!media) return;
    for (const [element, former] of this.#elements) {
      if (former && former !== media && this.#isHeard(former)) void this.#takeOver(element, media, former);
      else this.#show(element);
    }
  }

  get #audible(): boolean {
    return this.options.kind === 'audio' && this.options.playback !== undefined;
  }

  #isHeard(track: MediaStreamTrack): boolean {
    return this.#audible && track.readyState === 'live';
  }

  async #takeOver(
    element: HTMLMediaElement,
    media: MediaStreamTrack,
    former: MediaStreamTrack,
  ): Promise<void> {
    const helper = await this.#playSilently(element, [media, former]);
    // It may be detached by now, or have been given something newer.
    if (this.#media === media && this.#elements.has(element)) {
      this.#show(element);
      await this.#inTime(element.play());
    }
    release(helper);
  }

  /**
   * In Chromium, what is taken out of a stream stays audible until an element that has it stops, and the speaker takes
   * 30 ms to open again once nothing plays on it. A helper on the speaker of `element` solves both.
   */
  async #playSilently(element: HTMLMediaElement, tracks: MediaStreamTrack[]): Promise<HTMLMediaElement> {
    const { platform } = this.options;
    const helper = platform.createMediaElement('audio');
    helper.muted = true;
    helper.srcObject = platform.createMediaStream(tracks);
    const start = async () => {
      if (element.sinkId) await helper.setSinkId(element.sinkId);
      await helper.play();
    };
    await this.#inTime(start());
    return helper;
  }

  /** Resolves when that has ended, well or not, or has taken too long. */
  #inTime(work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.options.platform.timer(resolve, CHANGE_OVER);
      const ended = () => {
        callOff();
        resolve();
      };
      work.then(ended, ended);
    });
  }

  #show(element: HTMLMediaElement): void {
    const shown = this.#elements.get(element);
    const media = this.#media;
    const stream = asStream(element.srcObject) ?? this.options.platform.createMediaStream([]);
    if (media && shown !== media) {
      exchange(stream, shown, media);
      this.#elements.set(element, media);
    }
    if (element.srcObject !== stream) element.srcObject = stream;
    if (this.#audible) this.options.playback?.add(element);
    // Muted elements may always play; an AbortError only says that the stream changed again.
    else void element.play().catch(() => undefined);
  }
}

/**
 * Firefox shows nothing for a frame when the last video track goes, even if another comes in the same breath: a copy of
 * the former one stays until the new one is there. It may not be a copy of the new one, which would then be shown itself.
 */
function exchange(stream: MediaStream, former: MediaStreamTrack | undefined, media: MediaStreamTrack): void {
  const copy = former?.kind === 'video' && former.readyState === 'live' ? former.clone() : undefined;
  if (copy) stream.addTrack(copy);
  if (former) stream.removeTrack(former);
  stream.addTrack(media);
  if (!copy) return;
  stream.removeTrack(copy);
  copy.stop();
}

const release = (element: HTMLMediaElement): void => {
  element.srcObject = null;
};

const hasAudio = (element: HTMLMediaElement): boolean =>
  asStream(element.srcObject)
    ?.getTracks()
    .some((track) => track.kind === 'audio') ?? false;
