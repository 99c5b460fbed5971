import { z } from 'zod';
import { MediaKind } from './model.js';
import { remembered } from './remembered.js';

/**
 * RTP, ICE and DTLS shapes as mediasoup defines them (mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities).
 * The bounds are far above what browsers send and below what could hurt the worker.
 */

const text = (max: number) => z.string().min(1).max(max);
const uint32 = z.number().int().min(0).max(0xffffffff);
const payloadType = z.number().int().min(0).max(127);

/** fmtp parameters: flat, short. */
const CodecParameters = z
  .record(z.string().max(64), z.union([z.string().max(512), z.number(), z.boolean(), z.null()]))
  .refine((p) => Object.keys(p).length <= 64, 'too many codec parameters');

const RtcpFeedback = z.object({ type: text(32), parameter: z.string().max(32).optional() });

const mimeType = z.string().regex(/^(audio|video)\/[A-Za-z0-9._+-]{1,40}$/, 'must be audio/… or video/…');

const RtpCodecParameters = z.object({
  mimeType,
  payloadType,
  clockRate: z.number().int().min(1).max(192_000),
  channels: z.number().int().min(1).max(8).optional(),
  parameters: CodecParameters.optional(),
  rtcpFeedback: z.array(RtcpFeedback).max(32).optional(),
});

const HeaderExtensionParameters = z.object({
  uri: text(256),
  id: z.number().int().min(1).max(255),
  encrypt: z.boolean().optional(),
  parameters: z.record(z.string().max(64), z.unknown()).optional(),
});

const RtpEncoding = z.object({
  ssrc: uint32.optional(),
  rid: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,16}$/)
    .optional(),
  codecPayloadType: payloadType.optional(),
  rtx: z.object({ ssrc: uint32 }).optional(),
  dtx: z.boolean().optional(),
  scalabilityMode: z
    .string()
    .regex(/^[LS][1-3]T[1-3](h)?(_KEY(_SHIFT)?)?$/)
    .optional(),
  maxBitrate: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** Those of simulcast are told apart by their `rid`, and look alike for all cameras. */
const isWithoutSsrcs = (encodings: unknown): boolean =>
  Array.isArray(encodings) && encodings.every((one) => !Object.hasOwn(Object(one) as object, 'ssrc'));

export const RtpParameters = z
  .object({
    mid: z
      .string()
      .regex(/^[\x21-\x7e]{1,8}$/)
      .optional(),
    // Those of one browser are the same for all who have it.
    codecs: remembered(z.array(RtpCodecParameters).min(1).max(64)),
    headerExtensions: remembered(z.array(HeaderExtensionParameters).max(64)).optional(),
    encodings: remembered(z.array(RtpEncoding).min(1).max(8), { isCommon: isWithoutSsrcs }),
    rtcp: z
      .object({
        cname: z.string().max(256).optional(),
        reducedSize: z.boolean().optional(),
        mux: z.boolean().optional(),
      })
      .optional(),
    msid: z.string().max(512).optional(),
  })
  .meta({ id: 'RtpParameters' });
export type RtpParameters = z.infer<typeof RtpParameters>;

const Capabilities = z.object({
  codecs: z
    .array(
      z.object({
        kind: MediaKind,
        mimeType,
        preferredPayloadType: payloadType.optional(),
        clockRate: z.number().int().min(1).max(192_000),
        channels: z.number().int().min(1).max(8).optional(),
        parameters: CodecParameters.optional(),
        rtcpFeedback: z.array(RtcpFeedback).max(32).optional(),
      }),
    )
    .max(128)
    .optional(),
  headerExtensions: z
    .array(
      z.object({
        kind: MediaKind,
        uri: text(256),
        preferredId: z.number().int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64)
    .optional(),
});

export const RtpCapabilities = remembered(Capabilities, { id: 'RtpCapabilities' });
export type RtpCapabilities = z.infer<typeof RtpCapabilities>;
/** With both lists. */
export const FullRtpCapabilities = Capabilities.required();

const hexBytes = (count: number) => new RegExp(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){${String(count - 1)}}$`);
const fingerprint = <const A extends string>(algorithm: A, bytes: number) =>
  z.object({
    algorithm: z.literal(algorithm),
    value: z.string().regex(hexBytes(bytes), `must be ${String(bytes)} hex bytes`),
  });

/** At least one well-formed fingerprint: an empty list kills a mediasoup worker (versatica/mediasoup#537). */
export const DtlsParameters = z
  .object({
    role: z.enum(['auto', 'client', 'server']).optional(),
    fingerprints: z
      .array(
        z.discriminatedUnion('algorithm', [
          fingerprint('sha-1', 20),
          fingerprint('sha-224', 28),
          fingerprint('sha-256', 32),
          fingerprint('sha-384', 48),
          fingerprint('sha-512', 64),
        ]),
      )
      .min(1)
      .max(8),
  })
  .meta({ id: 'DtlsParameters' });
export type DtlsParameters = z.infer<typeof DtlsParameters>;

export interface IceParameters {
  usernameFragment: string;
  password: string;
  iceLite?: boolean;
}
export const IceParameters: z.ZodType<IceParameters> = z
  .object({ usernameFragment: z.string(), password: z.string(), iceLite: z.boolean().exactOptional() })
  .meta({ id: 'IceParameters' });

/** RFC 8445 §5.3, as mediasoup gives them. */
export interface IceCandidate {
  foundation: string;
  priority: number;
  ip: string;
  address: string;
  protocol: 'udp' | 'tcp';
  port: number;
  type: 'host' | 'srflx' | 'prflx' | 'relay';
  tcpType?: 'active' | 'passive' | 'so';
}
export const IceCandidate: z.ZodType<IceCandidate> = z
  .object({
    foundation: z.string(),
    priority: uint32,
    ip: z.string(),
    address: z.string(),
    protocol: z.enum(['udp', 'tcp']),
    port: z.number().int().min(0).max(65_535),
    type: z.enum(['host', 'srflx', 'prflx', 'relay']),
    tcpType: z.enum(['active', 'passive', 'so']).exactOptional(),
  })
  .meta({ id: 'IceCandidate' });

/** What the client needs to build its side of a transport. */
export interface TransportInfo {
  id: string;
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  dtlsParameters: DtlsParameters;
  /** Of a transport that data channels may be opened on. */
  sctpParameters?: SctpParameters;
}

/** RFC 8841; sizes in bytes. */
export interface SctpParameters {
  port: number;
  /** Outgoing and incoming streams, at most. */
  OS: number;
  MIS: number;
  maxMessageSize: number;
}

export const ConsumerType = z.enum(['simple', 'simulcast', 'svc', 'pipe']);
export type ConsumerType = z.infer<typeof ConsumerType>;
