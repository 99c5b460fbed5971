import type { DtlsParameters, RtpParameters } from '@parlor/protocol';

/**
 * A session description (RFC 8866, RFC 8829) as far as media over one bundled transport needs it. What `parse.ts` gives
 * out is within the bounds that mediasoup and RFC 8285, 8843 and 9143 set.
 */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** RFC 4145 §4 and RFC 5763: who opens the DTLS association. */
export type Setup = 'actpass' | 'active' | 'passive';

export type Fingerprint = DtlsParameters['fingerprints'][number];

/** A codec with its payload type, as mediasoup writes it: retransmission codecs are `…/rtx` with `apt`. */
export type SdpCodec = RtpParameters['codecs'][number];

/** A header extension (RFC 8285); `direction` where it is not that of the section. */
export interface SdpExtension {
  id: number;
  uri: string;
  direction?: Direction | undefined;
}

export interface SsrcGroup {
  semantics: string;
  ssrcs: number[];
}

/** What one side needs to know of the other's end of the transport. */
export interface TransportEnd {
  ufrag: string;
  fingerprints: Fingerprint[];
  setup: Setup;
}

/** A media section. */
export interface Section {
  /** `audio`, `video`, `application` or something that nobody here knows. */
  media: string;
  /** Absent only in sections that are rejected. */
  mid: string | undefined;
  /** Port 0 without `bundle-only`: not used, or used no more. */
  rejected: boolean;
  protocol: string;
  /** Payload types, or what stands in their place. */
  formats: string[];
  direction: Direction;
  /** Those with a known name, in the order of preference. */
  codecs: SdpCodec[];
  extensions: SdpExtension[];
  /** In their order, without repetition. */
  ssrcs: number[];
  ssrcGroups: SsrcGroup[];
  cname: string | undefined;
  /** The stream and the track that the sender names (RFC 8830). */
  msid: { stream: string; track: string | undefined } | undefined;
  /** Of the encodings that the sender offers, in its order (RFC 8853). */
  rids: string[];
  /** Of a data channel section (RFC 8841). */
  sctp: { port: number; maxMessageSize: number } | undefined;
}

export interface Description {
  sections: Section[];
  /** Of the BUNDLE group (RFC 9143), in its order. */
  bundle: string[];
  /** Absent only where every section is rejected. */
  transport: TransportEnd | undefined;
}

export const isSending = (direction: Direction): boolean =>
  direction === 'sendrecv' || direction === 'sendonly';
export const isReceiving = (direction: Direction): boolean =>
  direction === 'sendrecv' || direction === 'recvonly';

export const directionOf = ({ sends, receives }: { sends: boolean; receives: boolean }): Direction => {
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
};
