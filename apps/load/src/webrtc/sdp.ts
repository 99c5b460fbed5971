import type { DtlsParameters, IceCandidate, TransportInfo } from '@parlor/protocol';

/** One stream, or the layers of one, as a media section describes it. */
export interface Section {
  mid: string;
  kind: 'audio' | 'video';
  payloadType: number;
  /** As in `a=rtpmap`: `VP8/90000`. */
  codec: string;
  /** Of streams that the server sends. */
  ssrc?: number;
}

/** Who speaks: the server receives and answers, or sends and offers. */
export type ServerSide = 'recvonly' | 'sendonly';

const candidateLine = ({ foundation, protocol, priority, address, port, type }: IceCandidate): string =>
  `a=candidate:${foundation} 1 ${protocol} ${String(priority)} ${address} ${String(port)} typ ${type}`;

function fingerprintLine({ fingerprints }: DtlsParameters): string {
  const found = fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  return `a=fingerprint:sha-256 ${found?.value ?? ''}`;
}

/**
 * What the server would have written if it spoke SDP: the session description of its transport (RFC 8866, RFC 8839,
 * RFC 8842), ICE lite, UDP.
 */
export function serverSdp(transport: TransportInfo, side: ServerSide, sections: readonly Section[]): string {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const connection = [
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    fingerprintLine(dtlsParameters),
    `a=setup:${side === 'sendonly' ? 'actpass' : 'passive'}`,
    'a=rtcp-mux',
    ...iceCandidates.filter(({ protocol }) => protocol === 'udp').map(candidateLine),
    'a=end-of-candidates',
  ];
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
  for (const { mid, kind, payloadType, codec, ssrc } of sections) {
    const type = String(payloadType);
    lines.push(
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`,
      'c=IN IP4 127.0.0.1',
      `a=mid:${mid}`,
      `a=${side}`,
      `a=rtpmap:${type} ${codec}`,
      ...(kind === 'video' ? [`a=rtcp-fb:${type} nack pli`] : []),
      ...(ssrc === undefined ? [] : [`a=ssrc:${String(ssrc)} cname:${mid}`]),
      ...connection,
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** What the server has to know of the client's DTLS: it is the one that begins. */
export function dtlsParametersOf(sdp: string): DtlsParameters {
  const value = /a=fingerprint:sha-256 (\S+)/i.exec(sdp)?.[1];
  if (value === undefined) throw new Error('the session description has no sha-256 fingerprint');
  return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
}
