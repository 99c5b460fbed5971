import type { types } from 'mediasoup-client';
import { videoEncodings } from '../../tracks/encodings.js';
import type { PublishRequest } from '../MediaDriver.js';
import { opusSettings } from '../opus.js';

type Codec = types.RtpCodecCapability;

/** Kilobits per second at which Chromium starts, instead of 300: the first seconds are sharp. */
const START_BITRATE = 1000;

function findCodec(capabilities: types.RtpCapabilities, mimeType: string): Codec | undefined {
  return capabilities.codecs?.find((codec) => codec.mimeType.toLowerCase() === mimeType);
}

function audioOptions(request: PublishRequest): types.ProducerOptions {
  const { stereo, fec, dtx, bitrate } = opusSettings(request);
  return {
    codecOptions: { opusStereo: stereo, opusFec: fec, opusDtx: dtx, opusMaxAverageBitrate: bitrate },
  };
}

function videoOptions(request: PublishRequest, capabilities: types.RtpCapabilities): types.ProducerOptions {
  const { mediaStreamTrack, source, options } = request;
  const wanted = options.videoCodec ?? 'vp8';
  const codec = findCodec(capabilities, `video/${wanted}`);
  const { width, height } = mediaStreamTrack.getSettings();
  const encodings = videoEncodings({
    width,
    height,
    source,
    contentHint: mediaStreamTrack.contentHint,
    // Layers fit the codec: without the wanted one it is whichever both sides share, so one plain stream.
    options: codec ? options : { ...options, simulcast: false },
  });
  return {
    encodings,
    ...(codec ? { codec } : {}),
    codecOptions: { videoGoogleStartBitrate: START_BITRATE },
  };
}

/** Codec, layers and bitrates of one publication. */
export const mediaOptions = (
  request: PublishRequest,
  capabilities: types.RtpCapabilities,
): types.ProducerOptions =>
  request.kind === 'audio' ? audioOptions(request) : videoOptions(request, capabilities);
