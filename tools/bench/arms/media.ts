import type { types } from 'mediasoup';

/** What every arm's router can carry: the SDK's default list. */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: { 'x-google-start-bitrate': 1000 } },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    clockRate: 90_000,
    parameters: { 'profile-id': 0, 'x-google-start-bitrate': 1000 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
      'x-google-start-bitrate': 1000,
    },
  },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000, parameters: {} },
];

const extension = (uri: types.RtpHeaderExtensionUri, id: number): types.RtpHeaderExtensionParameters => ({
  uri,
  id,
});
const MID = extension('urn:ietf:params:rtp-hdrext:sdes:mid', 4);
const ABS_SEND_TIME = extension('http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time', 2);
const TRANSPORT_CC = extension(
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  3,
);

/** What mediasoup-client sends with `produce` for a microphone in Chromium. */
export const audioParameters = (ssrc: number): types.RtpParameters => ({
  mid: '0',
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: 111,
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
      rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
    },
  ],
  headerExtensions: [
    MID,
    ABS_SEND_TIME,
    TRANSPORT_CC,
    extension('urn:ietf:params:rtp-hdrext:ssrc-audio-level', 1),
  ],
  encodings: [{ ssrc, dtx: true }],
  rtcp: { cname: `audio${String(ssrc)}`, reducedSize: true },
});

/** The same for a camera with three simulcast layers. */
export const videoParameters = (cname: number): types.RtpParameters => ({
  mid: '1',
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType: 96,
      clockRate: 90_000,
      parameters: {},
      rtcpFeedback: [
        { type: 'goog-remb', parameter: '' },
        { type: 'transport-cc', parameter: '' },
        { type: 'ccm', parameter: 'fir' },
        { type: 'nack', parameter: '' },
        { type: 'nack', parameter: 'pli' },
      ],
    },
    {
      mimeType: 'video/rtx',
      payloadType: 97,
      clockRate: 90_000,
      parameters: { apt: 96 },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [
    MID,
    ABS_SEND_TIME,
    TRANSPORT_CC,
    extension('urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 10),
    extension('urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id', 11),
    extension('urn:3gpp:video-orientation', 13),
    extension('urn:ietf:params:rtp-hdrext:toffset', 14),
  ],
  encodings: [150_000, 500_000, 1_700_000].map((maxBitrate, layer) => ({
    rid: `r${String(layer)}`,
    scalabilityMode: 'L1T3',
    maxBitrate,
  })),
  rtcp: { cname: `video${String(cname)}`, reducedSize: true },
});

/** Well formed; no handshake follows, so it need not belong to a certificate. */
export const dtlsParameters: types.DtlsParameters = {
  role: 'client',
  fingerprints: [
    {
      algorithm: 'sha-256',
      value: Array.from({ length: 32 }, (_, i) => `A${(i % 16).toString(16)}`.toUpperCase()).join(':'),
    },
  ],
};

/** Everyone receives an audio and a video of everyone else. */
export const consumersIn = (peers: number): number => 2 * peers * (peers - 1);
