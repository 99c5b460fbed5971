import { DEFAULT_DEVICE, type DeviceManager } from '../devices/DeviceManager.js';
import type { DataMessage, MediaDriver } from '../drivers/MediaDriver.js';
import { ParlorError, toParlorError } from '../errors.js';
import type {
  AudioCaptureOptions,
  RoomOptions,
  ScreenShareCaptureOptions,
  TrackPublishOptions,
  VideoCaptureOptions,
} from '../options.js';
import type { Platform } from '../platform.js';
import { captureScreen } from '../tracks/capture.js';
import { createTracks } from '../tracks/createLocalTracks.js';
import { LocalTrack, type CaptureOptions } from '../tracks/LocalTrack.js';
import type * as api from '../types.js';
import { LocalPublications, type LocalPublicationsOptions } from './LocalPublications.js';
import type { LocalTrackPublication } from './LocalTrackPublication.js';
import { firstOf, Participant } from './Participant.js';
import { SourceToggles } from './SourceToggles.js';

type DeviceSource = 'camera' | 'microphone';

export interface LocalParticipantInit {
  readonly identity: string;
  readonly name: string;
  readonly platform: Platform;
  readonly options: RoomOptions;
  readonly devices: DeviceManager;
  readonly publications: Pick<LocalPublicationsOptions, 'logger' | 'getStats'>;
  readonly send: (message: DataMessage, reliable: boolean) => Promise<void>;
  readonly emit: <K extends keyof api.RoomEvents>(event: K, ...args: api.RoomEvents[K]) => void;
}

const KIND = { camera: 'videoinput', microphone: 'audioinput' } as const;

/** This page in the room. */
export class LocalParticipant extends Participant implements api.LocalParticipant {
  readonly isLocal = true;
  readonly #publications: LocalPublications;
  readonly #toggles = new SourceToggles();
  readonly #errors = new Map<api.TrackSource, ParlorError>();

