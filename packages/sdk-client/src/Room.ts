import { DeviceManager } from './devices/DeviceManager.js';
import { forwardDevices } from './devices/forwardDevices.js';
import { Playback } from './devices/Playback.js';
import type { DataMessage, MediaDriver } from './drivers/MediaDriver.js';
import { Emitter } from './emitter.js';
import { ParlorError, toParlorError } from './errors.js';
import { silentLogger, type Logger } from './logger.js';
import type { ConnectOptions, RoomOptions } from './options.js';
import { followDriver } from './participants/followDriver.js';
import { LocalParticipant } from './participants/LocalParticipant.js';
import { RemoteParticipants } from './participants/RemoteParticipants.js';
import { createPlatform, type Platform } from './platform.js';
import { createSession, loadDriver } from './session/createSession.js';
import type { Session } from './session/Session.js';
import type { SpeakerState } from './session/state.js';
import { Statistics, type StreamOwner } from './stats/Statistics.js';
import type { RoomStats } from './stats/types.js';
import type * as api from './types.js';

interface ConnectRequest {
  readonly url: string;
  readonly token: string | undefined;
  readonly options: ConnectOptions;
}

/**
 * A room: `connect`, then follow its events. May be connected again after `disconnect`; participants and tracks
 * of the time before are gone then. Two rooms in one page know nothing of each other.
 */
export class Room extends Emitter<api.RoomEvents> implements api.RoomLike {
  readonly localParticipant: LocalParticipant;
  readonly devices: DeviceManager;
  readonly #options: RoomOptions;
  readonly #platform: Platform;
  readonly #logger: Logger;
  readonly #playback: Playback;
  readonly #remotes: RemoteParticipants;
  readonly #stats: Statistics;
  #state: api.ConnectionState = 'disconnected';
  #topology: api.Topology | undefined;
  #roomId = '';
  #sessions = 0;
  #session: Session | undefined;
  #connecting: Promise<void> | undefined;
  #cancelConnect: ((error: ParlorError) => void) | undefined;
  #stopPageLeave: (() => void) | undefined;
  #speakers: readonly api.Participant[] = [];

