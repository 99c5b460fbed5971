import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import { captureUser } from '../tracks/capture.js';
import type * as api from '../types.js';

/** Moves what is live over to a device. Rejects when that failed. */
export type DeviceSwitch = (kind: MediaDeviceKind, deviceId: string) => Promise<void>;

interface DeviceManagerOptions {
  readonly platform: Pick<Platform, 'mediaDevices'>;
  readonly logger: Logger;
  readonly switchTo: DeviceSwitch;
}

export const DEFAULT_DEVICE = 'default';

/** Devices of one room: which there are, which are chosen, what happens when one is unplugged. */
export class DeviceManager extends Emitter<api.DeviceManagerEvents> implements api.DeviceManager {
  readonly #active = new Map<MediaDeviceKind, string>();
  #listening = false;

  constructor(private readonly options: DeviceManagerOptions) {
    super();
  }

  /** @throws ParlorError `CAPTURE_UNSUPPORTED`, or a device code when permission was asked for and denied */
  async list(
    kind?: MediaDeviceKind,
    { requestPermissions = false }: { requestPermissions?: boolean } = {},
  ): Promise<MediaDeviceInfo[]> {
    this.start();
    let devices = await this.#enumerate();
    const nameless = devices.some(
      (device) => device.label === '' && (kind === undefined || device.kind === kind),
    );
    if (requestPermissions && nameless) {
      const wanted = {
        audio: kind === 'videoinput' ? undefined : {},
        video: kind === undefined || kind === 'videoinput' ? {} : undefined,
      };
      const tracks = await captureUser(this.options.platform, wanted);
      for (const track of tracks) track.stop();
      devices = await this.#enumerate();
    }
    return kind === undefined ? devices : devices.filter((device) => device.kind === kind);
  }

  getActiveDevice(kind: MediaDeviceKind): string {
    return this.#active.get(kind) ?? DEFAULT_DEVICE;
  }

  async switchActiveDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    const before = this.getActiveDevice(kind);
    this.#active.set(kind, deviceId);
    try {
      await this.options.switchTo(kind, deviceId);
    } catch (error) {
      this.#active.set(kind, before);
      throw error;
    }
    if (before !== deviceId) this.emit('activeDeviceChanged', kind, deviceId);
  }

  /** The chosen device is gone and the default one took over. */
  fellBack(kind: MediaDeviceKind): void {
    if (this.getActiveDevice(kind) === DEFAULT_DEVICE) return;
    this.#active.set(kind, DEFAULT_DEVICE);
    this.emit('activeDeviceChanged', kind, DEFAULT_DEVICE);
  }

  report(error: ParlorError, subject: api.DeviceErrorSubject): void {
    this.emit('mediaDevicesError', error, subject);
  }

  /** Names became known or a device came: tell. */
  async refresh(): Promise<void> {
    try {
      const devices = await this.#enumerate();
      this.emit('mediaDevicesChanged', devices);
      await this.#dropMissing(devices);
    } catch (error) {
      this.options.logger.warn('devices cannot be listed', error);
    }
  }

  /** Listens to plugging until `stop`. Returns what undoes this call alone. */
  start(): () => void {
    if (this.#listening) return () => {};
    this.#listening = true;
    this.options.platform.mediaDevices?.addEventListener('devicechange', this.#onChange);
    return () => {
      this.stop();
    };
  }

  stop(): void {
    this.#listening = false;
    this.options.platform.mediaDevices?.removeEventListener('devicechange', this.#onChange);
  }

  async #enumerate(): Promise<MediaDeviceInfo[]> {
    const { mediaDevices } = this.options.platform;
    if (mediaDevices) return await mediaDevices.enumerateDevices();
    throw new ParlorError('CAPTURE_UNSUPPORTED', 'Browsers give devices to https pages and localhost only.');
  }

  async #dropMissing(devices: readonly MediaDeviceInfo[]): Promise<void> {
    for (const [kind, deviceId] of [...this.#active]) {
      const ofKind = devices.filter((device) => device.kind === kind);
      // Before permission every id is '': that says nothing about what is plugged in.
      const known = ofKind.some((device) => device.deviceId !== '');
      if (deviceId === DEFAULT_DEVICE || !known || ofKind.some((device) => device.deviceId === deviceId))
        continue;
      this.fellBack(kind);
      // A live camera or microphone notices by itself: its track ends.
      if (kind === 'audiooutput') await this.options.switchTo(kind, DEFAULT_DEVICE);
    }
  }

  readonly #onChange = (): void => {
    void this.refresh();
  };
}
