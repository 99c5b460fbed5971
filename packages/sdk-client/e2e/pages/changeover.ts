import { Playback } from '../../src/devices/Playback.js';
import { silentLogger } from '../../src/logger.js';
import { createPlatform } from '../../src/platform.js';
import { RemoteTrack } from '../../src/tracks/RemoteTrack.js';
import { begins, colourTrack, look, type Rgb } from './colours.js';
import { flows, loopback, type Received } from './loopback.js';
import { soundOfTab, type SoundOfTab } from './soundOfTab.js';
import { toneTrack } from './tones.js';

declare global {
  interface Window {
    readonly ChangeOver: typeof ChangeOver;
    changeOver: ChangeOver;
  }
}

const TONES = [500, 900] as const;
/** Decibels of full scale. */
const SILENCE = -75;

/** What is seen at some moment: the colour of one way or the other, something else, or nothing at all. */
export type Look = 'red' | 'blue' | 'other' | 'nothing';

export interface Frame {
  /** When it was shown, milliseconds of `performance.now`. */
  readonly at: number;
  readonly look: Look;
  /** What was to be shown then. */
  readonly way: number;
  /** Of the element. */
  readonly readyState: number;
}

/**
 * A remote participant's picture and sound, which come by two ways at once: the first is red and 500 Hz, the other blue
 * and 900 Hz.
 */
export class ChangeOver {
  /** Presented by the video element. */
  readonly frames: Frame[] = [];
  /** What the element showed whenever the page was painted. */
  readonly painted: Frame[] = [];
  sound: SoundOfTab | undefined;
  readonly #tracks: Readonly<Record<'audio' | 'video', RemoteTrack>>;
  readonly #video: HTMLVideoElement;
  readonly #audio: HTMLMediaElement;
  readonly #helpers: WeakRef<HTMLMediaElement>[] = [];
  readonly #started: Promise<void>;
  #way = 0;

  private constructor(
    private readonly ways: readonly Received[],
    together: boolean,
  ) {
    const platform = createPlatform({
      createMediaElement: (kind) => {
        const element = document.createElement(kind);
        this.#helpers.push(new WeakRef(element));
        return element;
      },
    });
    const common = { platform, playback: new Playback(silentLogger), isMuted: () => false };
    this.#tracks = {
      audio: new RemoteTrack({ ...common, kind: 'audio', source: 'microphone' }),
      video: new RemoteTrack({ ...common, kind: 'video', source: 'camera' }),
    };
    this.#video = document.createElement('video');
    this.#audio = together ? this.#video : document.createElement('audio');
    document.body.append(this.#video, this.#audio);
    this.#show();
    this.#tracks.video.attach(this.#video);
    this.#tracks.audio.attach(this.#audio);
    this.#started = this.#watch();
  }

  /** @param together Picture and sound in one element */
  static async open({ together = false } = {}): Promise<ChangeOver> {
    const size = { width: 320, height: 180 };
    const way = (rgb: Rgb, hz: number) => loopback(toneTrack(hz), colourTrack(rgb, size));
    const ways = await Promise.all([way([220, 30, 30], TONES[0]), way([30, 30, 220], TONES[1])]);
    await Promise.all(ways.map(({ video }) => flows(video)));
    const opened = new ChangeOver(ways, together);
    await opened.#started;
    return opened;
  }

  /** Picture and sound come by the other way from now on. */
  change(): void {
    this.#way = 1 - this.#way;
    this.#show();
  }

  /** Of the page, from now on. Chromium only. */
  async hearTab(): Promise<void> {
    this.sound = await soundOfTab();
  }

  /** The tones that the page plays now. */
  heard(): number[] {
    const { sound } = this;
    return sound ? TONES.filter((hz) => sound.levelOf(hz) > SILENCE) : [];
  }

  /** What the elements hold: of which way, by kind. Of helpers: how many still hold something. */
  get held(): { ways: string[]; helpers: number } {
    const streams = new Set([this.#video, this.#audio].map(({ srcObject }) => srcObject as MediaStream));
    const ways = [...streams].flatMap((stream) =>
      stream.getTracks().map((track) => {
        const way = this.ways.findIndex(({ audio, video }) => track === audio || track === video);
        return `${track.kind} ${String(way)}`;
      }),
    );
    const helpers = this.#helpers.filter((helper) => helper.deref()?.srcObject).length;
    return { ways: ways.sort(), helpers };
  }

  /** How far playing has come, seconds. */
  get playedFor(): { video: number; audio: number } {
    return { video: this.#video.currentTime, audio: this.#audio.currentTime };
  }

  #show(): void {
    const way = this.ways[this.#way];
    if (!way) throw new Error('no such way');
    this.#tracks.video.setMedia(way.video);
    this.#tracks.audio.setMedia(way.audio);
  }

  /** Resolves when a frame is shown. */
  async #watch(): Promise<void> {
    const see = (): Look => {
      const [red, green, blue] = look(this.#video);
      if (red + green + blue === 0) return 'nothing';
      if (green > 100) return 'other';
      if (red > 150 && blue < 90) return 'red';
      return blue > 150 && red < 90 ? 'blue' : 'other';
    };
    const seen = (at: number): Frame => ({
      at,
      look: see(),
      way: this.#way,
      readyState: this.#video.readyState,
    });
    const frame = (at: number) => {
      this.frames.push(seen(at));
      this.#video.requestVideoFrameCallback(frame);
    };
    const paint = (at: number) => {
      this.painted.push(seen(at));
      requestAnimationFrame(paint);
    };
    await begins(this.#video);
    await new Promise<void>((resolve) => {
      this.#video.requestVideoFrameCallback((at) => {
        frame(at);
        requestAnimationFrame(paint);
        resolve();
      });
    });
  }
}

Object.assign(window, { ChangeOver });
