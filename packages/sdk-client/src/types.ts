import type { EventSource } from './emitter.js';
import type { ParlorError, ParlorErrorCode } from './errors.js';
import type {
  AttachOptions,
  AudioCaptureOptions,
  ConnectOptions,
  ScreenShareCaptureOptions,
  TrackPublishOptions,
  VideoCaptureOptions,
} from './options.js';
import type { RoomStats, TrackStats } from './stats/types.js';

export type TrackKind = 'audio' | 'video';

/** What a track shows or carries. `unknown` for tracks whose publisher said nothing. */
export type TrackSource = 'camera' | 'microphone' | 'screen' | 'screenAudio' | 'unknown';

/**
 * - `disconnected`: not in a room.
 * - `connecting`: the first join is under way.
 * - `connected`: in the room; signalling is open and no media transport has failed.
 * - `reconnecting`: something broke and is being repaired. Participants and tracks keep their identity meanwhile.
 */
/**
 * `signalReconnecting`: the line to the server is being repaired, media goes on and nothing is lost. `reconnecting`: the
 * room is joined anew.
 */
export type ConnectionState =
  'disconnected' | 'connecting' | 'connected' | 'signalReconnecting' | 'reconnecting';

export type ConnectionQuality = 'excellent' | 'good' | 'poor' | 'lost' | 'unknown';

/** Why a participant is no longer in the room. */
export type ParticipantLeftReason = 'left' | 'disconnected' | 'removed' | 'replaced' | 'roomClosed';

/** `CLIENT_INITIATED` after `room.disconnect()`, otherwise the code that ended the session. */
export interface DisconnectReason {
  readonly code: ParlorErrorCode | 'CLIENT_INITIATED';
  readonly message: string;
}

/** Simulcast or SVC layers, 0 is the lowest. */
export interface VideoLayers {
  spatialLayer: number;
  temporalLayer?: number;
}

/** How media travels: through the server, or from browser to browser. */
export type Topology = 'sfu' | 'p2p';

/**
 * Why media of the room takes another way:
 *
 * - `participants`: there are too many for P2P, or few enough again.
 * - `pairFailed`: two of them cannot reach each other directly.
 * - `dialect`: somebody is there who needs the server.
 * - `pinned`: the host application or a moderator wants it so.
 * - `serverUnreachable`: somebody gets no media to the server.
 * - `mediaServerDied`: a media process is gone, another one takes over.
 * - `noMediaServer`: there is none.
 * - `reconnected`: it changed while this page was away; told when it is back.
 */
export type TopologyReason =
  | 'participants'
  | 'pairFailed'
  | 'dialect'
  | 'pinned'
  | 'serverUnreachable'
  | 'mediaServerDied'
  | 'noMediaServer'
  | 'reconnected';

export type VideoQuality = 'low' | 'medium' | 'high';

/** What a device error was about: the source that was being captured, or a device kind. */
export type DeviceErrorSubject = TrackSource | MediaDeviceKind;

/* Tracks */

export interface Track {
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /**
   * The media as it is now. It may be another object after a device change, a reconnect or a change of
   * topology: keep the track, not this. Attached elements follow by themselves.
   */
  readonly mediaStreamTrack: MediaStreamTrack | undefined;
  readonly isMuted: boolean;
  /** Elements that show or play this track. */
  readonly attachedElements: readonly HTMLMediaElement[];
  /** Shows or plays the track in `element`, or in a new `<video>` or `<audio>` element, and returns it. */
  attach(): HTMLMediaElement;
  attach<T extends HTMLMediaElement>(element: T): T;
  /** Takes the track out of `element`, or out of every element, and frees their `srcObject`. */
  detach(element?: HTMLMediaElement): HTMLMediaElement[];
}

export interface LocalTrackEvents {
  muted: [];
  unmuted: [];
  /** The media inside was replaced: another device, or the camera was switched on again. */
  restarted: [];
  /** The device was unplugged, its permission withdrawn, or the user stopped sharing. */
  ended: [];
}

