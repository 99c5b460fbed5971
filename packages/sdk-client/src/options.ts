import type { DriverFactory } from './drivers/MediaDriver.js';
import type { Logger } from './logger.js';
import type { Platform } from './platform.js';
import type { ReconnectPolicy } from './signaling/reconnectPolicy.js';
import type { ChannelFactory } from './signaling/SignalChannel.js';
import type { Topology, TrackSource } from './types.js';

export interface VideoSize {
  width: number;
  height: number;
  /** Frames per second. */
  frameRate?: number;
}

/** Ready sizes for `resolution`. */
export const VideoPresets = {
  h180: { width: 320, height: 180, frameRate: 15 },
  h360: { width: 640, height: 360, frameRate: 30 },
  h540: { width: 960, height: 540, frameRate: 30 },
  h720: { width: 1280, height: 720, frameRate: 30 },
  h1080: { width: 1920, height: 1080, frameRate: 30 },
} as const satisfies Record<string, VideoSize>;

export interface VideoCaptureOptions {
  /** Default: the room's active camera. */
  deviceId?: string;
  /** Phones: `user` is the front camera. */
  facingMode?: 'user' | 'environment';
  /** Default 1280x720 at 30. A wish: the nearest the camera can. */
  resolution?: VideoSize;
  /** Switch the camera off while muted (default true). */
  stopOnMute?: boolean;
}

export interface AudioCaptureOptions {
  /** Default: the room's active microphone. */
  deviceId?: string;
  /** All three default to true. */
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
  channelCount?: number;
  /** Close the microphone while muted (default false: unmuting is instant). */
  stopOnMute?: boolean;
}

export interface ScreenShareCaptureOptions {
  /** Sound of the tab or system too (default true; the browser or the user may still refuse it). */
  audio?: boolean;
  /** Default 1920x1080 at 15. */
  resolution?: VideoSize;
  /** `detail` (default) keeps text sharp, `motion` keeps films smooth. */
  contentHint?: 'detail' | 'text' | 'motion';
  /** Offer the app's own tab first (Chromium). */
  preferCurrentTab?: boolean;
}

export interface VideoEncoding {
  /** Bits per second. */
  maxBitrate: number;
  maxFramerate?: number;
}

export interface TrackPublishOptions {
  /** Default: known from how the track was captured, else `unknown`. */
  source?: TrackSource;
  /** Shown to the others as `publication.name`. */
  name?: string;
  /** Video: several layers, as many as the size bears (default true). */
  simulcast?: boolean;
  videoCodec?: 'vp8' | 'vp9' | 'h264' | 'av1';
  /** Limits of the top layer; lower layers follow. Default by size. */
  videoEncoding?: VideoEncoding;
  /** Bits per second. Default 32 000 for a microphone, 128 000 stereo for screen sound. */
  audioBitrate?: number;
  /** Opus discontinuous transmission (RFC 6716 §2.1.9): nothing is sent in silence. Default true for microphones. */
  dtx?: boolean;
  /** Opus in-band forward error correction (RFC 6716 §2.1.7). Default true. */
  fec?: boolean;
}

export interface AdaptiveStreamOptions {
  /** Device pixels of a CSS pixel that count. Default `screen`: those that there are. */
  pixelDensity?: number | 'screen';
  /** Receive no video while the page has been in the background for 5 s (default true). */
  pauseVideoInBackground?: boolean;
}

export interface AttachOptions {
  /**
   * False: as long as it is attached to this element, the track comes at full quality, however large the element is and
   * whether or not it can be seen; for what is drawn to a canvas, or recorded. Default true.
   */
  adaptive?: boolean;
}

export interface RoomOptions {
  /** Kept over reconnects and over `connect` calls of this Room. Default: random. */
  peerId?: string;
  displayName?: string;
  videoCaptureDefaults?: VideoCaptureOptions;
  audioCaptureDefaults?: AudioCaptureOptions;
  screenShareCaptureDefaults?: ScreenShareCaptureOptions;
  publishDefaults?: TrackPublishOptions;
  /** Receive every track of everyone (default true). */
  autoSubscribe?: boolean;
  /**
   * Receive of each video what the elements that it is attached to can show (default true): the layer that fits the
   * largest of them in device pixels, and nothing while none of them can be seen. Not of tracks that were never attached,
   * or only to elements in no document, and not for elements attached with `adaptive: false`.
   * `publication.setVideoQuality` and `setPreferredLayers` go before the size, `setEnabled(false)` before all.
   */
  adaptiveStream?: boolean | AdaptiveStreamOptions;
  /**
   * Send of each video what somebody watches (default true): layers that nobody receives rest after 5 s and are back at
   * once when somebody wants them; what nobody watches at all is not sent. In rooms with a server.
   */
  dynacast?: boolean;
  /** Device id of the speaker for audio elements. */
  audioOutput?: string;
  /** `disconnect()` stops camera and microphone (default true). */
  stopLocalTracks?: boolean;
  /** Leave politely on `pagehide` (default true). */
  disconnectOnPageLeave?: boolean;
  /** When to try again, and when to give up. Default: never gives up. */
  reconnectPolicy?: ReconnectPolicy;
  /** Milliseconds until the first `connect` fails with `CONNECT_TIMEOUT`. Default 15 000. */
  connectTimeout?: number;
  /** Milliseconds until a request fails with `REQUEST_TIMEOUT`. Default 10 000. */
  requestTimeout?: number;
  /**
   * How media travels: as the server says (`auto`, the default): from browser to browser as long as that does, through
   * the server when it does not, changed live; always through the server (`sfu`); or always from browser to browser
   * (`p2p`), which suits few people as each sends a copy to each. A room that is of one kind only tells who joins for
   * the other: `TOPOLOGY_MISMATCH`.
   */
  topology?: Topology | 'auto';
  /**
   * P2P: bits per second that all copies of what this page sends may take together. Sound comes first, the rest is
   * shared out evenly. Default 4 000 000.
   */
  uplinkBitrate?: number;
  /** Extra settings of each RTCPeerConnection. */
  rtcConfiguration?: Pick<RTCConfiguration, 'iceTransportPolicy' | 'iceServers'>;
  logger?: Logger;
  /** Parts of the browser to replace, for tests. */
  platform?: Partial<Platform>;
  /** What carries the media, in place of what `topology` says. Replaced in tests. */
  driver?: DriverFactory;
  /** How signalling travels. Default: WebSocket. Replaced in tests. */
  channel?: ChannelFactory;
}

export interface ConnectOptions {
  /** Room id. Also read from `?roomId=` of the URL. */
  room?: string;
  /** The same as `room`, by the wire's name. */
  roomId?: string;
  peerId?: string;
  displayName?: string;
}

export interface CreateLocalTracksOptions {
  audio?: boolean | AudioCaptureOptions;
  video?: boolean | VideoCaptureOptions;
  /** Parts of the browser to replace, for tests. */
  platform?: Partial<Platform>;
}
