import fc from 'fast-check';
import type { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters } from '@parlor/protocol';

/** Parameters that are well-formed and make no sense: what a schema lets through and a media worker has to bear. */

const payloadType = fc.oneof(fc.constantFrom(0, 96, 97, 100, 101, 111, 127), fc.nat(127));
const ssrc = fc.oneof(fc.constantFrom(0, 1, 1111, 2222, 0xffffffff), fc.nat(0xffffffff));
const clockRate = fc.constantFrom(1, 8000, 48_000, 90_000, 192_000);
const channels = fc.constantFrom(1, 2, 8);

const mimeType = (kind: MediaKind) =>
  fc.constantFrom(
    ...(kind === 'audio'
      ? [
          'audio/opus',
          'audio/OPUS',
          'audio/multiopus',
          'audio/PCMU',
          'audio/telephone-event',
          'audio/red',
          'audio/rtx',
        ]
      : [
          'video/VP8',
          'video/vp8',
          'video/VP9',
          'video/H264',
          'video/AV1',
          'video/H265',
          'video/rtx',
          'video/red',
        ]),
  );

const parameters = fc.dictionary(
  fc.constantFrom(
    'apt',
    'packetization-mode',
    'profile-level-id',
    'profile-id',
    'useinbandfec',
    'usedtx',
    'x-google-start-bitrate',
    '__proto__',
    'level-asymmetry-allowed',
    'x',
  ),
  fc.oneof(
    fc.constantFrom<string | number | boolean | null>(
      0,
      1,
      96,
      97,
      111,
      -1,
      1e300,
      '42e01f',
      'zzzzzz',
      '',
      'x'.repeat(512),
      true,
      null,
    ),
    fc.integer(),
    fc.string({ maxLength: 20 }),
  ),
  { maxKeys: 5 },
);

const rtcpFeedback = fc.array(
  fc.record({
    type: fc.constantFrom('nack', 'ccm', 'goog-remb', 'transport-cc', 'x'),
    parameter: fc.constantFrom('', 'pli', 'fir', 'x'.repeat(32)),
  }),
  { maxLength: 6 },
);

const knownUri = fc.constantFrom(
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'urn:3gpp:video-orientation',
  'urn:ietf:params:rtp-hdrext:toffset',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  'urn:mediasoup:params:rtp-hdrext:packet-id',
);
const uri = fc.oneof(
  { weight: 20, arbitrary: knownUri },
  { weight: 1, arbitrary: fc.constantFrom('urn:nobody:knows', 'x'.repeat(256)) },
);
const extensionId = fc.oneof(fc.constantFrom(1, 4, 10, 14, 15, 16, 255), fc.integer({ min: 1, max: 255 }));

const codec = (kind: MediaKind) =>
  fc.record(
    { mimeType: mimeType(kind), payloadType, clockRate, channels, parameters, rtcpFeedback },
    { requiredKeys: ['mimeType', 'payloadType', 'clockRate'] },
  );

const encoding = fc.record(
  {
    ssrc,
    rid: fc.constantFrom('r0', 'r1', 'r2', 'a', 'Z9_-', 'x'.repeat(16)),
    codecPayloadType: payloadType,
    rtx: fc.record({ ssrc }),
    dtx: fc.boolean(),
    scalabilityMode: fc.constantFrom(
      'L1T1',
      'L3T3',
      'S3T3',
      'L3T3_KEY',
      'L1T3',
      'S1T3',
      'L2T3_KEY_SHIFT',
      'L3T3h',
    ),
    maxBitrate: fc.constantFrom(0, 1, 1_000_000_000),
  },
  { requiredKeys: [] },
);

const taken = {
  audio: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 },
  video: { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 },
};
const rtxOf = (kind: MediaKind) => ({
  mimeType: `${kind}/rtx`,
  payloadType: 97,
  clockRate: taken[kind].clockRate,
  parameters: { apt: taken[kind].payloadType },
});

