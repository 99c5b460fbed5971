import type { DtlsParameters, RtpParameters } from '@parlor/protocol';

/** What a browser would send: parameters for tests that have no browser. */

/** Ten SSRCs apart, so that samples on one transport do not collide. */
let lastSsrc = 1000;
const nextSsrc = () => (lastSsrc += 10);

export const sampleAudio = (): RtpParameters => ({
  mid: '0',
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: 111,
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [{ type: 'transport-cc' }],
    },
  ],
  headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 }],
  encodings: [{ ssrc: nextSsrc(), dtx: true }],
  rtcp: { cname: 'sample', reducedSize: true, mux: true },
});

export const sampleVideo = (): RtpParameters => ({
  mid: '1',
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType: 96,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
    },
    { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
  ],
  headerExtensions: [
    { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
    { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 10 },
  ],
  encodings: [
    { rid: 'r0', maxBitrate: 150_000 },
    { rid: 'r1', maxBitrate: 500_000 },
    { rid: 'r2', maxBitrate: 1_700_000 },
  ],
  rtcp: { cname: 'sample', reducedSize: true, mux: true },
});

export const sampleDtls = (role: DtlsParameters['role'] = 'client'): DtlsParameters => ({
  role,
  fingerprints: [
    {
      algorithm: 'sha-256',
      value: Array.from({ length: 32 }, (_, i) => (i + 16).toString(16))
        .join(':')
        .toUpperCase(),
    },
  ],
});
