import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_CODECS } from './codecs.js';
import { MediasoupProducer } from './MediasoupProducer.js';
import { noCounts } from './workerCounts.js';

let worker: types.Worker;
let router: types.Router;
let transport: types.WebRtcTransport;

beforeAll(async () => {
  worker = await mediasoup.createWorker({ logLevel: 'none' });
  router = await worker.createRouter({ mediaCodecs: DEFAULT_CODECS });
  transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
});
afterAll(() => {
  worker.close();
});

const produceVideo = (mid: string): Promise<types.Producer> =>
  transport.produce({
    kind: 'video',
    rtpParameters: {
      mid,
      codecs: [
        {
          mimeType: 'video/VP8',
          payloadType: 96,
          clockRate: 90_000,
          rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
        },
        { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
      ],
      headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 }],
      encodings: [{ rid: 'r0' }, { rid: 'r1' }],
      rtcp: { cname: 'test' },
    },
  });

/** What differs between two consumers of one producer by nature. */
const alike = ({ mid: _mid, encodings = [], ...rest }: types.RtpParameters) => ({
  ...rest,
  encodings: encodings.map(({ ssrc: _ssrc, rtx: _rtx, ...encoding }) => encoding),
});

test('hands the same parameters to every consumer, and consuming leaves them alone', async () => {
  const { rtpCapabilities } = router;
  const untouched = await produceVideo('0');
  const consume = (producer: types.Producer) =>
    transport.consume({ producerId: producer.id, rtpCapabilities, paused: true });
  const expected = await consume(untouched);

  const producer = new MediasoupProducer(await produceVideo('1'), { raw: router, counts: noCounts() });
  const before = structuredClone(producer.raw.consumableRtpParameters);
  const poor = { ...rtpCapabilities, headerExtensions: [] };
  const first = await consume(producer.raw);
  await transport.consume({ producerId: producer.id, rtpCapabilities: poor, paused: true });
  const third = await consume(producer.raw);

  // Should mediasoup ever write into them, one consumer's capabilities would show in the next one's parameters.
  expect(producer.raw.consumableRtpParameters).toEqual(before);
  expect(producer.raw.consumableRtpParameters).toBe(producer.raw.consumableRtpParameters);
  expect(alike(first.rtpParameters)).toEqual(alike(expected.rtpParameters));
  expect(alike(third.rtpParameters)).toEqual(alike(expected.rtpParameters));
  expect(third.rtpParameters.headerExtensions?.length).toBeGreaterThan(0);
});