/** Encodings that a worker takes: each with an SSRC or a RID of its own. */
const takenEncodings = fc
  .record({
    by: fc.constantFrom('ssrc', 'rid', 'both'),
    first: fc.constantFrom(1, 1111, 0xffff0000),
    encodings: fc.array(encoding, { minLength: 1, maxLength: 4 }),
  })
  .map(({ by, first, encodings }) =>
    encodings.map(({ dtx, scalabilityMode, maxBitrate, rtx }, index) => ({
      ...(dtx !== undefined && { dtx }),
      ...(maxBitrate !== undefined && { maxBitrate }),
      ...(scalabilityMode !== undefined && encodings.length === 1 && { scalabilityMode }),
      ...(by !== 'rid' && { ssrc: first + index }),
      ...(by !== 'ssrc' && { rid: `r${String(index)}` }),
      ...(rtx && { rtx: { ssrc: first + 100 + index } }),
    })),
  );

/** Publications of which most get past the checks in front of the worker. */
export const absurdRtpParameters = (kind: MediaKind): fc.Arbitrary<RtpParameters> =>
  fc
    .record({
      mid: fc.option(fc.constantFrom('0', '1', 'x', '~!"#$%&\''), { nil: undefined }),
      codecs: fc.oneof(
        { weight: 5, arbitrary: fc.constant<RtpParameters['codecs']>([taken[kind]]) },
        { weight: 3, arbitrary: fc.constant<RtpParameters['codecs']>([taken[kind], rtxOf(kind)]) },
        { weight: 1, arbitrary: fc.array(codec(kind), { minLength: 1, maxLength: 4 }) },
      ),
      headerExtensions: fc.array(fc.record({ uri, id: extensionId, encrypt: fc.boolean() }), {
        maxLength: 8,
      }),
      encodings: fc.oneof(
        { weight: 4, arbitrary: takenEncodings },
        { weight: 1, arbitrary: fc.array(encoding, { minLength: 1, maxLength: 8 }) },
      ),
      rtcp: fc.record(
        {
          cname: fc.constantFrom('', 'x', 'x'.repeat(256), '\u0000', '\u{1f3a4}'),
          reducedSize: fc.boolean(),
          mux: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ mid, ...rest }) => ({ ...rest, ...(mid !== undefined && { mid }) }));

export const absurdRtpCapabilities: fc.Arbitrary<RtpCapabilities> = fc.record(
  {
    codecs: fc.array(
      fc.constantFrom<MediaKind>('audio', 'video').chain((kind) =>
        fc.record(
          {
            kind: fc.constantFrom<MediaKind>(kind, kind, kind, 'audio'),
            mimeType: mimeType(kind),
            preferredPayloadType: payloadType,
            clockRate,
            channels,
            parameters,
            rtcpFeedback,
          },
          { requiredKeys: ['kind', 'mimeType', 'clockRate'] },
        ),
      ),
      { maxLength: 12 },
    ),
    headerExtensions: fc.array(
      fc.record(
        {
          kind: fc.constantFrom<MediaKind>('audio', 'video'),
          uri,
          preferredId: extensionId,
          preferredEncrypt: fc.boolean(),
          direction: fc.constantFrom('sendrecv', 'sendonly', 'recvonly', 'inactive'),
        },
        { requiredKeys: ['kind', 'uri', 'preferredId'] },
      ),
      { maxLength: 10 },
    ),
  },
  { requiredKeys: [] },
);

const hex = (bytes: number, byte: string) => Array.from({ length: bytes }, () => byte).join(':');

export const absurdDtlsParameters: fc.Arbitrary<DtlsParameters> = fc.record(
  {
    role: fc.constantFrom('auto', 'client', 'server'),
    fingerprints: fc.array(
      fc.constantFrom(
        { algorithm: 'sha-1' as const, value: hex(20, '00') },
        { algorithm: 'sha-224' as const, value: hex(28, 'ff') },
        { algorithm: 'sha-256' as const, value: hex(32, 'Aa') },
        { algorithm: 'sha-384' as const, value: hex(48, '0F') },
        { algorithm: 'sha-512' as const, value: hex(64, 'FF') },
      ),
      { minLength: 1, maxLength: 8 },
    ),
  },
  { requiredKeys: ['fingerprints'] },
);