  constructor(options: RoomOptions = {}) {
    super();
    this.#options = options;
    this.#platform = createPlatform(options.platform);
    this.#logger = options.logger ?? silentLogger;
    this.#playback = new Playback(this.#logger);
    this.#stats = new Statistics({
      now: this.#platform.now,
      driver: () => this.#session?.driver,
      ownerOf: (producerId) => this.#ownerOf(producerId),
    });
    this.devices = new DeviceManager({
      platform: this.#platform,
      logger: this.#logger,
      switchTo: (kind, deviceId) => this.#moveTo(kind, deviceId),
    });
    const getStats = (producerId: string) => this.#stats.ofProducer(producerId);
    const emit = <K extends keyof api.RoomEvents>(event: K, ...args: api.RoomEvents[K]) => {
      (this.emit as (event: K, ...args: api.RoomEvents[K]) => void).call(this, event, ...args);
    };
    this.#remotes = new RemoteParticipants({
      platform: this.#platform,
      logger: this.#logger,
      playback: this.#playback,
      autoSubscribe: options.autoSubscribe ?? true,
      adaptiveStream: options.adaptiveStream ?? true,
      getStats,
      // Until it is joined there is nothing to tell: it is told then.
      request: async (method, data) => this.#session?.driver && (await this.#session.request(method, data)),
      emit,
    });
    this.localParticipant = new LocalParticipant({
      identity: options.peerId ?? this.#platform.randomId(),
      name: options.displayName ?? '',
      platform: this.#platform,
      options,
      devices: this.devices,
      publications: { logger: this.#logger, getStats },
      send: (message, reliable) => this.#send(message, reliable),
      emit,
    });
    forwardDevices(this.devices, this.#playback, emit);
    // Loading begins now, so that joining need not wait for it.
    if (!options.driver) this.#inBackground(loadDriver(options.topology));
    const { audioOutput } = options;
    if (audioOutput !== undefined)
      this.#inBackground(this.devices.switchActiveDevice('audiooutput', audioOutput));
  }

  get state(): api.ConnectionState {
    return this.#state;
  }

  get topology(): api.Topology | undefined {
    return this.#session?.driver?.topology;
  }

  get name(): string {
    return this.#roomId;
  }

  get remoteParticipants(): ReadonlyMap<string, api.RemoteParticipant> {
    return this.#remotes.byIdentity;
  }

  get activeSpeakers(): readonly api.Participant[] {
    return this.#speakers;
  }

  get canPlaybackAudio(): boolean {
    return this.#playback.canPlay;
  }

  connect(url: string, token?: string, options: ConnectOptions = {}): Promise<void> {
    if (this.#connecting) return this.#connecting;
    try {
      this.#connecting = this.#connect(this.#createSession({ url, token, options }));
      return this.#connecting;
    } catch (error) {
      // A URL that is none: nothing has begun, and the next call may bring a better one.
      return Promise.reject(toParlorError(error, 'INVALID_URL'));
    }
  }

  disconnect(stopTracks = this.#options.stopLocalTracks ?? true): Promise<void> {
    const reason = { code: 'CLIENT_INITIATED', message: 'This page left the room.' } as const;
    if (this.#session) this.#finish(reason, stopTracks);
    else this.#free(stopTracks);
    return Promise.resolve();
  }

  startAudio(): Promise<void> {
    return this.#playback.start();
  }

  switchActiveDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    return this.devices.switchActiveDevice(kind, deviceId);
  }

  getParticipant(identity: string): api.Participant | undefined {
    return identity === this.localParticipant.identity
      ? this.localParticipant
      : this.#remotes.byIdentity.get(identity);
  }

  async setTopology(topology: api.Topology | 'auto'): Promise<void> {
    await this.#joined.request('setTopology', { topology });
  }

  setLastN(count: number | undefined): Promise<void> {
    return this.#remotes.setLastN(count);
  }

  getStats(): Promise<RoomStats> {
    return this.#stats.collect();
  }

  get #joined(): Session {
    if (this.#session) return this.#session;
    throw new ParlorError('NOT_CONNECTED', 'Connect first.');
  }

  async #connect(session: Session): Promise<void> {
    const cancelled = new Promise<never>((_resolve, reject) => (this.#cancelConnect = reject));
    // Everything below the await runs for this session only: it may have been left and another begun.
    this.#session = session;
    this.#setState('connecting');
    const stopListening = this.devices.start();
    try {
      await Promise.race([session.join(), cancelled]);
    } catch (error) {
      if (this.#session === session) {
        this.#session = undefined;
        this.#connecting = undefined;
        stopListening();
        this.#setState('disconnected');
      }
      throw error;
    }
    if (this.#session === session && (this.#options.disconnectOnPageLeave ?? true)) {
      this.#stopPageLeave = this.#platform.page.on('pagehide', () => {
        this.#inBackground(this.disconnect());
      });
    }
  }

  #createSession({ url, token, options }: ConnectRequest): Session {
    const local = this.localParticipant;
    local.identity = options.peerId ?? local.identity;
    local.name = options.displayName ?? local.name;
    const { session, roomId } = createSession({
      settings: this.#options,
      platform: this.#platform,
      logger: this.#logger,
      target: { url, token, roomId: options.room ?? options.roomId, peerId: local.identity },
      displayName: local.name,
      returning: this.#sessions++ > 0,
    });
    this.#roomId = roomId;
    this.#follow(session);
    return session;
  }

  #follow(session: Session): void {
    session
      .on('change', (change) => {
        if (change.type === 'speakers') this.#onSpeakers(change.speakers);
        else this.#remotes.apply(change);
      })
      .on('joined', (driver) => {
        this.#onJoined(driver);
      })
      .on('interrupted', () => {
        this.#setState('signalReconnecting');
      })
      .on('resumed', () => {
        this.#setState('connected');
      })
      .on('lost', (error) => {
        this.#remotes.detachDriver();
        this.localParticipant.detachDriver();
        this.#setState('reconnecting');
        this.emit('reconnecting', error);
        this.#qualityIf(this.localParticipant.clearScores('lost'), this.localParticipant);
      })
      .on('ended', ({ code, message }) => {
        this.#finish({ code, message }, this.#options.stopLocalTracks ?? true);
      })
      .on('message', (from, topic, payload) => {
        const sender = from === undefined ? undefined : this.#remotes.byIdentity.get(from);
        this.emit('dataReceived', payload, sender, topic);
      })
      .on('restarting', (after) => {
        this.emit('serverRestarting', after);
      })
      .on('ownMuted', (producerId) => {
        const publication = this.localParticipant.publicationOf(producerId);
        if (publication) this.#inBackground(publication.mute());
      });
  }

  #onJoined(driver: MediaDriver): void {
    const again = this.#state === 'reconnecting';
    followDriver(driver, {
      remotes: this.#remotes,
      local: this.localParticipant,
      quality: this.#qualityIf,
      logger: this.#logger,
    });
    const { topology: now } = driver;
    const tell = (topology: api.Topology, reason: api.TopologyReason) => {
      this.#topology = topology;
      this.emit('topologyChanged', topology, reason);
    };
    driver.on('topologyChanged', tell);
    // Receiving is asked for first: it costs a round trip, sending starts with work in the browser.
    this.#remotes.attachDriver(driver);
    this.localParticipant.attachDriver(driver);
    this.#setState('connected');
    if (again && now !== this.#topology) tell(now, 'reconnected');
    this.#topology = now;
    if (again) this.#qualityIf(this.localParticipant.clearScores(), this.localParticipant);
    this.emit(again ? 'reconnected' : 'connected');
  }

  /** Out of the room: everything goes, then the app is told. */
  #finish(reason: api.DisconnectReason, stopTracks: boolean): void {
    const session = this.#session;
    this.#session = undefined;
    this.#connecting = undefined;
    session?.leave();
    this.#cancelConnect?.(new ParlorError('CANCELLED', 'Connecting was called off by disconnect().'));
    this.#free(stopTracks);
    this.#setState('disconnected');
    this.emit('disconnected', reason);
  }

  #free(stopTracks: boolean): void {
    this.#cancelConnect = undefined;
    this.#stopPageLeave?.();
    this.#stopPageLeave = undefined;
    this.localParticipant.clear(stopTracks);
    this.#remotes.clear();
    this.#onSpeakers([]);
    this.#playback.clear();
    this.#stats.clear();
    this.devices.stop();
  }

  #onSpeakers(speakers: readonly SpeakerState[]): void {
    const before = this.#speakers;
    const levels = new Map(speakers.map(({ peerId, level }) => [peerId, level]));
    for (const participant of [this.localParticipant, ...this.#remotes.byIdentity.values()]) {
      participant.setSpeaking(levels.get(participant.identity));
    }
    this.#speakers = speakers
      .map(({ peerId }) => this.getParticipant(peerId))
      .filter((participant) => participant !== undefined);
    if (before.length + this.#speakers.length > 0) this.emit('activeSpeakersChanged', [...this.#speakers]);
  }

  #setState(state: api.ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('connectionStateChanged', state);
  }

  readonly #qualityIf = (changed: boolean, participant: api.Participant): void => {
    if (changed) this.emit('connectionQualityChanged', participant.connectionQuality, participant);
  };

  async #send(message: DataMessage, reliable: boolean): Promise<void> {
    await this.#joined.send(message, reliable);
  }

  async #moveTo(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    if (kind === 'audiooutput') await this.#playback.setOutput(deviceId);
    else await this.localParticipant.switchDevice(kind === 'audioinput' ? 'microphone' : 'camera', deviceId);
  }

  #ownerOf(producerId: string): StreamOwner | undefined {
    const publication =
      this.localParticipant.publicationOf(producerId) ?? this.#remotes.publicationOf(producerId);
    const owner = this.#remotes.ownerOf(producerId) ?? this.localParticipant;
    return publication && { identity: owner.identity, publication };
  }

  /** For work whose failure is told elsewhere, or changes nothing. */
  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#logger.warn('in the background', toParlorError(error, 'CAPTURE_FAILED').code, error);
    });
  }
}
