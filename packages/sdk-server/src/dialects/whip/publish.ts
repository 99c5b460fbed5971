import type { AppData } from '@parlor/protocol';
import type { Peer } from '../../core/types.js';
import { chooseCodecs } from '../../sdp/codecs.js';
import { isSending } from '../../sdp/description.js';
import { Extensions } from '../../sdp/extmap.js';
import { received } from '../../sdp/incoming.js';
import { peerPort, type MediaPort } from '../../sdp/MediaPort.js';
import { PayloadTypes } from '../../sdp/PayloadTypes.js';
import { TransportLink } from '../../sdp/TransportLink.js';
import type { RtpSection } from '../../sdp/write.js';
import { answerOf, readOffer, unsupported, type MediaSection } from './offer.js';
import type { Negotiated } from './WhipSession.js';

const SOURCES = { audio: 'microphone', video: 'camera' } as const;

/**
 * Takes what an offer wants to publish, all of it or nothing (RFC 9725 §4.4.3).
 * @throws SDP_INVALID, SDP_UNSUPPORTED, UNSUPPORTED_MEDIA, FORBIDDEN, PUBLISH_REFUSED, LIMIT_REACHED
 */
export async function publish(peer: Peer, text: string): Promise<Negotiated> {
  const offer = readOffer(text, isSending, 'sendonly');
  const transport = await peer.createTransport({ direction: 'send' });
  const port = peerPort(peer, transport);
  const link = new TransportLink(port);
  const taken = new Publication(port);
  const sections: RtpSection[] = [];
  for (const section of offer.media) sections.push(await taken.take(section));
  await link.connect(offer.transport);
  return { transport, ...answerOf(offer, { port, link, sections }) };
}

/** What becomes of each section of one offer. */
class Publication {
  readonly #port: MediaPort;
  // Nothing is sent on this transport, so the client's payload types and header extensions clash with none.
  readonly #payloadTypes = new PayloadTypes({});
  readonly #extensions: Extensions;
  #ridTaken = false;

  constructor(port: MediaPort) {
    this.#port = port;
    this.#extensions = new Extensions(port.capabilities, { oneWay: true });
  }

  async take(section: MediaSection): Promise<RtpSection> {
    const { kind, mid } = section;
    const codecs = chooseCodecs({
      offered: section.codecs,
      kind,
      capabilities: this.#port.capabilities,
      payloadTypes: this.#payloadTypes,
    });
    if (!codecs) throw unsupported(`none of the ${kind} codecs offered is used in this room`);
    const { rtpParameters, extensions, rids } = received({
      section,
      codecs,
      extensions: this.#extensions.acceptable(section.extensions, kind),
      mid,
      ridTaken: this.#ridTaken,
    });
    this.#ridTaken ||= rids.length > 0;
    const appData: AppData = { source: SOURCES[kind] };
    await this.#port.produce({ kind, rtpParameters, appData });
    return { type: 'rtp', media: kind, mid, direction: 'recvonly', codecs, extensions, rids };
  }
}
