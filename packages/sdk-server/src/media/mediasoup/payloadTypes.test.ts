import fc from 'fast-check';
import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { describe, expect, test } from 'vitest';
import type { PayloadTypes } from '../../core/types.js';
import { DEFAULT_CODECS } from './codecs.js';
import { planCodecs } from './payloadTypes.js';

const isRtx = ({ mimeType }: types.RtpCodecCapability) => mimeType.endsWith('/rtx');

/** Capabilities of a room, with some of the payload types that a worker would give. */
const ROOM: types.RtpCapabilities = {
  codecs: DEFAULT_CODECS.flatMap((codec, index): types.RtpCodecCapability[] => {
    const preferredPayloadType = 100 + 2 * index;
    const media = { ...codec, preferredPayloadType };
    if (codec.kind === 'audio') return [media];
    const rtx: types.RtpCodecCapability = {
      kind: 'video',
      mimeType: 'video/rtx',
      clockRate: 90_000,
      preferredPayloadType: preferredPayloadType + 1,
      parameters: { apt: preferredPayloadType },
    };
    return [media, rtx];
  }),
};

/** `mimeType -> [payload type, that of retransmissions]` of a client, as a map from those of the room. */
function clientOf(wanted: Record<string, [number, number?]>): PayloadTypes {
  const map = new Map<number, number>();
  for (const [mimeType, [payloadType, rtx]] of Object.entries(wanted)) {
    const codec = ROOM.codecs?.find((each) => each.mimeType.toLowerCase() === mimeType.toLowerCase());
    if (!codec) throw new Error(`no ${mimeType} in the room`);
    map.set(codec.preferredPayloadType, payloadType);
    if (rtx !== undefined) map.set(codec.preferredPayloadType + 1, rtx);
  }
  return map;
}

/** What mediasoup makes of the plan: `mimeType -> [payload type, that of retransmissions]`. */
function madeOf(mediaCodecs: types.RouterRtpCodecCapability[]): Record<string, [number, number?]> {
  const { codecs = [] } = mediasoup.ortc.generateRouterRtpCapabilities(mediaCodecs);
  const made: Record<string, [number, number?]> = {};
  for (const codec of codecs) {
    if (isRtx(codec) || codec.mimeType === 'audio/CN') continue;
    const rtx = codecs.find((other) => other.parameters?.['apt'] === codec.preferredPayloadType);
    made[codec.mimeType] = rtx
      ? [codec.preferredPayloadType, rtx.preferredPayloadType]
      : [codec.preferredPayloadType];
  }
  return made;
}

describe('a plan of codecs', () => {
  test.each<[string, Record<string, [number, number?]>, string[]]>([
    [
      'Chromium',
      {
        'audio/opus': [111],
        'audio/G722': [9],
        'audio/PCMU': [0],
        'audio/PCMA': [8],
        'video/VP8': [96, 97],
        'video/VP9': [98, 99],
        'video/H264': [108, 109],
        // Out of mediasoup's reach.
        'video/AV1': [45, 46],
      },
      ['video/VP8', 'video/VP9', 'video/H264'],
    ],
    [
      'Firefox',
      {
        'audio/opus': [109],
        'video/VP8': [120, 124],
        'video/VP9': [121, 125],
        'video/H264': [126, 127],
        'video/AV1': [99, 100],
      },
      ['video/VP8', 'video/H264', 'video/AV1'],
    ],
    ['an encoder', { 'audio/opus': [97], 'video/H264': [96] }, []],
    [
      'aiortc',
      { 'audio/opus': [96], 'video/VP8': [97, 98], 'video/H264': [99, 100] },
      ['video/VP8', 'video/H264'],
    ],
    ['one who is as the room is', { 'video/VP8': [108, 109] }, ['video/VP8']],
  ])('gives %s its payload types', (_, wanted, withRtx) => {
    const plan = planCodecs(ROOM, clientOf(wanted));
    const made = madeOf(plan.mediaCodecs);
    for (const [mimeType, [payloadType, rtx]] of Object.entries(wanted)) {
      expect(made[mimeType]?.[0], mimeType).toBe(payloadType);
      if (withRtx.includes(mimeType)) expect(made[mimeType], mimeType).toEqual([payloadType, rtx]);
    }
    expect(Object.keys(made)).toHaveLength(Object.keys(wanted).length);
    expect([...plan.withRtx].sort()).toEqual(withRtx.map((mimeType) => wanted[mimeType]?.[0]).sort());
  });

  test('leaves out what cannot be placed, the least wanted first', () => {
    // Each takes the other's place: whichever comes first gets the other's payload type for retransmissions.
    const wanted = { 'video/VP8': [100, 102], 'video/VP9': [101, 103] } as const;
    const { mediaCodecs } = planCodecs(
      ROOM,
      clientOf({ 'video/VP8': [...wanted['video/VP8']], 'video/VP9': [...wanted['video/VP9']] }),
    );
    expect(madeOf(mediaCodecs)['video/VP8']?.[0]).toBe(100);
  });

  test('has a place for the first codec, if the next one goes without retransmissions for it', () => {
    // 100 is the first that mediasoup would take for VP8, and 99 the last that it has at all.
    const wanted = clientOf({ 'video/VP8': [0], 'video/VP9': [100, 99] });
    expect(Object.keys(madeOf(planCodecs(ROOM, wanted).mediaCodecs))).toContain('video/VP8');
  });

  test('whatever a client has, mediasoup takes the plan and nothing is under a wrong payload type', () => {
    const offered = (ROOM.codecs ?? []).map(({ preferredPayloadType }) => preferredPayloadType);
    const dynamic = fc.integer({ min: 96, max: 127 });
    const low = fc.integer({ min: 0, max: 63 });
    const maps = fc
      .tuple(
        fc.subarray(offered),
        fc.uniqueArray(fc.oneof(dynamic, dynamic, low), {
          minLength: offered.length,
          maxLength: offered.length,
        }),
      )
      .map(([room, client]) => new Map(room.map((payloadType, index) => [payloadType, client[index] ?? 0])));
    fc.assert(
      fc.property(maps, (payloadTypes) => {
        const { mediaCodecs, withRtx } = planCodecs(ROOM, payloadTypes);
        const { codecs = [] } = mediasoup.ortc.generateRouterRtpCapabilities(mediaCodecs);
        const media = codecs.filter((codec) => !isRtx(codec) && codec.mimeType !== 'audio/CN');
        for (const codec of media) {
          const room = ROOM.codecs?.find(
            (each) => each.mimeType === codec.mimeType && payloadTypes.has(each.preferredPayloadType),
          );
          expect(codec.preferredPayloadType).toBe(payloadTypes.get(room?.preferredPayloadType ?? -1));
          if (!withRtx.has(codec.preferredPayloadType)) continue;
          const rtx = codecs.find((other) => other.parameters?.['apt'] === codec.preferredPayloadType);
          expect(rtx?.preferredPayloadType).toBe(payloadTypes.get((room?.preferredPayloadType ?? -1) + 1));
        }
        const first = ROOM.codecs?.find(
          (codec) => codec.kind === 'video' && !isRtx(codec) && payloadTypes.has(codec.preferredPayloadType),
        );
        if (first) expect(media.map(({ mimeType }) => mimeType)).toContain(first.mimeType);
      }),
    );
  });
});
