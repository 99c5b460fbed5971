import type { types } from 'mediasoup';

/**
 * What a room can carry, the preferred first. A client sends in the first video codec that both ends know, so VP8
 * leads: every browser has it and simulcasts it.
 *
 * Payload types are those that clients of plain SDP choose least. They count up from 96, browsers have most of those from
 * 108, and for libwebrtc 102 to 106 once stood for other audio, which it never forgets. Retransmissions get 101 to 103
 * and 107, which are given up for a client that uses them for media.
 */
export const DEFAULT_CODECS: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    preferredPayloadType: 100,
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  // What clients of plain SDP may be limited to (RFC 3551 §4.5).
  { kind: 'audio', mimeType: 'audio/G722', clockRate: 8000 },
  { kind: 'audio', mimeType: 'audio/PCMU', clockRate: 8000 },
  { kind: 'audio', mimeType: 'audio/PCMA', clockRate: 8000 },
  {
    kind: 'video',
    mimeType: 'video/VP8',
    preferredPayloadType: 104,
    clockRate: 90_000,
    parameters: { 'x-google-start-bitrate': 1000 },
  },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    preferredPayloadType: 105,
    clockRate: 90_000,
    parameters: { 'profile-id': 0, 'x-google-start-bitrate': 1000 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    preferredPayloadType: 106,
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
      'x-google-start-bitrate': 1000,
    },
  },
  {
    kind: 'video',
    mimeType: 'video/AV1',
    preferredPayloadType: 110,
    clockRate: 90_000,
    parameters: {},
  },
];

/**
 * Header extensions that must not be offered. Chromium negotiates abs-capture-time but never sends it; mediasoup
 * then waits for it before it switches simulcast layers, so layers never switch.
 */
const WITHHELD_EXTENSIONS = new Set(['http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time']);

/** The router's capabilities as clients may see them. */
export function offeredCapabilities(router: types.RtpCapabilities): types.RtpCapabilities {
  return {
    ...router,
    headerExtensions: (router.headerExtensions ?? []).filter(({ uri }) => !WITHHELD_EXTENSIONS.has(uri)),
  };
}