  constructor(private readonly init: LocalParticipantInit) {
    super(init.identity, init.name);
    const { emit } = init;
    this.#publications = new LocalPublications({
      ...init.publications,
      newId: init.platform.randomId,
      onPublished: (publication) => {
        emit('localTrackPublished', publication, this);
      },
      onUnpublished: (publication) => {
        emit('localTrackUnpublished', publication, this);
      },
      onFailed: ({ track }, error) => {
        emit('localTrackPublicationFailed', track, error);
      },
      onMuted: (publication) => {
        emit(publication.isMuted ? 'trackMuted' : 'trackUnmuted', publication, this);
      },
      onEnded: (publication) => {
        void this.#onEnded(publication);
      },
    });
  }

  get trackPublications(): ReadonlyMap<string, LocalTrackPublication> {
    return this.#publications.byId;
  }

  get lastCameraError(): ParlorError | undefined {
    return this.#errors.get('camera');
  }

  get lastMicrophoneError(): ParlorError | undefined {
    return this.#errors.get('microphone');
  }

  getTrackPublication(source: api.TrackSource): LocalTrackPublication | undefined {
    return firstOf(this.trackPublications, source);
  }

  setCameraEnabled(
    enabled: boolean,
    options?: VideoCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined> {
    return this.#toggles.run('camera', (current) =>
      enabled ? this.#enable('camera', { options, publishOptions, current }) : this.#mute('camera'),
    );
  }

  setMicrophoneEnabled(
    enabled: boolean,
    options?: AudioCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined> {
    return this.#toggles.run('microphone', (current) =>
      enabled ? this.#enable('microphone', { options, publishOptions, current }) : this.#mute('microphone'),
    );
  }

  setScreenShareEnabled(
    enabled: boolean,
    options?: ScreenShareCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined> {
    return this.#toggles.run('screen', async (current) => {
      if (!enabled) return await this.#stopScreen();
      const known = this.getTrackPublication('screen');
      if (known) return known;
      const wanted = { ...this.init.options.screenShareCaptureDefaults, ...options };
      const media = await this.#capturing('screen', () => captureScreen(this.init.platform, wanted));
      const tracks = media.map(
        (mediaStreamTrack) =>
          new LocalTrack({
            mediaStreamTrack,
            source: mediaStreamTrack.kind === 'audio' ? 'screenAudio' : 'screen',
            platform: this.init.platform,
          }),
      );
      if (!current()) return stopAll(tracks);
      const all = await Promise.all(tracks.map((track) => this.publishTrack(track, publishOptions)));
      return all.find(({ source }) => source === 'screen');
    });
  }

  async enableCameraAndMicrophone(): Promise<void> {
    // In the camera's turn, so that a call for the camera alone waits for it.
    const both = await this.#toggles.run('camera', (current) => this.#captureBoth(current));
    if (both === true) return;
    const results = await Promise.allSettled([this.setCameraEnabled(true), this.setMicrophoneEnabled(true)]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  async publishTrack(
    track: api.LocalTrack | MediaStreamTrack,
    options: TrackPublishOptions = {},
  ): Promise<LocalTrackPublication> {
    const local = this.#asLocal(track, options.source ?? 'unknown');
    if (local.isStopped) throw new ParlorError('TRACK_ENDED', 'This track was stopped. Capture a new one.');
    return await this.#publications.publish(local, { ...this.init.options.publishDefaults, ...options });
  }

  async unpublishTrack(track: api.LocalTrack | MediaStreamTrack, stop = true): Promise<void> {
    const publication = this.#publications.of(track as LocalTrack | MediaStreamTrack);
    if (!publication) throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published.');
    if (stop) publication.track.stop();
    await this.#publications.unpublish(publication);
  }

  sendMessage(payload: unknown, options: api.SendMessageOptions = {}): Promise<void> {
    const { to, topic = '', reliable = true } = options;
    return this.init.send({ ...(to === undefined ? {} : { to }), topic, payload }, reliable);
  }

  publishData(payload: unknown, options?: api.SendMessageOptions): Promise<void> {
    return this.sendMessage(payload, options);
  }

  /* For the room */

  attachDriver(driver: MediaDriver): void {
    this.#publications.attach(driver);
  }

  detachDriver(): void {
    this.#publications.detach();
  }

  publicationOf(producerId: string): LocalTrackPublication | undefined {
    return this.#publications.byProducer(producerId);
  }

  publicationLost(producerId: string): void {
    this.#publications.lost(producerId);
  }

  async switchDevice(source: DeviceSource, deviceId: string): Promise<void> {
    const track = this.getTrackPublication(source)?.track;
    if (!track?.canRestart) return;
    await this.#capturing(source, () => track.restart({ deviceId }));
  }

  /** Out of the room: queued work is dropped too. */
  clear(stopTracks: boolean): void {
    this.#toggles.invalidate();
    this.#publications.clear(stopTracks);
    this.clearScores();
    this.setSpeaking(undefined);
  }

  async #enable(
    source: DeviceSource,
    request: {
      options: CaptureOptions | undefined;
      publishOptions: TrackPublishOptions | undefined;
      current: () => boolean;
    },
  ): Promise<LocalTrackPublication | undefined> {
    const { options, publishOptions, current } = request;
    const known = this.getTrackPublication(source);
    if (known) {
      const { track } = known;
      await this.#capturing(source, async () => {
        if (options && track.canRestart) await track.restart(options);
        await track.unmute();
      });
      return known;
    }
    const wanted = { ...this.#wanted(source), ...options };
    const tracks = await this.#capturing(source, () =>
      createTracks(this.init.platform, {
        audio: source === 'microphone' ? wanted : undefined,
        video: source === 'camera' ? wanted : undefined,
      }),
    );
    const [track] = tracks;
    if (!track || !current()) return stopAll(tracks);
    void this.init.devices.refresh();
    return await this.publishTrack(track, publishOptions);
  }

  /** False when one prompt cannot do: each has to be asked for, which also tells which one is wrong. */
  async #captureBoth(current: () => boolean): Promise<boolean> {
    if (this.getTrackPublication('camera') || this.getTrackPublication('microphone')) return false;
    let tracks: LocalTrack[];
    try {
      const request = { audio: this.#wanted('microphone'), video: this.#wanted('camera') };
      tracks = await createTracks(this.init.platform, request);
    } catch (error) {
      // Asking again would only prompt again.
      if (toParlorError(error, 'CAPTURE_FAILED').code === 'PERMISSION_DENIED')
        throw this.#report(error, 'camera');
      return false;
    }
    if (current()) await Promise.all(tracks.map((track) => this.publishTrack(track)));
    else stopAll(tracks);
    void this.init.devices.refresh();
    return true;
  }

  async #mute(source: DeviceSource): Promise<undefined> {
    await this.getTrackPublication(source)?.track.mute();
    return undefined;
  }

  async #stopScreen(): Promise<undefined> {
    const shared = [this.getTrackPublication('screen'), this.getTrackPublication('screenAudio')];
    await Promise.all(shared.map((publication) => publication && this.unpublishTrack(publication.track)));
    return undefined;
  }

  /** Unplugged, permission withdrawn, or "Stop sharing" of the browser. */
  async #onEnded(publication: LocalTrackPublication): Promise<void> {
    const { track, source } = publication;
    if (!track.canRestart || (source !== 'camera' && source !== 'microphone')) {
      await (source === 'screen' ? this.#stopScreen() : this.#publications.unpublish(publication));
      return;
    }
    try {
      await track.restart({ deviceId: DEFAULT_DEVICE });
      this.init.devices.fellBack(KIND[source]);
    } catch (error) {
      const cause = toParlorError(error, 'CAPTURE_FAILED');
      this.#report(
        new ParlorError('DEVICE_LOST', `The ${source} is gone. ${cause.message}`, { cause }),
        source,
      );
      await track.mute();
    }
  }

  #wanted(source: DeviceSource): CaptureOptions {
    const { videoCaptureDefaults, audioCaptureDefaults } = this.init.options;
    const defaults = source === 'camera' ? videoCaptureDefaults : audioCaptureDefaults;
    const chosen = this.init.devices.getActiveDevice(KIND[source]);
    return { ...defaults, ...(chosen === DEFAULT_DEVICE ? {} : { deviceId: chosen }) };
  }

  /** @throws ParlorError with a device code, after it was told as an event */
  async #capturing<T>(source: api.TrackSource, capture: () => Promise<T>): Promise<T> {
    try {
      const result = await capture();
      this.#errors.delete(source);
      return result;
    } catch (error) {
      throw this.#report(error, source);
    }
  }

  #report(error: unknown, source: api.TrackSource): ParlorError {
    const failure = toParlorError(error, 'CAPTURE_FAILED');
    this.#errors.set(source, failure);
    this.init.devices.report(failure, source);
    return failure;
  }

  #asLocal(track: api.LocalTrack | MediaStreamTrack, source: api.TrackSource): LocalTrack {
    if (track instanceof LocalTrack) return track;
    if (!('getSettings' in track)) {
      throw new ParlorError(
        'PUBLISH_FAILED',
        'Publish a track of createLocalTracks(), or a MediaStreamTrack.',
      );
    }
    const known = this.#publications.of(track)?.track;
    return known ?? new LocalTrack({ mediaStreamTrack: track, source, platform: this.init.platform });
  }
}

function stopAll(tracks: readonly LocalTrack[]): undefined {
  for (const track of tracks) track.stop();
}
