import type { RemoteTrack } from '../../src/index.js';
import { begins, look, type Rgb } from './colours.js';
import { listen, type Heard } from './tones.js';

/** Milliseconds between two moments of listening: an analyser looks back over 85. */
const LISTENING = 50;
/** Milliseconds in which an analyser that is new hears something: it begins with silence to look back on. */
const WARMING_UP = 1000;
/** Decibels of full scale. */
const AUDIBLE = -60;

/** Sees and hears all that elements show and play of somebody, from the first frame on. */
export class Witness {
  /** Each frame that was presented: when (milliseconds of `performance.now`), and its colour. */
  readonly frames: { at: number; seen: Rgb }[] = [];
  readonly sounds: Heard[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(video: RemoteTrack, audio: RemoteTrack) {
    const element = document.createElement('video');
    document.body.append(element, audio.attach());
    video.attach(element);
    const frame = (at: number) => {
      this.frames.push({ at, seen: look(element) });
      element.requestVideoFrameCallback(frame);
    };
    void begins(element).then(() => element.requestVideoFrameCallback(frame));
    let former: MediaStreamTrack | undefined;
    let isNewUntil = 0;
    this.#timer = setInterval(() => {
      const media = audio.mediaStreamTrack;
      if (!media) return;
      if (media !== former) isNewUntil = performance.now() + WARMING_UP;
      former = media;
      const heard = listen(media);
      if (heard.level < AUDIBLE && performance.now() < isNewUntil) return;
      isNewUntil = 0;
      this.sounds.push(heard);
    }, LISTENING);
  }

  /** The longest time without a frame, milliseconds. */
  get longestGap(): number {
    return Math.max(...this.frames.map(({ at }, index) => at - (this.frames[index - 1]?.at ?? at)));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
