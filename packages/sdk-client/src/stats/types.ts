import type { HoldReason, TrackKind, TrackSource, VideoLayers } from '../types.js';

/**
 * Why a track is received as it is. `full`: nothing speaks against all there is; `size`: its elements show no more;
 * `hidden`: none of them can be seen; `background`: nor can the page; `app`: by `setEnabled`, `setVideoQuality` or
 * `setPreferredLayers`.
 */
export type WantedReason = 'full' | 'size' | 'hidden' | 'background' | 'app';

/** What this page asks for of a track. */
export interface WantedTrack {
  /** False: nothing, for now. */
  readonly receiving: boolean;
  /** The highest layers, by number or by how often the full size is halved. Undefined: those that come. */
  readonly layers: VideoLayers | { readonly halvings: number } | undefined;
  readonly reason: WantedReason;
}

/** One stream, normalised over browsers. Rates are of the time since the last call, undefined on the first. */
export interface TrackStats {
  readonly direction: 'send' | 'recv';
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly identity: string;
  /** Of what is received. */
  readonly wanted: WantedTrack | undefined;
  /** Of what is received: why the server holds it back. */
  readonly held: HoldReason | undefined;
  /** Bits per second of media, all layers together. */
  readonly bitrate: number | undefined;
  readonly bytes: number;
  readonly packets: number;
  readonly packetsLost: number;
  /** Share of packets lost, 0 to 1, since the last call. */
  readonly lossRate: number | undefined;
  /** Milliseconds. */
  readonly jitter: number | undefined;
  /** Milliseconds. */
  readonly roundTripTime: number | undefined;
  readonly codec: string | undefined;
  /** Video: the largest layer. */
  readonly frameWidth: number | undefined;
  readonly frameHeight: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** Encoded or decoded so far. */
  readonly frames: number | undefined;
  /** Received audio: 0 to 1, and the energy so far (W3C webrtc-stats totalAudioEnergy). */
  readonly audioLevel: number | undefined;
  readonly totalAudioEnergy: number | undefined;
}

export interface RoomStats {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly tracks: readonly TrackStats[];
  /** Of the media path, milliseconds. */
  readonly roundTripTime: number | undefined;
  /** What the browser thinks it may send, bits per second. */
  readonly availableOutgoingBitrate: number | undefined;
  /** `udp`, `tcp` or `relay` path of the selected candidate pair. */
  readonly path: 'udp' | 'tcp' | 'relay' | undefined;
}
