import type { ProtooAnswers } from '@parlor/protocol';
import type { types } from 'mediasoup-client';

/*
 * Answers with mediasoup-client's types in place of the protocol's: the same JSON, of which only the optional
 * members are written differently (`exactOptionalPropertyTypes`).
 */

type With<T, U> = Omit<T, keyof U> & U;

export type WireTransport = With<
  // Data channels of the native protocol do not go through the SFU.
  Omit<ProtooAnswers['createWebRtcTransport'], 'sctpParameters' | 'iceServers'>,
  Pick<types.TransportOptions, 'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>
> & { iceServers?: RTCIceServer[] };

export type WireJoin = With<
  ProtooAnswers['joinRoom'],
  {
    rtpCapabilities: types.RtpCapabilities;
    transports?: { send?: WireTransport; recv?: WireTransport };
    iceServers: RTCIceServer[];
  }
>;

export type WireConsumer = With<ProtooAnswers['consume'], { rtpParameters: types.RtpParameters }>;

export type WireSubscribe = With<ProtooAnswers['subscribe'], { consumers: WireConsumer[] }>;