export interface LocalTrack extends Track, EventSource<LocalTrackEvents> {
  readonly mediaStreamTrack: MediaStreamTrack;
  /** The device in use, if the browser tells. */
  readonly deviceId: string | undefined;
  /** Stops sending. A camera is switched off as well (`stopOnMute`), a microphone stays open. */
  mute(): Promise<void>;
  unmute(): Promise<void>;
  /**
   * Captures anew, with other options or from another device, without renegotiation.
   * @throws ParlorError `PERMISSION_DENIED`, `DEVICE_NOT_FOUND`, `DEVICE_IN_USE`, `DEVICE_CONSTRAINTS`
   */
  restart(options?: AudioCaptureOptions | VideoCaptureOptions): Promise<void>;
  /** Puts other media in, for example the output of a background filter. The app stays its owner. */
  replaceTrack(mediaStreamTrack: MediaStreamTrack): Promise<void>;
  /** Stops capturing for good. */
  stop(): void;
}

export interface RemoteTrack extends Track {
  /** As `Track.attach`; what is received of a video follows its elements (`adaptiveStream`). */
  attach(element?: undefined, options?: AttachOptions): HTMLMediaElement;
  attach<T extends HTMLMediaElement>(element: T, options?: AttachOptions): T;
  /** Loudness of attached audio elements, 0 to 1. */
  setVolume(volume: number): void;
  getVolume(): number;
}

/* Publications */

export interface TrackPublication {
  /** Stable for as long as the publication lives, over reconnects too. */
  readonly id: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /** What the app gave to `publishTrack` as `name`. */
  readonly name: string | undefined;
  readonly isMuted: boolean;
  readonly track: Track | undefined;
  /** Bitrate, loss, round trip, frames. Undefined while no media is set up. */
  getStats(): Promise<TrackStats | undefined>;
}

export interface LocalTrackPublication extends TrackPublication {
  readonly track: LocalTrack;
  /** False while the room is not connected: the track is queued and goes out with the join. */
  readonly isPublished: boolean;
  mute(): Promise<void>;
  unmute(): Promise<void>;
}

/**
 * Why the server does not forward a publication to this page: `lastN`: enough videos are pinned or of who spoke last;
 * `notLoudest`: enough microphones are louder. A server forwards everything unless it is told otherwise.
 */
export type HoldReason = 'lastN' | 'notLoudest';

/** `paused`: the server does not forward it now; a last picture may stand still. */
export type StreamState = 'active' | 'paused';

export interface RemoteTrackPublication extends TrackPublication {
  readonly track: RemoteTrack | undefined;
  readonly isSubscribed: boolean;
  /** Whether the app wants it: true by default (`autoSubscribe`). */
  readonly isDesired: boolean;
  /** Undefined: the server forwards it. While it does not there may be no `track` yet, and no media is missed. */
  readonly holdReason: HoldReason | undefined;
  /** `paused` while there is a `holdReason`. Changes are told by `trackStreamStateChanged`. */
  readonly streamState: StreamState;
  /** This page wants it before those of who speaks. */
  readonly isPinned: boolean;
  /**
   * In rooms that forward a few only, has this one forwarded as long as there is place for it: what was pinned first comes
   * first. Kept over reconnects. @throws ParlorError the server's refusal
   */
  setPinned(pinned: boolean): Promise<void>;
  /** Receive it or not. */
  setSubscribed(subscribed: boolean): void;
  /** Pause or resume the media without giving the subscription up. Disabled it stays, shown or not. */
  setEnabled(enabled: boolean): Promise<void>;
  /**
   * The highest layers wanted, whatever size its elements have; the server goes lower when bandwidth is short. Of a video
   * that cannot be seen nothing is received all the same. Undefined leaves the choice to `adaptiveStream` again.
   */
  setPreferredLayers(layers: VideoLayers | undefined): Promise<void>;
  /** The same by name: of three layers the lowest, the middle or the highest, of fewer the nearest. */
  setVideoQuality(quality: VideoQuality | undefined): Promise<void>;
}

