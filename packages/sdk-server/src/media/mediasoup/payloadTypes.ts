import type { types } from 'mediasoup';
import type { PayloadTypes } from '../../core/types.js';

/** What mediasoup takes for retransmissions, in its order (DynamicPayloadTypes in its ortc.ts). */
const DYNAMIC = [...Array.from({ length: 28 }, (_, i) => 100 + i), 96, 97, 98, 99];

/** Codecs for a router that speaks a client's payload types. */
export interface CodecPlan {
  readonly mediaCodecs: types.RouterRtpCodecCapability[];
  /** Payload types of video codecs whose retransmissions come under the payload type that the client wants. */
  readonly withRtx: ReadonlySet<number>;
}

/** A video codec that still has to be placed. */
interface Wanted {
  codec: types.RtpCodecCapability;
  payloadType: number;
  rtx: number | undefined;
}

/**
 * How to make a router whose payload types are the client's. Those of codecs can be chosen freely. For retransmissions
 * mediasoup takes the first of its list that is free when it comes to their codec, so codecs go in the order, with
 * fillers between them, in which that is the one wanted. Where no order does for all, the first codecs of the room
 * are served best: others go without retransmission codec, then without a place. The first one always has a place.
 */
export function planCodecs(room: types.RtpCapabilities, payloadTypes: PayloadTypes): CodecPlan {
  const codecs = room.codecs ?? [];
  const audio: types.RouterRtpCodecCapability[] = [];
  const video: Wanted[] = [];
  for (const codec of codecs) {
    const payloadType = payloadTypes.get(codec.preferredPayloadType);
    if (payloadType === undefined || isRtx(codec)) continue;
    if (codec.kind === 'audio') audio.push({ ...codec, preferredPayloadType: payloadType });
    else {
      const rtx = codecs.find(
        (other) => isRtx(other) && other.parameters?.['apt'] === codec.preferredPayloadType,
      );
      video.push({ codec, payloadType, rtx: rtx && payloadTypes.get(rtx.preferredPayloadType) });
    }
  }
  const taken = new Set(audio.map(({ preferredPayloadType }) => preferredPayloadType));
  const free = DYNAMIC.filter((payloadType) => !taken.has(payloadType));
  const best = concessions(video)
    .flatMap(permutations)
    .map((order) => place(order, free))
    .reduce((a, b) => (value(b, video) > value(a, video) ? b : a));
  return { mediaCodecs: [...audio, ...best.mediaCodecs], withRtx: best.withRtx };
}

/** Whether the client's payload types are the room's own, so that no other router is needed. */
export const isSame = (payloadTypes: PayloadTypes): boolean =>
  [...payloadTypes].every(([room, client]) => room === client);

const isRtx = ({ mimeType }: types.RtpCodecCapability) => mimeType.toLowerCase().endsWith('/rtx');

/** What may be asked for: all, then less and less. Retransmissions of one may leave no place for another. */
const concessions = (video: readonly Wanted[]): Wanted[][] =>
  [...video, undefined].map((_, given) =>
    video.map((wanted, index) => (index < video.length - given ? wanted : { ...wanted, rtx: undefined })),
  );

function place(order: readonly Wanted[], freeAtFirst: readonly number[]): CodecPlan {
  const mediaCodecs: types.RouterRtpCodecCapability[] = [];
  const withRtx = new Set<number>();
  let free = [...freeAtFirst];
  for (const [index, { codec, payloadType, rtx }] of order.entries()) {
    const others = order.slice(index + 1);
    const reserved = new Set(others.map((other) => other.payloadType));
    const hoped = new Set(others.map((other) => other.rtx));
    const left = free.filter((other) => other !== payloadType);
    const before = rtx === undefined ? [] : left.slice(0, Math.max(left.indexOf(rtx), 0));
    const reachable =
      rtx !== undefined &&
      left.includes(rtx) &&
      !before.some((other) => reserved.has(other) || hoped.has(other));
    if (reachable) {
      mediaCodecs.push(...before.map(filler));
      withRtx.add(payloadType);
      free = left.slice(before.length + 1);
    } else {
      const [given] = left;
      if (given === undefined || reserved.has(given)) continue;
      free = left.slice(1);
    }
    mediaCodecs.push({ ...codec, preferredPayloadType: payloadType });
  }
  return { mediaCodecs, withRtx };
}

/** Comfort noise, which nobody sends here: occupies a payload type and takes none for retransmissions. */
const filler = (preferredPayloadType: number): types.RouterRtpCodecCapability => ({
  kind: 'audio',
  mimeType: 'audio/CN',
  clockRate: 32_000,
  preferredPayloadType,
});

/** The more the better: having the first codec counts more than anything about the next. */
function value({ mediaCodecs, withRtx }: CodecPlan, video: readonly Wanted[]): number {
  const placed = new Set(
    mediaCodecs
      .filter(({ kind }) => kind === 'video')
      .map(({ preferredPayloadType }) => preferredPayloadType),
  );
  return video.reduce(
    (sum, { payloadType }) => sum * 3 + (withRtx.has(payloadType) ? 2 : placed.has(payloadType) ? 1 : 0),
    0,
  );
}

/** Rooms have four video codecs; of seven there would be five thousand orders. */
const MAX_PERMUTED = 6;

/** All orders; of too many items the first keep their places. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  const tried = items.length > MAX_PERMUTED ? 1 : items.length;
  return items
    .slice(0, tried)
    .flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
