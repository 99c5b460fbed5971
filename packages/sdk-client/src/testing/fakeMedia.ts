let ids = 0;
const newId = (what: string) => `${what}-${String(++ids)}`;

export interface FakeTrackInit {
  readonly kind: 'audio' | 'video';
  readonly label?: string;
  readonly settings?: MediaTrackSettings;
}

/** A MediaStreamTrack without media: it can be enabled, stopped and ended. */
export class FakeMediaStreamTrack extends EventTarget implements MediaStreamTrack {
  readonly id = newId('track');
  readonly kind: string;
  readonly label: string;
  readonly muted = false;
  contentHint = '';
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  onended = null;
  onmute = null;
  onunmute = null;
  /** Listeners that were added and not removed. */
  listeners = 0;

  constructor(private readonly init: FakeTrackInit) {
    super();
    this.kind = init.kind;
    this.label = init.label ?? '';
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...args);
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** As when the device is unplugged, or the user stops sharing. */
  end(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  clone(): FakeMediaStreamTrack {
    return new FakeMediaStreamTrack(this.init);
  }

  applyConstraints(): Promise<void> {
    return Promise.resolve();
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  getSettings(): MediaTrackSettings {
    return { ...this.init.settings };
  }
}

export class FakeMediaStream extends EventTarget implements MediaStream {
  readonly id = newId('stream');
  readonly onaddtrack = null;
  readonly onremovetrack = null;
  readonly #tracks: Set<MediaStreamTrack>;

  constructor(tracks: readonly MediaStreamTrack[] = []) {
    super();
    this.#tracks = new Set(tracks);
  }

  get active(): boolean {
    return this.getTracks().some(({ readyState }) => readyState === 'live');
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'video');
  }

  getTrackById(id: string): MediaStreamTrack | null {
    return this.getTracks().find((track) => track.id === id) ?? null;
  }

  addTrack(track: MediaStreamTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: MediaStreamTrack): void {
    this.#tracks.delete(track);
  }

  clone(): FakeMediaStream {
    return new FakeMediaStream(this.getTracks().map((track) => track.clone()));
  }
}

/** The autoplay policy of a page: whether sound may play without a click. */
export interface AutoplayPolicy {
  allowed: boolean;
}

/** The part of a `<video>` or `<audio>` that the SDK uses. */
export function fakeMediaElement(kind: 'audio' | 'video', policy: AutoplayPolicy): HTMLMediaElement {
  const element: Partial<HTMLMediaElement> = {
    tagName: kind.toUpperCase(),
    srcObject: null,
    autoplay: false,
    muted: false,
    volume: 1,
    play: () => {
      const silent = element.muted === true;
      if (policy.allowed || silent) return Promise.resolve();
      return Promise.reject(new DOMException('play() failed: no user gesture', 'NotAllowedError'));
    },
    setSinkId: () => Promise.resolve(),
  };
  return element as HTMLMediaElement;
}
