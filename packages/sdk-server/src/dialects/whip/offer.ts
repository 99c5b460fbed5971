import type { MediaKind } from '@parlor/protocol';
import { randomInt } from 'node:crypto';
import { ParlorError } from '../../errors.js';
import type { Direction, Section, TransportEnd } from '../../sdp/description.js';
import type { MediaPort } from '../../sdp/MediaPort.js';
import { parseDescription } from '../../sdp/parse.js';
import type { TransportLink } from '../../sdp/TransportLink.js';
import { writeDescription, type RtpSection, type SectionOut } from '../../sdp/write.js';
import type { Negotiated } from './WhipSession.js';

export type MediaSection = Section & { kind: MediaKind; mid: string };

/** An offer that keeps to the rules that WHIP and WHEP share. */
export interface Offer {
  /** All sections, in their order. */
  readonly sections: readonly Section[];
  /** One of each kind at most. */
  readonly media: readonly MediaSection[];
  readonly transport: TransportEnd;
}

export const unsupported = (why: string): ParlorError => new ParlorError('SDP_UNSUPPORTED', `SDP: ${why}`);

/**
 * Reads an offer: a single stream of one audio and one video track at most, each in the direction wanted (RFC 9725
 * §4.2, §4.4.2). Sections that carry no media are passed over; they are answered with port 0.
 *
 * @throws SDP_INVALID, SDP_UNSUPPORTED
 */
export function readOffer(text: string, fits: (direction: Direction) => boolean, wanted: Direction): Offer {
  const { sections, transport } = parseDescription(text);
  const media = sections.flatMap((section): MediaSection[] => {
    const { media: kind, mid, rejected } = section;
    if (rejected || mid === undefined || (kind !== 'audio' && kind !== 'video')) return [];
    return [{ ...section, kind, mid }];
  });
  if (media.length === 0 || !transport) throw unsupported('there is neither audio nor video in the offer');
  for (const kind of ['audio', 'video'] satisfies MediaKind[]) {
    if (media.filter((section) => section.kind === kind).length > 1)
      throw unsupported(`only one ${kind} track can be had in a session`);
  }
  const other = media.find(({ direction }) => !fits(direction));
  if (other) throw unsupported(`section ${other.mid} is ${other.direction}: offer it ${wanted}`);
  return { sections, media, transport };
}

/** The answer, section by section in the order of the offer, and what is needed to go on. */
export function answerOf(
  offer: Offer,
  end: { port: MediaPort; link: TransportLink; sections: readonly RtpSection[] },
): Omit<Negotiated, 'transport'> {
  const { port, link, sections } = end;
  const out = offer.sections.map(
    (section): SectionOut => sections.find(({ mid }) => mid === section.mid) ?? rejected(section),
  );
  const { fingerprints } = port.info.dtlsParameters;
  const fingerprint = fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? fingerprints[0];
  const [first] = sections;
  if (!fingerprint || !first)
    throw new Error('a transport without a fingerprint, or an answer without media');
  const answer = writeDescription({
    sessionId: String(randomInt(1, 2 ** 47)),
    version: 1,
    ice: link.ice,
    candidates: port.info.iceCandidates,
    fingerprint,
    setup: link.role,
    sections: out,
  });
  return {
    answer,
    ufrag: offer.transport.ufrag,
    tag: {
      media: first.media,
      mid: first.mid,
      formats: first.codecs.map(({ payloadType }) => String(payloadType)),
      bundle: sections.map(({ mid }) => mid),
    },
  };
}

const rejected = ({ media, mid, protocol, formats }: Section): SectionOut => ({
  type: 'rejected',
  media,
  mid,
  protocol,
  formats,
  codecs: [],
});
