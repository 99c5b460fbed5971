import type { RtpCapabilities } from '@parlor/protocol';
import type { PayloadTypes, Peer } from '../../core/types.js';
import { isRtx, isSameCodec, roomCodecs } from '../../sdp/codecs.js';
import { isReceiving, type SdpCodec } from '../../sdp/description.js';
import { peerPort } from '../../sdp/MediaPort.js';
import { TransportLink } from '../../sdp/TransportLink.js';
import type { RtpSection } from '../../sdp/write.js';
import type { Timer } from '../timer.js';
import { answerOf, readOffer, unsupported, type MediaSection } from './offer.js';
import { Watcher } from './Watcher.js';
import type { Negotiated } from './WhipSession.js';

export interface WatchOptions {
  readonly peer: Peer;
  readonly offer: string;
  /** Show this peer and nobody else. */
  readonly only: string | undefined;
  readonly timer: Timer;
  readonly failed: (error: unknown) => void;
}

/**
 * Lets a viewer see and hear what its offer has room for. Viewers take no second offer, so the answer already has
 * everything that may ever come: all codecs in common, under the client's payload types.
 *
 * @throws SDP_INVALID, SDP_UNSUPPORTED, LIMIT_REACHED
 */
export async function watch(options: WatchOptions): Promise<Negotiated & { watcher: Watcher }> {
  const { peer, only, timer, failed } = options;
  const offer = readOffer(options.offer, isReceiving, 'recvonly');
  const receptions = offer.media.map((section) => receptionOf(section, peer.room.rtpCapabilities));
  const payloadTypes: PayloadTypes = new Map(receptions.flatMap(({ pairs }) => pairs));
  const transport = await peer.createTransport({ direction: 'recv', payloadTypes });
  const port = peerPort(peer, transport);
  const link = new TransportLink(port);
  const watcher = new Watcher({
    peer,
    transport,
    screens: offer.media.map(({ kind, mid }) => ({ kind, mid })),
    rtpCapabilities: capabilitiesOf(receptions),
    only,
    timer,
    failed,
  });
  await watcher.refresh();
  await link.connect(offer.transport);
  const sections = receptions.map(({ section, codecs }): RtpSection => {
    const { kind, mid } = section;
    // One stream for both, so that they are played in step.
    const sends = { msid: `${transport.id} ${kind}`, cname: transport.id };
    // No header extension: the worker writes its own ids into packets, whatever was agreed on (sdp/extmap.ts).
    return { type: 'rtp', media: kind, mid, direction: 'sendonly', codecs, extensions: [], sends };
  });
  return { transport, watcher, ...answerOf(offer, { port, link, sections }) };
}

/** What of the room can be received in a section. */
interface Reception {
  readonly section: MediaSection;
  /** Under the client's payload types. */
  readonly codecs: SdpCodec[];
  /** Payload types of the room and of the client. */
  readonly pairs: [number, number][];
}

function receptionOf(section: MediaSection, capabilities: RtpCapabilities): Reception {
  const { kind, codecs: offered } = section;
  const known = roomCodecs(capabilities, kind);
  const codecs: SdpCodec[] = [];
  const pairs: [number, number][] = [];
  for (const codec of known) {
    const theirs = isRtx(codec) ? undefined : offered.find((other) => isSameCodec(codec, other));
    if (!theirs) continue;
    const rtcpFeedback = theirs.rtcpFeedback?.filter(({ type }) => FEEDBACK.has(type)) ?? [];
    codecs.push({ ...theirs, mimeType: codec.mimeType, rtcpFeedback });
    pairs.push([codec.payloadType, theirs.payloadType]);
    const rtx = rtxOf(codec, known);
    const theirRtx = rtxOf(theirs, offered);
    if (!rtx || !theirRtx) continue;
    codecs.push({ ...theirRtx, mimeType: rtx.mimeType, rtcpFeedback: [] });
    pairs.push([rtx.payloadType, theirRtx.payloadType]);
  }
  if (codecs.length === 0) throw unsupported(`none of the ${kind} codecs offered is used in this room`);
  return { section, codecs, pairs };
}

/** Feedback that works without header extensions; bandwidth estimation does not. */
const FEEDBACK: ReadonlySet<string> = new Set(['nack', 'ccm']);

const rtxOf = ({ payloadType }: SdpCodec, codecs: readonly SdpCodec[]): SdpCodec | undefined =>
  codecs.find((other) => isRtx(other) && other.parameters?.['apt'] === payloadType);

const capabilitiesOf = (receptions: readonly Reception[]): RtpCapabilities => ({
  codecs: receptions.flatMap(({ section: { kind }, codecs }) =>
    codecs.map(({ payloadType, ...codec }) => ({ kind, preferredPayloadType: payloadType, ...codec })),
  ),
  headerExtensions: [],
});
