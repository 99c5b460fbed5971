import type { RtpCapabilities } from '@parlor/protocol';

const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/**
 * What a room on mediasoup can offer, as far as SDP is concerned, with the payload types of the golden transcripts;
 * `MediasoupBackend.worker.test.ts` has the real thing.
 */
export const CAPABILITIES: RtpCapabilities = {
  codecs: [
    audio('opus', 100, { clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1, usedtx: 1 } }),
    audio('G722', 9),
    audio('PCMU', 0),
    audio('PCMA', 8),
    ...video('VP8', [101, 102], { 'x-google-start-bitrate': 1000 }),
    ...video('VP9', [103, 104], { 'profile-id': 0 }),
    ...video('H264', [105, 106], {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    }),
  ],
  headerExtensions: [
    both(1, 'urn:ietf:params:rtp-hdrext:sdes:mid'),
    [
      {
        kind: 'video' as const,
        preferredId: 2,
        uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
        direction: 'recvonly' as const,
      },
    ],
    [
      {
        kind: 'video' as const,
        preferredId: 3,
        uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
        direction: 'recvonly' as const,
      },
    ],
    both(4, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'),
    [
      { kind: 'audio' as const, preferredId: 5, uri: TRANSPORT_CC, direction: 'recvonly' as const },
      { kind: 'video' as const, preferredId: 5, uri: TRANSPORT_CC, direction: 'sendrecv' as const },
    ],
    [
      {
        kind: 'audio' as const,
        preferredId: 6,
        uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
        direction: 'sendrecv' as const,
      },
    ],
    [
      {
        kind: 'video' as const,
        preferredId: 8,
        uri: 'urn:3gpp:video-orientation',
        direction: 'sendrecv' as const,
      },
    ],
    both(12, 'urn:mediasoup:params:rtp-hdrext:packet-id'),
  ].flat(),
};

type Codec = NonNullable<RtpCapabilities['codecs']>[number];

function audio(name: string, payloadType: number, more: Partial<Codec> = {}): Codec {
  return {
    kind: 'audio',
    mimeType: `audio/${name}`,
    preferredPayloadType: payloadType,
    clockRate: 8000,
    parameters: {},
    rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
    ...more,
  };
}

function video(name: string, [payloadType, rtx]: [number, number], parameters: Codec['parameters']): Codec[] {
  const base = { kind: 'video' as const, clockRate: 90_000 };
  return [
    {
      ...base,
      mimeType: `video/${name}`,
      preferredPayloadType: payloadType,
      parameters,
      rtcpFeedback: [
        { type: 'nack', parameter: '' },
        { type: 'nack', parameter: 'pli' },
        { type: 'ccm', parameter: 'fir' },
        { type: 'goog-remb', parameter: '' },
        { type: 'transport-cc', parameter: '' },
      ],
    },
    {
      ...base,
      mimeType: 'video/rtx',
      preferredPayloadType: rtx,
      parameters: { apt: payloadType },
      rtcpFeedback: [],
    },
  ];
}

function both(preferredId: number, uri: string) {
  return (['audio', 'video'] as const).map((kind) => ({
    kind,
    preferredId,
    uri,
    direction: 'sendrecv' as const,
  }));
}
