import type { PublishRequest } from './MediaDriver.js';

/** How Opus encodes a publication, by the names of RFC 7587 §6.1. */
export interface OpusSettings {
  readonly stereo: boolean;
  /** `useinbandfec` */
  readonly fec: boolean;
  /** `usedtx` */
  readonly dtx: boolean;
  /** `maxaveragebitrate`, bits per second. */
  readonly bitrate: number;
}

/** The options of a publication with their defaults: speech pauses, the sound of a screen may be music. */
export function opusSettings({ source, options }: Pick<PublishRequest, 'source' | 'options'>): OpusSettings {
  const music = source === 'screenAudio';
  return {
    stereo: music,
    fec: options.fec ?? true,
    dtx: options.dtx ?? !music,
    bitrate: options.audioBitrate ?? (music ? 128_000 : 32_000),
  };
}
