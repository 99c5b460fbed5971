import type { MediaDevicesLike } from '../platform.js';
import { FakeMediaStream, FakeMediaStreamTrack } from './fakeMedia.js';

interface FakeDevice {
  readonly kind: MediaDeviceKind;
  readonly deviceId: string;
  readonly label: string;
}

const DEVICES: readonly FakeDevice[] = [
  { kind: 'videoinput', deviceId: 'camera-1', label: 'Front camera' },
  { kind: 'videoinput', deviceId: 'camera-2', label: 'Desk camera' },
  { kind: 'audioinput', deviceId: 'microphone-1', label: 'Headset' },
  { kind: 'audioinput', deviceId: 'microphone-2', label: 'Built-in microphone' },
  { kind: 'audiooutput', deviceId: 'speaker-1', label: 'Headset' },
];

const asked = (constraint: boolean | MediaTrackConstraints | undefined): MediaTrackConstraints | undefined =>
  constraint === true ? {} : constraint === false ? undefined : constraint;

const exactId = ({ deviceId }: MediaTrackConstraints): string | undefined => {
  if (typeof deviceId !== 'object' || Array.isArray(deviceId)) return undefined;
  return typeof deviceId.exact === 'string' ? deviceId.exact : undefined;
};

const ideal = (value: ConstrainULong | undefined): number | undefined =>
  typeof value === 'object' ? value.ideal : value;

/** Cameras and microphones that can be plugged in, pulled out and refused. */
export class FakeMediaDevices implements MediaDevicesLike {
  readonly tracks: FakeMediaStreamTrack[] = [];
  readonly requests: MediaStreamConstraints[] = [];
  readonly #listeners = new Set<() => void>();
  #devices: readonly FakeDevice[] = DEVICES;
  #failures: string[] = [];
  #hold: Promise<void> = Promise.resolve();

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Tracks whose device is on. */
  get live(): FakeMediaStreamTrack[] {
    return this.tracks.filter(({ readyState }) => readyState === 'live');
  }

  /** The next capture fails like this: `NotAllowedError`, `NotReadableError`, … */
  failNext(...names: string[]): void {
    this.#failures.push(...names);
  }

  /** Captures wait (for the user to answer the prompt) until the returned function is called. */
  hold(): () => void {
    let release: () => void = () => {};
    this.#hold = new Promise((resolve) => (release = resolve));
    return release;
  }

  plug(device: FakeDevice): void {
    this.#devices = [...this.#devices, device];
    this.#changed();
  }

  unplug(deviceId: string): void {
    this.#devices = this.#devices.filter((device) => device.deviceId !== deviceId);
    for (const track of this.live) if (track.getSettings().deviceId === deviceId) track.end();
    this.#changed();
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeMediaStream> {
    this.requests.push(constraints);
    await this.#hold;
    this.#fail();
    const wanted = [
      ['audio', 'audioinput', asked(constraints.audio)],
      ['video', 'videoinput', asked(constraints.video)],
    ] as const;
    const tracks = wanted.flatMap(([kind, deviceKind, constraint]) =>
      constraint ? [this.#open(kind, this.#find(deviceKind, constraint), constraint)] : [],
    );
    this.tracks.push(...tracks);
    return new FakeMediaStream(tracks);
  }

  async getDisplayMedia(options: DisplayMediaStreamOptions): Promise<FakeMediaStream> {
    await this.#hold;
    this.#fail();
    const tracks = [
      new FakeMediaStreamTrack({ kind: 'video', label: 'Screen', settings: { width: 1920, height: 1080 } }),
    ];
    if (options.audio) tracks.push(new FakeMediaStreamTrack({ kind: 'audio', label: 'Screen sound' }));
    this.tracks.push(...tracks);
    return new FakeMediaStream(tracks);
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.#devices.map((device) => ({ ...device, groupId: '', toJSON: () => device })));
  }

  addEventListener(_type: 'devicechange', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'devicechange', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  #fail(): void {
    const name = this.#failures.shift();
    if (name !== undefined) throw new DOMException(`fake ${name}`, name);
  }

  #find(kind: MediaDeviceKind, constraint: MediaTrackConstraints): FakeDevice {
    const ofKind = this.#devices.filter((device) => device.kind === kind);
    const [first] = ofKind;
    if (!first) throw new DOMException('Requested device not found', 'NotFoundError');
    const id = exactId(constraint);
    const found = id === undefined ? first : ofKind.find(({ deviceId }) => deviceId === id);
    if (!found) throw new DOMException('deviceId', 'OverconstrainedError');
    return found;
  }

  #open(
    kind: 'audio' | 'video',
    device: FakeDevice,
    constraint: MediaTrackConstraints,
  ): FakeMediaStreamTrack {
    const { deviceId, label } = device;
    const width = ideal(constraint.width);
    const height = ideal(constraint.height);
    const size = { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
    return new FakeMediaStreamTrack({ kind, label, settings: { deviceId, ...size } });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
