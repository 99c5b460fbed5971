import type { types } from 'mediasoup-client';
import type { SfuSender } from '../SfuSender.js';

type Sender = Pick<SfuSender, 'sent' | 'demands'>;

/** What is set of an encoding. TypeScript's DOM does not know `scalabilityMode` (W3C webrtc-svc §4.1) yet. */
interface Layered extends Pick<RTCRtpEncodingParameters, 'active' | 'maxBitrate' | 'scaleResolutionDownBy'> {
  scalabilityMode?: string;
}

/** Of layers of several sizes in one stream (W3C webrtc-svc §6): how many sizes, and how many rates each. */
const SIZES = /^L([23])(T\d)/;
/** Twice as wide takes about three times the bitrate, see `tracks/encodings`. */
const BITRATE_STEP = 3;

/** What browsers have been told, or are being told. */
const told = new WeakMap<types.Producer, number>();
/** Changes under way: browsers take one after the other (W3C WebRTC §5.2, setParameters). */
const changes = new WeakMap<types.Producer, Promise<void>>();

/** Nothing of it is sent, as nobody watches it. */
export const rests = ({ demands }: Sender, producerId: string): boolean => demands.get(producerId) === -1;

/** Sends of each video those layers that are wanted, the lowest first; they are switched, and nothing is negotiated. */
export function limitLayers({ sent, demands }: Sender, failed: (error: unknown) => void): void {
  for (const [producerId, { producer }] of sent) {
    const wanted = demands.get(producerId);
    if (wanted === undefined || told.get(producer) === wanted) continue;
    told.set(producer, wanted);
    const before = changes.get(producer) ?? Promise.resolve();
    const change = before
      .then(() => limit(producer, told.get(producer) ?? Infinity))
      .catch((error: unknown) => {
        // It is tried again.
        told.delete(producer);
        failed(error);
      });
    changes.set(producer, change);
  }
}

/**
 * SVC: fewer sizes, of a picture that is as large as the highest of them. Undefined where there is nothing to choose from,
 * or where the browser does not know of it.
 */
function lowerSizes(
  now: Layered,
  published: types.RtpEncodingParameters | undefined,
  highest: number,
): Partial<Layered> | undefined {
  const [, all, rates] = SIZES.exec(published?.scalabilityMode ?? '') ?? [];
  if (!published?.scalabilityMode || !rates || now.scalabilityMode === undefined) return undefined;
  const less = Math.max(0, Number(all) - 1 - highest);
  const { scalabilityMode, scaleResolutionDownBy = 1, maxBitrate } = published;
  const sizes = Number(all) - less;
  return {
    scalabilityMode: sizes === 1 ? `L1${rates}` : scalabilityMode.replace(/^L./, `L${String(sizes)}`),
    scaleResolutionDownBy: scaleResolutionDownBy * 2 ** less,
    ...(maxBitrate !== undefined && { maxBitrate: Math.round(maxBitrate / BITRATE_STEP ** less) }),
  };
}

async function limit(
  { closed, rtpSender: sender, rtpParameters }: types.Producer,
  highest: number,
): Promise<void> {
  if (closed || !sender) return;
  const parameters = sender.getParameters();
  const published = rtpParameters.encodings ?? [];
  const rids = published.map(({ rid }) => rid);
  const encodings: (RTCRtpEncodingParameters & Layered)[] = parameters.encodings;
  const isSingle = encodings.length === 1;
  let isNew = false;
  for (const encoding of encodings) {
    // Browsers may have an order of their own.
    const layer = isSingle ? 0 : rids.indexOf(encoding.rid);
    const wanted: Layered = {
      active: layer <= highest,
      ...(isSingle && highest >= 0 && lowerSizes(encoding, published[0], highest)),
    };
    isNew ||= (Object.keys(wanted) as (keyof Layered)[]).some((key) => wanted[key] !== encoding[key]);
    Object.assign(encoding, wanted);
  }
  if (isNew) await sender.setParameters(parameters);
}
