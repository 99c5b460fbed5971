import type { Playback } from '../devices/Playback.js';
import type { Platform } from '../platform.js';
import type { TrackKind } from '../types.js';

interface AttachmentsOptions {
  readonly kind: TrackKind;
  readonly platform: Pick<Platform, 'createMediaElement' | 'createMediaStream'>;
  /** Present for what others send. One's own tracks are shown, never heard. */
  readonly playback: Playback | undefined;
}

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
    }
    return [...elements];
  }

  /** The media inside is now `media`. Undefined leaves the last frame standing until there is some again. */
  setMedia(media: MediaStreamTrack | undefined): void {
    this.#media = media;
    if (media) for (const element of this.#elements.keys()) this.#show(element);
  }

  get #audible(): boolean {
    return this.options.kind === 'audio' && this.options.playback !== undefined;
  }

  #show(element: HTMLMediaElement): void {
    const shown = this.#elements.get(element);
    const media = this.#media;
    const stream = asStream(element.srcObject) ?? this.options.platform.createMediaStream([]);
    if (media && shown !== media) {
      if (shown) stream.removeTrack(shown);
      stream.addTrack(media);
      this.#elements.set(element, media);
    }
    if (element.srcObject !== stream) element.srcObject = stream;
    if (this.#audible) this.options.playback?.add(element);
    // Muted elements may always play; an AbortError only says that the stream changed again.
    else void element.play().catch(() => undefined);
  }
}

const hasAudio = (element: HTMLMediaElement): boolean =>
  asStream(element.srcObject)
    ?.getTracks()
    .some((track) => track.kind === 'audio') ?? false;
