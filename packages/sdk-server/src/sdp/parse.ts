import { ParlorError } from '../errors.js';
import type { Description, Direction, Fingerprint, Section, Setup, TransportEnd } from './description.js';
import {
  FIRST_LIMITS,
  invalid,
  readLines,
  type Attributes,
  type RawSection,
  type SdpLimits,
} from './lines.js';
import { readRtp } from './readRtp.js';

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
/** RFC 8866 §9: `token`. */
const MID = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,16}$/;
const ICE_UFRAG = /^[A-Za-z0-9+/=_-]{4,256}$/;
const ICE_PWD = /^[A-Za-z0-9+/=_-]{22,256}$/;
const HASH_BYTES: Record<Fingerprint['algorithm'], number> = {
  'sha-1': 20,
  'sha-224': 28,
  'sha-256': 32,
  'sha-384': 48,
  'sha-512': 64,
};
const MAX_FINGERPRINTS = 8;

/**
 * Reads a description of a WebRTC client.
 * @throws SDP_INVALID: what is wrong with it; SDP_UNSUPPORTED: it needs what one bundled transport does not give
 */
export function parseDescription(text: string, limits: SdpLimits = FIRST_LIMITS): Description {
  const { session, sections: raws } = readLines(text, limits);
  const sections = raws.map((raw) => readSection(raw, session));
  const bundle = readBundle(session);
  checkMids(sections, bundle);
  checkSsrcs(sections);
  const live = raws.filter((_raw, index) => sections[index]?.rejected === false);
  return { sections, bundle, transport: readTransport(live, session, bundle) };
}

function readSection(raw: RawSection, session: Attributes): Section {
  const { media, protocol, formats, attributes } = raw;
  const mid = attributes.first('mid');
  if (mid !== undefined && !MID.test(mid)) throw invalid(`mid ${JSON.stringify(mid.slice(0, 20))}`);
  const rejected = raw.port === 0 && !attributes.has('bundle-only');
  const isRtp = media === 'audio' || media === 'video';
  if (!rejected && isRtp) {
    if (!/^(UDP|TCP)\/TLS\/RTP\/SAVPF$/.test(protocol))
      throw new ParlorError(
        'SDP_UNSUPPORTED',
        `SDP: media over ${protocol}; only UDP/TLS/RTP/SAVPF is encrypted`,
      );
    if (!attributes.has('rtcp-mux'))
      throw new ParlorError('SDP_UNSUPPORTED', 'SDP: RTCP needs a=rtcp-mux (rtcpMuxPolicy "require")');
  }
  return {
    media,
    mid,
    rejected,
    protocol,
    formats,
    direction: directionOf(attributes) ?? directionOf(session) ?? 'sendrecv',
    // What is rejected says nothing that counts.
    ...(isRtp && !rejected ? readRtp(raw, session) : NO_RTP),
    sctp: media === 'application' && !rejected ? readSctp(raw) : undefined,
  };
}

const NO_RTP = {
  codecs: [],
  extensions: [],
  ssrcs: [],
  ssrcGroups: [],
  cname: undefined,
  msid: undefined,
  rids: [],
};

const directionOf = (attributes: Attributes): Direction | undefined =>
  DIRECTIONS.find((direction) => attributes.has(direction));

function readSctp({ protocol, attributes }: RawSection): Section['sctp'] {
  const port = Number(attributes.first('sctp-port'));
  if (!/^(UDP|TCP)\/DTLS\/SCTP$/.test(protocol) || !(port >= 1 && port <= 65_535)) return undefined;
  // RFC 8841 §6.1: 64 KiB where nothing is said; 0 is no limit.
  const size = Number(attributes.first('max-message-size') ?? 65_536);
  return { port, maxMessageSize: Number.isSafeInteger(size) && size > 0 ? size : 65_536 };
}

function readBundle(session: Attributes): string[] {
  const group = session.all('group').find((line) => /^BUNDLE( |$)/.test(line));
  return group?.split(/ +/).slice(1) ?? [];
}

function checkMids(sections: readonly Section[], bundle: readonly string[]): void {
  const mids = new Set<string>();
  for (const { mid, rejected } of sections) {
    if (mid !== undefined && mids.has(mid)) throw invalid(`two media sections have mid ${mid}`);
    if (mid !== undefined) mids.add(mid);
    if (!rejected && (mid === undefined || !bundle.includes(mid))) {
      throw new ParlorError(
        'SDP_UNSUPPORTED',
        'SDP: every media section needs a mid and a place in a=group:BUNDLE: there is one transport for all',
      );
    }
  }
}

function checkSsrcs(sections: readonly Section[]): void {
  const seen = new Set<number>();
  for (const section of sections) {
    const own = new Set([...section.ssrcs, ...section.ssrcGroups.flatMap(({ ssrcs }) => ssrcs)]);
    for (const ssrc of own) {
      if (seen.has(ssrc)) throw invalid(`two media sections have SSRC ${String(ssrc)}`);
      seen.add(ssrc);
    }
  }
}

/** ICE and DTLS are those of the section that stands for the group: its first (RFC 9143 §7.2). */
function readTransport(
  live: readonly RawSection[],
  session: Attributes,
  bundle: readonly string[],
): TransportEnd | undefined {
  if (live.length === 0) return undefined;
  const tagged = live.find(({ attributes }) => attributes.first('mid') === bundle[0]) ?? live[0];
  const of = (name: string) => tagged?.attributes.first(name) ?? session.first(name);
  const ufrag = of('ice-ufrag') ?? '';
  if (!ICE_UFRAG.test(ufrag) || !ICE_PWD.test(of('ice-pwd') ?? ''))
    throw invalid('a=ice-ufrag and a=ice-pwd are missing or malformed');
  return {
    ufrag,
    fingerprints: readFingerprints(tagged?.attributes, session),
    setup: readSetup(of('setup')),
  };
}

function readSetup(setup: string | undefined): Setup {
  if (setup === 'actpass' || setup === 'active' || setup === 'passive') return setup;
  throw invalid('a=setup must be actpass, active or passive');
}

/** Hashes of unknown kinds are passed over (RFC 8122 §5.1). */
function readFingerprints(attributes: Attributes | undefined, session: Attributes): Fingerprint[] {
  const own = attributes?.all('fingerprint') ?? [];
  const lines = own.length > 0 ? own : session.all('fingerprint');
  const fingerprints = lines.flatMap((line): Fingerprint[] => {
    const [name = '', value = ''] = line.split(' ');
    const algorithm = name.toLowerCase();
    if (!isHash(algorithm)) return [];
    const bytes = HASH_BYTES[algorithm];
    if (!new RegExp(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){${String(bytes - 1)}}$`).test(value))
      throw invalid(`the ${algorithm} fingerprint must be ${String(bytes)} hex bytes`);
    return [{ algorithm, value: value.toUpperCase() }];
  });
  if (fingerprints.length === 0 || fingerprints.length > MAX_FINGERPRINTS)
    throw invalid('a=fingerprint is missing: media must be encrypted with DTLS');
  return fingerprints;
}

const isHash = (algorithm: string): algorithm is Fingerprint['algorithm'] =>
  Object.hasOwn(HASH_BYTES, algorithm);
