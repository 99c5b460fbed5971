import type { TrackPublishOptions, VideoEncoding } from '../options.js';
import type { TrackSource } from '../types.js';

export interface EncodingRequest {
  /** As captured. Undefined where the browser does not tell. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly source: TrackSource;
  /** The track's contentHint (W3C mst-content-hint). */
  readonly contentHint: string;
  readonly options: Pick<TrackPublishOptions, 'simulcast' | 'videoCodec' | 'videoEncoding'>;
}

/** The parts of RTCRtpEncodingParameters that are set here. */
export interface LayerEncoding {
  scaleResolutionDownBy?: number;
  maxBitrate: number;
  maxFramerate?: number;
  scalabilityMode?: string;
}

/* Pixels up to which a bitrate is enough, bits per second. Cameras move, screens are sharp. */
const CAMERA: readonly (readonly [pixels: number, maxBitrate: number])[] = [
  [160 * 90, 80_000],
  [320 * 180, 160_000],
  [480 * 270, 300_000],
  [640 * 360, 500_000],
  [960 * 540, 900_000],
  [1280 * 720, 1_700_000],
  [1920 * 1080, 3_000_000],
];
const SCREEN: typeof CAMERA = [
  [640 * 360, 400_000],
  [960 * 540, 800_000],
  [1280 * 720, 1_500_000],
  [1920 * 1080, 2_500_000],
];
const LARGER = 5_000_000;

const bitrateFor = (table: typeof CAMERA, pixels: number): number =>
  table.find(([upTo]) => pixels <= upTo)?.[1] ?? LARGER;

/**
 * How many layers a size bears. Chromium itself drops layers of small captures, and a dropped top layer would
 * leave receivers waiting: one up to 320x180, two below 960x540, three from there.
 */
export function layerCount(width: number, height: number): 1 | 2 | 3 {
  const long = Math.max(width, height);
  if (long <= 320) return 1;
  return long < 960 ? 2 : 3;
}

const limits = ({ maxBitrate, maxFramerate }: VideoEncoding): LayerEncoding => ({
  maxBitrate,
  ...(maxFramerate === undefined ? {} : { maxFramerate }),
});

/**
 * Encodings of a video track, lowest first. Camera video in VP8 or H.264 is simulcast; VP9 and AV1 carry their
 * layers in one stream (SVC; mediasoup refuses VP9 simulcast), AV1 layers of frame rate only. Text on a screen
 * gets a second, half-size layer; other screen content one, so that its frame rate survives.
 */
export function videoEncodings(request: EncodingRequest): LayerEncoding[] {
  const { source, contentHint, options } = request;
  const width = request.width ?? 640;
  const height = request.height ?? 360;
  const screen = source === 'screen';
  const table = screen ? SCREEN : CAMERA;
  const top: VideoEncoding = options.videoEncoding ?? { maxBitrate: bitrateFor(table, width * height) };
  if (options.simulcast === false) return [limits(top)];

  const bearable = layerCount(width, height);
  const layers = screen ? Math.min(bearable, contentHint === 'motion' ? 1 : 2) : bearable;
  if (options.videoCodec === 'vp9' || options.videoCodec === 'av1') {
    // AV1 in layers of several sizes freezes behind mediasoup: its receiver waits for what was left out.
    const sizes = options.videoCodec === 'av1' ? 1 : layers;
    const scalabilityMode = sizes === 1 ? 'L1T3' : `L${String(sizes)}T3_KEY`;
    return [{ ...limits(top), scalabilityMode }];
  }
  return Array.from({ length: layers }, (_, layer) => {
    const scaleResolutionDownBy = 2 ** (layers - 1 - layer);
    const pixels = (width * height) / scaleResolutionDownBy ** 2;
    const maxBitrate =
      scaleResolutionDownBy === 1 ? top.maxBitrate : Math.min(top.maxBitrate, bitrateFor(table, pixels));
    return { ...limits({ ...top, maxBitrate }), scaleResolutionDownBy };
  });
}
