import type { SdpCodec, SdpExtension, Section, SsrcGroup } from './description.js';
import { invalid, type Attributes, type RawSection } from './lines.js';

/** Codecs whose payload type needs no `a=rtpmap` (RFC 3551 §6). */
const STATIC: Record<number, string> = { 0: 'PCMU/8000', 8: 'PCMA/8000', 9: 'G722/8000', 13: 'CN/8000' };

const MAX_SSRC = 0xffff_ffff;
const MAX_ENCODINGS = 8;
const MAX_PARAMETERS = 64;

export type RtpPart = Pick<
  Section,
  'codecs' | 'extensions' | 'ssrcs' | 'ssrcGroups' | 'cname' | 'msid' | 'rids'
>;

/** What a section says of RTP. @throws SDP_INVALID */
export function readRtp(raw: RawSection, session: Attributes): RtpPart {
  const { attributes } = raw;
  return {
    codecs: readCodecs(raw),
    extensions: readExtensions([...session.all('extmap'), ...attributes.all('extmap')]),
    ...readSsrcs(attributes),
    msid: readMsid(attributes),
    rids: readRids(attributes),
  };
}

/** RFC 5761 §4: 64 to 95 would be taken for RTCP. */
function payloadType(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (!(number <= 127) || (number >= 64 && number <= 95)) throw invalid(`payload type ${text.slice(0, 20)}`);
  return number;
}

function readCodecs({ media, formats, attributes }: RawSection): SdpCodec[] {
  const names = valuesByPayloadType(attributes.all('rtpmap'));
  const parameters = valuesByPayloadType(attributes.all('fmtp'));
  const feedback = attributes.all('rtcp-fb').map(readFeedback);
  const codecs = new Map<number, SdpCodec>();
  for (const format of formats) {
    const number = payloadType(format);
    const name = names.get(number) ?? STATIC[number];
    // RFC 8866 §5.14: a dynamic payload type without a name cannot be used.
    if (name === undefined || codecs.has(number)) continue;
    const [, encoding, rate, channels] = /^([A-Za-z0-9._+-]{1,40})\/(\d{1,6})(?:\/(\d))?$/.exec(name) ?? [];
    const clockRate = Number(rate);
    if (encoding === undefined || clockRate < 1 || clockRate > 192_000 || channels === '0')
      throw invalid(`codec ${JSON.stringify(name.slice(0, 60))}`);
    codecs.set(number, {
      mimeType: `${media}/${encoding}`,
      payloadType: number,
      clockRate,
      ...(channels !== undefined && channels !== '1' && { channels: Number(channels) }),
      parameters: readParameters(parameters.get(number) ?? ''),
      rtcpFeedback: feedback
        .filter(({ applies }) => applies === '*' || applies === number)
        .map(({ type, parameter }) => ({ type, parameter })),
    });
  }
  return [...codecs.values()];
}

function valuesByPayloadType(lines: readonly string[]): Map<number, string> {
  const values = new Map<number, string>();
  for (const line of lines) {
    const space = line.indexOf(' ');
    if (space < 0) throw invalid(`no payload type in ${JSON.stringify(line.slice(0, 60))}`);
    values.set(payloadType(line.slice(0, space)), line.slice(space + 1).trim());
  }
  return values;
}

function readFeedback(line: string) {
  const [, applies, type, parameter] =
    /^(\*|\d{1,3}) ([a-z0-9-]{1,32})(?: ([!-~ ]{0,32}))?$/i.exec(line) ?? [];
  if (applies === undefined || type === undefined)
    throw invalid(`RTCP feedback ${JSON.stringify(line.slice(0, 60))}`);
  return {
    applies: applies === '*' ? ('*' as const) : payloadType(applies),
    type,
    parameter: parameter?.trim() ?? '',
  };
}

/** Numbers where a number is written: mediasoup compares them as such. */
function readParameters(text: string): Record<string, string | number> {
  const entries = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [string, string | number] => {
      const at = part.indexOf('=');
      const name = (at < 0 ? part : part.slice(0, at)).trim();
      const value = at < 0 ? '' : part.slice(at + 1).trim();
      if (name.length > 64 || value.length > 512) throw invalid('a codec parameter is too long');
      const isNumber = /^(0|[1-9]\d{0,8})$/.test(value) && name !== 'profile-level-id';
      return [name, isNumber ? Number(value) : value];
    });
  if (entries.length > MAX_PARAMETERS) throw invalid('too many codec parameters');
  return Object.fromEntries(entries);
}

