import type { RoomLike, Track } from '@parlor/sdk-client';
import { signal, type ReadonlySignal } from '@preact/signals';
import { FrameGap, type GapReading } from './FrameGap.js';

export interface VideoReading extends GapReading {
  /** Of the publication. */
  readonly id: string;
  readonly name: string;
  readonly source: string;
}

interface Watched {
  readonly gap: FrameGap;
  element: HTMLVideoElement | undefined;
}

/** Milliseconds between two looks at which videos there are. */
const LOOK = 250;

const elementOf = (track: Track | undefined): HTMLVideoElement | undefined =>
  track?.attachedElements.find((element) => element instanceof HTMLVideoElement);

/** Measures the gaps between pictures that are shown of every remote video, for as long as the page lives. */
export class VideoWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #readings = signal<readonly VideoReading[]>([]);

  constructor(private readonly room: RoomLike) {
    setInterval(() => {
      this.#look();
    }, LOOK);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) for (const { gap } of this.#watched.values()) gap.pause();
    });
  }

  get readings(): ReadonlySignal<readonly VideoReading[]> {
    return this.#readings;
  }

  reset(): void {
    const now = performance.now();
    for (const { gap } of this.#watched.values()) gap.reset(now);
    this.#look();
  }

  #look(): void {
    const now = performance.now();
    const readings = this.#videos().map(({ id, name, source, element }): VideoReading => {
      const watched = this.#watch(id, element);
      return { id, name, source, ...watched.gap.read(now) };
    });
    const ids = new Set(readings.map(({ id }) => id));
    for (const id of [...this.#watched.keys()]) if (!ids.has(id)) this.#forget(id);
    this.#readings.value = readings;
  }

  #videos() {
    return [...this.room.remoteParticipants.values()].flatMap(({ name, identity, trackPublications }) =>
      [...trackPublications.values()]
        .filter(({ kind }) => kind === 'video')
        .map(({ id, source, isMuted, track }) => ({
          id,
          source,
          name: name === '' ? identity : name,
          element: isMuted ? undefined : elementOf(track),
        })),
    );
  }

  #watch(id: string, element: HTMLVideoElement | undefined): Watched {
    let watched = this.#watched.get(id);
    if (!watched) this.#watched.set(id, (watched = { gap: new FrameGap(), element: undefined }));
    if (watched.element !== element) {
      // Another element begins with a picture of its own.
      watched.gap.pause();
      watched.element = element;
      if (element) this.#follow(watched, element);
    }
    return watched;
  }

  #follow(watched: Watched, element: HTMLVideoElement): void {
    element.requestVideoFrameCallback((_now, { presentationTime }) => {
      if (watched.element !== element) return;
      watched.gap.frame(presentationTime);
      this.#follow(watched, element);
    });
  }

  #forget(id: string): void {
    const watched = this.#watched.get(id);
    if (watched) watched.element = undefined;
    this.#watched.delete(id);
  }
}
