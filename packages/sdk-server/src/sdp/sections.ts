import type { Direction, SdpCodec, Section } from './description.js';
import { directionOf, isReceiving, isSending } from './description.js';
import { listedIn, union } from './extmap.js';
import type { MLine } from './mlines.js';
import type { RtpSection, SectionOut } from './write.js';

/** Whether media goes to the client in this section now. A muted publisher's does not, and its section says so. */
export const isSent = ({ consumer, clientReceives }: MLine): boolean =>
  consumer !== undefined && !consumer.closed && clientReceives && !consumer.producer.paused;

/** Whether media of the client is taken in this section, or would be. */
export const isTaken = ({ producer, slot }: MLine): boolean =>
  slot || (producer !== undefined && !producer.closed);

/** The client sends in the first codec of a section that it can: the room's choice goes before what it is sent. */
export function codecsOf({ recvCodecs, sendCodecs }: MLine): SdpCodec[] {
  const taken = new Set(recvCodecs.map(({ payloadType }) => payloadType));
  return [...recvCodecs, ...sendCodecs.filter(({ payloadType }) => !taken.has(payloadType))];
}

interface DataChannels {
  port: number;
  maxMessageSize: number;
}

/** A section as the server offers it. */
export function offeredSection(line: MLine, data: DataChannels | undefined): SectionOut {
  const fixed = rejectedOrData(line, data);
  if (fixed) return fixed;
  const direction = directionOf({ sends: isSent(line), receives: isTaken(line) });
  return rtpSection(line, {
    direction,
    codecs: codecsOf(line),
    extensions: union(line.recvExtensions, line.sendExtensions),
  });
}

/** A section as the answer to that of the client: nothing in it that the client has not listed (RFC 8829 §5.3.1). */
export function answeredSection(line: MLine, section: Section, data: DataChannels | undefined): SectionOut {
  const fixed = rejectedOrData(line, data);
  if (fixed) return fixed;
  const listed = new Set(section.codecs.map(({ payloadType }) => payloadType));
  const codecs = codecsOf(line).filter(({ payloadType }) => listed.has(payloadType));
  if (codecs.length === 0) return rejectedSection(line);
  const direction = directionOf({
    sends: isSent(line) && isReceiving(section.direction),
    receives: isTaken(line) && isSending(section.direction),
  });
  const extensions = listedIn(union(line.recvExtensions, line.sendExtensions), section.extensions);
  return rtpSection(line, { direction, codecs, extensions });
}

function rejectedOrData(line: MLine, data: DataChannels | undefined): SectionOut | undefined {
  if (line.rejected || line.mid === undefined) return rejectedSection(line);
  if (line.sctp && data) return { type: 'sctp', mid: line.mid, ...data };
  return line.sctp || codecsOf(line).length === 0 ? rejectedSection(line) : undefined;
}

function rejectedSection(line: MLine): SectionOut {
  const { media, mid, protocol, offeredCodecs } = line;
  const agreed = codecsOf(line);
  const codecs = agreed.length > 0 ? agreed : offeredCodecs;
  const formats = codecs.length > 0 ? codecs.map(({ payloadType }) => String(payloadType)) : line.formats;
  return { type: 'rejected', media, mid, protocol, formats, codecs };
}

function rtpSection(
  line: MLine,
  rest: { direction: Direction } & Pick<RtpSection, 'codecs' | 'extensions'>,
): RtpSection {
  const { media, mid = '', rids, msid, consumer } = line;
  const [encoding] = consumer?.rtpParameters.encodings ?? [];
  const sends =
    isSending(rest.direction) && consumer && encoding?.ssrc !== undefined
      ? {
          msid,
          cname: consumer.rtpParameters.rtcp?.cname ?? 'parlor',
          ssrc: encoding.ssrc,
          rtxSsrc: encoding.rtx?.ssrc,
        }
      : undefined;
  return { type: 'rtp', media, mid, rids: isReceiving(rest.direction) ? rids : [], sends, ...rest };
}