/** RFC 8285 §4.2: ids from 15 on need two bytes each, which mediasoup does not send, or are placeholders. */
function readExtensions(lines: readonly string[]): SdpExtension[] {
  const extensions = new Map<number, SdpExtension>();
  for (const line of lines) {
    const [, number, direction, uri] =
      /^(\d{1,4})(?:\/(sendrecv|sendonly|recvonly|inactive))? ([!-~]{1,256})(?: .*)?$/.exec(line) ?? [];
    const id = Number(number);
    const isPlaceholder = id >= 4096 && id <= 4351;
    if (uri === undefined || id < 1 || (id > 255 && !isPlaceholder))
      throw invalid(`header extension ${JSON.stringify(line.slice(0, 60))}`);
    if (id > 14) continue;
    const other = extensions.get(id);
    if (other && other.uri !== uri) throw invalid(`two header extensions with id ${String(id)}`);
    extensions.set(id, { id, uri, direction: direction as SdpExtension['direction'] });
  }
  return [...extensions.values()];
}

function ssrc(text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(number >= 1 && number <= MAX_SSRC)) throw invalid(`SSRC ${text.slice(0, 20)}`);
  return number;
}

function readSsrcs(attributes: Attributes): Pick<RtpPart, 'ssrcs' | 'ssrcGroups' | 'cname'> {
  const ssrcs = new Set<number>();
  let cname: string | undefined;
  for (const line of attributes.all('ssrc')) {
    const [number = '', attribute = ''] = line.split(/ (.*)/s);
    ssrcs.add(ssrc(number));
    if (attribute.startsWith('cname:')) cname ??= attribute.slice('cname:'.length, 256 + 'cname:'.length);
  }
  const ssrcGroups = attributes.all('ssrc-group').map((line): SsrcGroup => {
    const [semantics = '', ...members] = line.split(/ +/);
    if (members.length > MAX_ENCODINGS) throw invalid('an SSRC group with too many members');
    return { semantics, ssrcs: members.map(ssrc) };
  });
  if (ssrcs.size > 4 * MAX_ENCODINGS || ssrcGroups.length > 4 * MAX_ENCODINGS)
    throw invalid('too many SSRCs in a section');
  return { ssrcs: [...ssrcs], ssrcGroups, cname: cname === '' ? undefined : cname };
}

function readMsid(attributes: Attributes): RtpPart['msid'] {
  const line =
    attributes.first('msid') ??
    // Before RFC 8830 it stood with every SSRC.
    attributes
      .all('ssrc')
      .find((value) => / msid:/.test(value))
      ?.replace(/^\d+ msid:/, '');
  const [, stream, track] = /^([!-~]+)(?: ([!-~]+))?$/.exec(line ?? '') ?? [];
  return stream === undefined || stream === '-'
    ? undefined
    : { stream: stream.slice(0, 64), track: track?.slice(0, 64) };
}

/** Of the encodings that are sent; of alternatives the first (RFC 8853 §5.1), paused (`~`) or not. */
function readRids(attributes: Attributes): string[] {
  const declared = attributes
    .all('rid')
    .map((line) => /^(\S+) send( |$)/.exec(line)?.[1])
    .filter((id) => id !== undefined);
  const list = /(?:^| )send (\S+)/.exec(attributes.first('simulcast') ?? '')?.[1];
  const simulcast = list
    ?.split(';')
    .map((alternatives) => alternatives.split(',')[0]?.replace(/^~/, '') ?? '');
  const rids = simulcast ?? declared;
  if (rids.length > MAX_ENCODINGS || new Set(rids).size < rids.length)
    throw invalid(`simulcast needs different rids, ${String(MAX_ENCODINGS)} at most`);
  for (const rid of rids) {
    if (!/^[A-Za-z0-9_-]{1,16}$/.test(rid) || !declared.includes(rid))
      throw invalid(`rid ${JSON.stringify(rid.slice(0, 20))}`);
  }
  return rids;
}
