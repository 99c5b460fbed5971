import type { IceCandidate, IceParameters } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import { candidateText } from '../../sdp/write.js';

/** What a client sends of its ICE agent after the offer (RFC 8840 §9). */
export interface IceFragment {
  /** Undefined: that of before. */
  ufrag: string | undefined;
}

/** The media section that stands for the bundle in fragments: the first of the offer (RFC 9725 §4.3.2). */
export interface BundleTag {
  media: string;
  mid: string;
  formats: readonly string[];
  bundle: readonly string[];
}

const malformed = (why: string) => new ParlorError('SDP_INVALID', `SDP fragment: ${why}`);

const LINE = /^[am]=[^\p{Cc}]+$/u;
const UFRAG = /^a=ice-ufrag:[A-Za-z0-9+/=_-]{4,256}$/;
const PWD = /^a=ice-pwd:[A-Za-z0-9+/=_-]{22,256}$/;
/** RFC 8839 §5.1, as far as it is the same for every kind of candidate. */
const CANDIDATE =
  /^a=candidate:[A-Za-z0-9+/]{1,32} \d{1,3} [A-Za-z]{1,32} \d{1,10} [!-~]{1,255} \d{1,5} typ [a-z]{1,32}( [!-~]+)*$/;

/**
 * Reads the body of a PATCH. Candidates are looked at and dropped: the server is ICE-lite and learns the client's
 * addresses from its checks (RFC 8445 §6.1.1).
 *
 * @throws SDP_INVALID
 */
export function readFragment(text: string): IceFragment {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (lines.length === 0) throw malformed('it is empty');
  let ufrag: string | undefined;
  let hasPassword = false;
  for (const line of lines) {
    if (!LINE.test(line)) throw malformed(`not a line of one: ${JSON.stringify(line.slice(0, 40))}`);
    if (line.startsWith('a=candidate:') && !CANDIDATE.test(line)) throw malformed('a candidate is malformed');
    if (line.startsWith('a=ice-ufrag:')) {
      if (!UFRAG.test(line)) throw malformed('a=ice-ufrag is malformed');
      ufrag ??= line.slice('a=ice-ufrag:'.length);
    }
    if (line.startsWith('a=ice-pwd:')) {
      if (!PWD.test(line)) throw malformed('a=ice-pwd is malformed');
      hasPassword = true;
    }
  }
  if (hasPassword !== (ufrag !== undefined)) throw malformed('a=ice-ufrag and a=ice-pwd belong together');
  return { ufrag };
}

/** The server's side after an ICE restart, with all of its candidates (RFC 9725 §4.3.3). */
export function writeFragment(
  tag: BundleTag,
  ice: { parameters: IceParameters; candidates: readonly IceCandidate[] },
): string {
  const { usernameFragment, password } = ice.parameters;
  const lines = [
    'a=ice-lite',
    `a=group:BUNDLE ${tag.bundle.join(' ')}`,
    `m=${tag.media} 9 UDP/TLS/RTP/SAVPF ${tag.formats.join(' ')}`,
    `a=mid:${tag.mid}`,
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    ...ice.candidates.map((candidate) => `a=${candidateText(candidate)}`),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