/* Participants */

export interface Participant {
  /** Peer id: unique in the room. */
  readonly identity: string;
  /** Display name. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly isSpeaking: boolean;
  /** 0 (silence) to 1 (full scale). */
  readonly audioLevel: number;
  readonly connectionQuality: ConnectionQuality;
  readonly isCameraEnabled: boolean;
  readonly isMicrophoneEnabled: boolean;
  readonly isScreenShareEnabled: boolean;
  readonly trackPublications: ReadonlyMap<string, TrackPublication>;
  /** The first publication of a source. */
  getTrackPublication(source: TrackSource): TrackPublication | undefined;
}

export interface SendMessageOptions {
  /** Identities of the receivers. Absent: everyone else. */
  to?: string | string[];
  /** Anything the app uses to tell its messages apart. Default ''. */
  topic?: string;
  /**
   * True (default): arrives once, and in the order in which it was sent. False: the shortest way there is, for what is
   * soon out of date (pointers, positions): from browser to browser in a P2P room where the two are connected, unseen by
   * the server; it may be lost or overtaken there. Otherwise as the reliable ones.
   */
  reliable?: boolean;
}

export interface LocalParticipant extends Participant {
  readonly trackPublications: ReadonlyMap<string, LocalTrackPublication>;
  getTrackPublication(source: TrackSource): LocalTrackPublication | undefined;
  readonly lastCameraError: ParlorError | undefined;
  readonly lastMicrophoneError: ParlorError | undefined;
  /**
   * Switches the camera on (captures and publishes, or unmutes) or off (mutes, and the camera's light goes off).
   * May be called before `connect`: the device opens at once and the track goes out with the join. Resolves
   * with undefined when switched off, or when overtaken by `disconnect()`.
   * @throws ParlorError a device code (also as event `mediaDevicesError`), or the server's refusal
   */
  setCameraEnabled(
    enabled: boolean,
    options?: VideoCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined>;
  setMicrophoneEnabled(
    enabled: boolean,
    options?: AudioCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined>;
  /** Shares a screen, window or tab, with its sound when the browser gives it. Off unpublishes. */
  setScreenShareEnabled(
    enabled: boolean,
    options?: ScreenShareCaptureOptions,
    publishOptions?: TrackPublishOptions,
  ): Promise<LocalTrackPublication | undefined>;
  /** Asks for both with one permission prompt. */
  enableCameraAndMicrophone(): Promise<void>;
  publishTrack(
    track: LocalTrack | MediaStreamTrack,
    options?: TrackPublishOptions,
  ): Promise<LocalTrackPublication>;
  unpublishTrack(track: LocalTrack | MediaStreamTrack, stop?: boolean): Promise<void>;
  /** Sends a JSON value. @throws ParlorError `NOT_CONNECTED`, `FORBIDDEN`, `PEER_NOT_FOUND` */
  sendMessage(payload: unknown, options?: SendMessageOptions): Promise<void>;
  /** The same as `sendMessage`, by the name that other SDKs use. */
  publishData(payload: unknown, options?: SendMessageOptions): Promise<void>;
}

export interface RemoteParticipant extends Participant {
  readonly trackPublications: ReadonlyMap<string, RemoteTrackPublication>;
  getTrackPublication(source: TrackSource): RemoteTrackPublication | undefined;
  /** Loudness of what this participant sends from `source` (default `microphone`), 0 to 1. */
  setVolume(volume: number, source?: 'microphone' | 'screenAudio'): void;
}

/* Devices */

export interface DeviceManagerEvents {
  /** A device was plugged in or out, or its name became known. */
  mediaDevicesChanged: [devices: MediaDeviceInfo[]];
  /** The device that is (or will be) used changed: asked for, or fallen back to. */
  activeDeviceChanged: [kind: MediaDeviceKind, deviceId: string];
  mediaDevicesError: [error: ParlorError, subject: DeviceErrorSubject];
}

/** One per room; works before `connect`, for a preview page. */
export interface DeviceManager extends EventSource<DeviceManagerEvents> {
  /**
   * Devices of one kind or all. Names are empty until the user has allowed a camera or microphone:
   * `requestPermissions` asks for it.
   */
  list(kind?: MediaDeviceKind, options?: { requestPermissions?: boolean }): Promise<MediaDeviceInfo[]>;
  /** The device chosen for `kind`: `default` when none was. */
  getActiveDevice(kind: MediaDeviceKind): string;
  /** Uses another device from now on; live tracks and elements of the room change over to it. */
  switchActiveDevice(kind: MediaDeviceKind, deviceId: string): Promise<void>;
}

/* Repair */

/**
 * `iceRestart`: other ways over the same connection are looked for. `newTransport`: a new connection. `relayOnly`: one
 * through a TURN server only. `recovered`: media moves again. `gaveUp`: none of it has helped; the room is joined anew.
 */
export type MediaRepairStep = 'iceRestart' | 'newTransport' | 'relayOnly' | 'recovered' | 'gaveUp';

/**
 * `stalled`: the connection stands and nothing comes through. `disconnected`, `failed`: the browser has lost it.
 * `networkChanged`: the device is on another network, or online again.
 */
export type MediaRepairReason = 'stalled' | 'disconnected' | 'failed' | 'networkChanged';

/** Something is done for media that does not move. Tracks and publications stay the same objects meanwhile. */
export interface MediaRepair {
  /** Each direction is repaired on its own. P2P: `both`, as one connection carries both. */
  readonly direction: 'send' | 'recv' | 'both';
  readonly step: MediaRepairStep;
  /** Why the repair was begun. */
  readonly reason: MediaRepairReason;
}

/* The room */

/** All events of a room, with their arguments. */
export interface RoomEvents {
  connectionStateChanged: [state: ConnectionState];
  /** Joined for the first time after `connect`. */
  connected: [];
  /** The connection was lost, for this reason; it is being made again. */
  reconnecting: [reason: ParlorError];
  reconnected: [];
  /**
   * The server is going to end, in `after` milliseconds at the latest where it says so. Nothing has to be done: calls go on
   * until then, and come back by themselves after a `reconnecting`.
   */
  serverRestarting: [after: number | undefined];
  /** Out of the room for good: left, removed, refused, or the policy gave up. */
  disconnected: [reason: DisconnectReason];
  participantConnected: [participant: RemoteParticipant];
  participantDisconnected: [participant: RemoteParticipant, reason: ParticipantLeftReason];
  participantNameChanged: [name: string, participant: Participant];
  trackPublished: [publication: RemoteTrackPublication, participant: RemoteParticipant];
  trackUnpublished: [publication: RemoteTrackPublication, participant: RemoteParticipant];
  trackSubscribed: [track: RemoteTrack, publication: RemoteTrackPublication, participant: RemoteParticipant];
  trackUnsubscribed: [
    track: RemoteTrack,
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ];
  trackSubscriptionFailed: [
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
    error: ParlorError,
  ];
  trackMuted: [publication: TrackPublication, participant: Participant];
  trackUnmuted: [publication: TrackPublication, participant: Participant];
  /** The server forwards it no more, or again: see `holdReason`. Show a name in place of the picture meanwhile. */
  trackStreamStateChanged: [
    publication: RemoteTrackPublication,
    state: StreamState,
    participant: RemoteParticipant,
  ];
  localTrackPublished: [publication: LocalTrackPublication, participant: LocalParticipant];
  localTrackUnpublished: [publication: LocalTrackPublication, participant: LocalParticipant];
  /** A queued or re-published track was refused. */
  localTrackPublicationFailed: [track: LocalTrack, error: ParlorError];
  /** Who is speaking now, loudest first. */
  activeSpeakersChanged: [speakers: Participant[]];
  /** By loss, round trip, jitter and freezes of each stream; the worst counts. `lost`: nothing arrives. */
  connectionQualityChanged: [quality: ConnectionQuality, participant: Participant];
  /**
   * P2P: media does not get through between this page and that participant, and why (`PEER_UNREACHABLE`). It goes on
   * being tried.
   */
  participantUnreachable: [participant: RemoteParticipant, error: ParlorError];
  /** P2P: it gets through again. */
  participantReachable: [participant: RemoteParticipant];
  /**
   * Media goes through the server, or from browser to browser, from now on, and why. Nothing has to be done: tracks,
   * participants and attached elements stay as they are and change over as media comes the new way.
   */
  topologyChanged: [topology: Topology, reason: TopologyReason];
  /** What is being done for media that does not move. `participant`: in P2P rooms, the pair with whom it is about. */
  mediaRepair: [repair: MediaRepair, participant: RemoteParticipant | undefined];
  dataReceived: [payload: unknown, participant: RemoteParticipant | undefined, topic: string];
  mediaDevicesError: [error: ParlorError, subject: DeviceErrorSubject];
  mediaDevicesChanged: [devices: MediaDeviceInfo[]];
  activeDeviceChanged: [kind: MediaDeviceKind, deviceId: string];
  /** False when the browser blocks sound until the user has clicked: call `room.startAudio()` in a click. */
  audioPlaybackStatusChanged: [canPlaybackAudio: boolean];
}

export interface RoomLike extends EventSource<RoomEvents> {
  readonly state: ConnectionState;
  /** How media travels now. Undefined while the room is not joined. */
  readonly topology: Topology | undefined;
  /** Room id; '' before `connect` when it is not in the URL or the options. */
  readonly name: string;
  readonly localParticipant: LocalParticipant;
  /** By identity, in the order in which they joined. */
  readonly remoteParticipants: ReadonlyMap<string, RemoteParticipant>;
  readonly activeSpeakers: readonly Participant[];
  readonly devices: DeviceManager;
  readonly canPlaybackAudio: boolean;
  /**
   * Joins. Resolves when the room's snapshot is there; media follows. A second call while connecting or
   * connected returns the same promise.
   * @param url `wss://host`, `https://host` or either with path and query; the room id may be in its query
   * @param token JWT; a server in development mode needs none
   * @throws ParlorError the server's refusal, or `INVALID_URL`, `SERVER_UNREACHABLE`, `CONNECT_TIMEOUT`,
   *   `BROWSER_UNSUPPORTED`, `CANCELLED` (by `disconnect`)
   */
  connect(url: string, token?: string, options?: ConnectOptions): Promise<void>;
  /** Leaves and frees everything. `stopTracks` (default `options.stopLocalTracks`): stop camera and microphone. */
  disconnect(stopTracks?: boolean): Promise<void>;
  /** Starts blocked sound. Call it in a click or key handler. @throws ParlorError `PLAYBACK_BLOCKED` */
  startAudio(): Promise<void>;
  switchActiveDevice(kind: MediaDeviceKind, deviceId: string): Promise<void>;
  getParticipant(identity: string): Participant | undefined;
  /**
   * Pins how media of the room travels, for everybody, or (`auto`) lets the server choose. For moderators.
   * @throws ParlorError `NOT_CONNECTED`, or the server's refusal
   */
  setTopology(topology: Topology | 'auto'): Promise<void>;
  /**
   * At most so many videos are forwarded to this page from now on, screens aside: pinned ones, then of who spoke last; 0 is
   * none. Undefined: as many as the server gives. Where media goes through the server; kept over reconnects.
   * @throws ParlorError the server's refusal
   */
  setLastN(count: number | undefined): Promise<void>;
  getStats(): Promise<RoomStats>;
}
