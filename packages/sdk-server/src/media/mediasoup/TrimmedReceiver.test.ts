import { describe, expect, test } from 'vitest';
import type { RtpCapabilities } from '@parlor/protocol';
import { compact, TrimmedReceiver, trim, withSent } from './TrimmedReceiver.js';

const video = (mimeType: string, preferredPayloadType: number, apt?: number) => ({
  kind: 'video' as const,
  mimeType,
  preferredPayloadType,
  clockRate: 90_000,
  ...(apt !== undefined && { parameters: { apt } }),
});

const capabilities: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    video('video/VP8', 101),
    video('video/rtx', 102, 101),
    video('video/H264', 103),
    video('video/rtx', 104, 103),
    video('video/H264', 105),
    video('video/rtx', 106, 105),
  ],
  headerExtensions: [
    { kind: 'audio', uri: 'urn:a', preferredId: 1 },
    { kind: 'video', uri: 'urn:v', preferredId: 2 },
  ],
};

describe('trim', () => {
  test('keeps every profile of the codec with its retransmission, and the extensions of the kind', () => {
    const { codecs, headerExtensions } = trim(capabilities, 'video', 'video/h264');
    expect(codecs?.map(({ preferredPayloadType }) => preferredPayloadType)).toEqual([103, 105, 104, 106]);
    expect(headerExtensions?.map(({ uri }) => uri)).toEqual(['urn:v']);
  });

  test('is empty for a codec that the client does not have', () => {
    expect(trim(capabilities, 'video', 'video/av1').codecs).toEqual([]);
  });
});

test('withSent leaves out what the router only receives', () => {
  const router: RtpCapabilities = {
    headerExtensions: [
      { kind: 'audio', uri: 'urn:v', preferredId: 2, direction: 'sendrecv' },
      { kind: 'video', uri: 'urn:rid', preferredId: 3, direction: 'recvonly' },
      { kind: 'video', uri: 'urn:v', preferredId: 2, direction: 'sendonly' },
      { kind: 'video', uri: 'urn:both', preferredId: 4, direction: 'sendrecv' },
    ],
  };
  const client: RtpCapabilities = {
    codecs: [],
    headerExtensions: ['urn:rid', 'urn:v', 'urn:both', 'urn:other'].map((uri, index) => ({
      kind: 'video',
      uri,
      preferredId: index + 1,
    })),
  };
  expect(withSent(router, client).headerExtensions?.map(({ uri }) => uri)).toEqual(['urn:v', 'urn:both']);
});

test('compact leaves out what mediasoup fills in, and nothing that it compares', () => {
  const parameters = { 'profile-level-id': '42e01f', 'packetization-mode': 1 };
  const rtcpFeedback = [
    { type: 'nack', parameter: '' },
    { type: 'nack', parameter: 'pli' },
  ];
  const given: RtpCapabilities = {
    codecs: [
      { ...video('video/H264', 103), parameters, rtcpFeedback },
      { ...video('video/rtx', 104, 103), rtcpFeedback: [] },
      { ...video('video/VP8', 105), parameters: {} },
      { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    ],
  };
  expect(compact(given).codecs).toEqual([
    {
      kind: 'video',
      mimeType: 'video/H264',
      clockRate: 90_000,
      parameters,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    },
    { kind: 'video', mimeType: 'video/rtx', clockRate: 90_000 },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  ]);
});

test('TrimmedReceiver computes a codec once', () => {
  const receiver = new TrimmedReceiver(capabilities, capabilities);
  expect(receiver.forProducer('video', 'video/VP8')).toBe(receiver.forProducer('video', 'VIDEO/vp8'));
});
