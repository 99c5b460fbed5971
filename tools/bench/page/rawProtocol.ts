import type { types } from 'mediasoup-client';

type TransportInfo = Pick<
  types.TransportOptions,
  'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'
>;

/** Signalling as somebody writes it who puts mediasoup and mediasoup-client together by hand: data and answer. */
export interface RawRequests {
  join: [
    data: object,
    answer: {
      rtpCapabilities: types.RtpCapabilities;
      producerIds: string[];
      send: TransportInfo;
      recv: TransportInfo;
    },
  ];
  connect: [data: { transportId: string; dtlsParameters: types.DtlsParameters }, answer: object];
  produce: [
    data: { transportId: string; kind: types.MediaKind; rtpParameters: types.RtpParameters },
    answer: { id: string },
  ];
  consume: [
    data: { transportId: string; producerIds: string[]; rtpCapabilities: types.RtpCapabilities },
    answer: { id: string; producerId: string; kind: types.MediaKind; rtpParameters: types.RtpParameters }[],
  ];
}
