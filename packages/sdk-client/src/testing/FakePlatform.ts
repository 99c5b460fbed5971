import type { LevelMeter, Page, PageEvent, Platform } from '../platform.js';
import { FakeClock } from './FakeClock.js';
import { FakeElementWatch } from './FakeElementWatch.js';
import { fakeMediaElement, FakeMediaStream } from './fakeMedia.js';
import { FakeMediaDevices } from './FakeMediaDevices.js';
import { FakeNetwork } from './FakePeerConnection.js';

export class FakePage implements Page {
  href: string | undefined = 'https://app.example/';
  online = true;
  readonly #listeners = new Set<{ event: PageEvent; listener: () => void }>();

  get listeners(): number {
    return this.#listeners.size;
  }

  on(event: PageEvent, listener: () => void): () => void {
    const entry = { event, listener };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  emit(event: PageEvent): void {
    for (const entry of [...this.#listeners]) if (entry.event === event) entry.listener();
  }
}

/**
 * A browser without a browser: pass it as `new Room({ platform })`. Time stands still until `clock.advance`.
 * The network (`createWebSocket`, `fetch`) fails unless replaced.
 */
export class FakePlatform implements Platform {
  readonly clock = new FakeClock();
  readonly mediaDevices = new FakeMediaDevices();
  readonly page = new FakePage();
  readonly autoplay = { allowed: true };
  readonly elements: HTMLMediaElement[] = [];
  /** How they are shown. */
  readonly shown = new FakeElementWatch();
  #ids = 0;

  readonly timer = this.clock.timer;
  readonly now = this.clock.now;

  createWebSocket: Platform['createWebSocket'] = () => {
    throw new Error('FakePlatform has no network: pass a `channel` to the room.');
  };

  fetch: Platform['fetch'] = () => Promise.reject(new TypeError('FakePlatform has no network'));

  /** Between pages that share it, connections come about. */
  network = new FakeNetwork();

  /** Of all local tracks, 0 to 1: what a level meter reads. */
  loudness = 0;
  meters = 0;

  readonly createLevelMeter = (): LevelMeter => {
    this.meters += 1;
    return {
      read: () => this.loudness,
      close: () => {
        this.meters -= 1;
      },
    };
  };

  readonly createPeerConnection: Platform['createPeerConnection'] = (configuration) =>
    this.network.create(configuration);

  random = (): number => 0.5;

  readonly randomId = (): string => `id-${String(++this.#ids)}`;

  readonly createMediaElement = (kind: 'audio' | 'video'): HTMLMediaElement => {
    const element = fakeMediaElement(kind, this.autoplay);
    this.elements.push(element);
    return element;
  };

  readonly watchElements = (onChange: (element: HTMLMediaElement) => void): FakeElementWatch =>
    this.shown.begin(onChange);

  readonly createMediaStream = (tracks: MediaStreamTrack[]): MediaStream => new FakeMediaStream(tracks);

  /** What is still held: all zero after every room has been left. */
  get held(): {
    timers: number;
    pageListeners: number;
    deviceListeners: number;
    liveTracks: number;
    elements: number;
  } {
    return {
      timers: this.clock.pending,
      pageListeners: this.page.listeners,
      deviceListeners: this.mediaDevices.listeners,
      liveTracks: this.mediaDevices.live.length,
      elements: this.elements.filter(({ srcObject }) => srcObject !== null).length,
    };
  }
}
