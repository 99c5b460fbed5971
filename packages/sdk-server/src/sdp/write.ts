import type { IceCandidate, IceParameters } from '@parlor/protocol';
import type { Direction, Fingerprint, SdpCodec, SdpExtension, Setup } from './description.js';

/** A media section to write. */
export type SectionOut = RtpSection | SctpSection | RejectedSection;

export interface RtpSection {
  type: 'rtp';
  media: string;
  mid: string;
  direction: Direction;
  codecs: readonly SdpCodec[];
  extensions: readonly SdpExtension[];
  /** What is sent to the client. Without SSRC: whatever comes under these payload types, others after one another too. */
  sends?: { msid: string; cname: string; ssrc?: number; rtxSsrc?: number | undefined } | undefined;
  /** Simulcast that is received from the client. */
  rids?: readonly string[] | undefined;
}

export interface SctpSection {
  type: 'sctp';
  mid: string;
  port: number;
  maxMessageSize: number;
}

/** Port 0: not used (RFC 3264 §6). Some clients want to see codecs and a transport in it all the same. */
export interface RejectedSection {
  type: 'rejected';
  media: string;
  mid: string | undefined;
  protocol: string;
  formats: readonly string[];
  codecs: readonly SdpCodec[];
}

export interface DescriptionOut {
  /** RFC 8866 §5.2. */
  sessionId: string;
  version: number;
  ice: IceParameters;
  candidates: readonly IceCandidate[];
  fingerprint: Fingerprint;
  setup: Setup;
  sections: readonly SectionOut[];
}

/** The text of a description. Everything goes over one bundled transport that is ICE-lite. */
export function writeDescription(description: DescriptionOut): string {
  const { sessionId, version, sections } = description;
  const bundled = sections.flatMap((section) => (section.type === 'rejected' ? [] : [section.mid]));
  const lines = [
    'v=0',
    `o=- ${sessionId} ${String(version)} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    ['a=group:BUNDLE', ...bundled].join(' '),
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *',
    ...sections.flatMap((section) => sectionLines(section, description)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function sectionLines(section: SectionOut, description: DescriptionOut): string[] {
  switch (section.type) {
    case 'rtp':
      return rtpLines(section, description);
    case 'sctp':
      return [
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        ...transportLines(description),
        `a=mid:${section.mid}`,
        `a=sctp-port:${String(section.port)}`,
        `a=max-message-size:${String(section.maxMessageSize)}`,
        ...candidateLines(description),
      ];
    case 'rejected':
      return [
        `m=${section.media} 0 ${section.protocol} ${section.formats.length > 0 ? section.formats.join(' ') : '0'}`,
        'c=IN IP4 0.0.0.0',
        ...transportLines(description),
        ...(section.mid === undefined ? [] : [`a=mid:${section.mid}`]),
        'a=inactive',
        'a=rtcp-mux',
        ...codecLines(section.codecs),
        'a=end-of-candidates',
      ];
  }
}

function rtpLines(section: RtpSection, description: DescriptionOut): string[] {
  const { media, mid, direction, codecs, extensions, sends, rids } = section;
  return [
    `m=${media} 9 UDP/TLS/RTP/SAVPF ${codecs.map(({ payloadType }) => payloadType).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...transportLines(description),
    `a=mid:${mid}`,
    ...extensions.map((extension) => `a=extmap:${String(extension.id)} ${extension.uri}`),
    `a=${direction}`,
    ...(sends ? [`a=msid:${sends.msid}`] : []),
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...codecLines(codecs),
    ...(rids && rids.length > 0
      ? [...rids.map((rid) => `a=rid:${rid} recv`), `a=simulcast:recv ${rids.join(';')}`]
      : []),
    ...(sends ? ssrcLines(sends) : []),
    ...candidateLines(description),
  ];
}

/** Needed even where MIDs are sent: not every client knows the header extension, and ids may clash (extmap.ts). */
function ssrcLines({ ssrc, rtxSsrc, cname }: NonNullable<RtpSection['sends']>): string[] {
  if (ssrc === undefined) return [];
  return [
    ...(rtxSsrc === undefined ? [] : [`a=ssrc-group:FID ${String(ssrc)} ${String(rtxSsrc)}`]),
    `a=ssrc:${String(ssrc)} cname:${cname}`,
    ...(rtxSsrc === undefined ? [] : [`a=ssrc:${String(rtxSsrc)} cname:${cname}`]),
  ];
}

const transportLines = ({ ice, fingerprint, setup }: DescriptionOut): string[] => [
  `a=ice-ufrag:${ice.usernameFragment}`,
  `a=ice-pwd:${ice.password}`,
  `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
  `a=setup:${setup}`,
];

const candidateLines = ({ candidates }: DescriptionOut): string[] => [
  ...candidates.map((candidate) => `a=${candidateText(candidate)}`),
  'a=end-of-candidates',
];

/** RFC 8839 §5.1. */
export function candidateText(candidate: IceCandidate): string {
  const { foundation, protocol, priority, address, port, type, tcpType } = candidate;
  const text = `candidate:${foundation} 1 ${protocol} ${String(priority)} ${address} ${String(port)} typ ${type}`;
  return tcpType === undefined ? text : `${text} tcptype ${tcpType}`;
}

function codecLines(codecs: readonly SdpCodec[]): string[] {
  return codecs.flatMap(({ mimeType, payloadType, clockRate, channels = 1, parameters, rtcpFeedback }) => {
    const pt = String(payloadType);
    const name = mimeType.slice(mimeType.indexOf('/') + 1);
    const fmtp = Object.entries(parameters ?? {})
      .map(([key, value]) => (value === '' || value === null ? key : `${key}=${String(value)}`))
      .join(';');
    return [
      `a=rtpmap:${pt} ${name}/${String(clockRate)}${channels > 1 ? `/${String(channels)}` : ''}`,
      ...(rtcpFeedback ?? []).map(({ type, parameter = '' }) =>
        `a=rtcp-fb:${pt} ${type} ${parameter}`.trimEnd(),
      ),
      ...(fmtp === '' ? [] : [`a=fmtp:${pt} ${fmtp}`]),
    ];
  });
}
