import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import ortc from 'mediasoup/ortc';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_CODECS } from './codecs.js';
import { consume, findMakers, produce } from './madeParameters.js';

const RTX = { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } };

const AUDIO: types.ProducerOptions = {
  kind: 'audio',
  rtpParameters: {
    mid: '0',
    codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc: 1 }],
  },
};
const SIMULCAST: types.ProducerOptions = {
  kind: 'video',
  rtpParameters: {
    mid: '1',
    codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }, RTX],
    encodings: [{ rid: 'r0' }, { rid: 'r1' }],
  },
};

let worker: types.Worker;
let router: types.Router;
let transport: types.WebRtcTransport;
beforeAll(async () => {
  await findMakers();
  worker = await mediasoup.createWorker({ logLevel: 'none' });
});
beforeEach(async () => {
  router = await worker.createRouter({ mediaCodecs: DEFAULT_CODECS });
  transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
});
afterAll(() => {
  worker.close();
});

const optionsFor = ({ id: producerId }: types.Producer): types.ConsumerOptions => ({
  producerId,
  rtpCapabilities: router.rtpCapabilities,
  paused: true,
});

test('tells of each producer what it would tell itself', async () => {
  for (const { made, parameters } of [AUDIO, SIMULCAST].map((options) => produce(transport, options))) {
    expect(parameters).toBeDefined();
    expect(parameters).toEqual((await made).consumableRtpParameters);
  }
});

test('tells of each consumer what it would tell itself', async () => {
  const producers = await Promise.all([AUDIO, SIMULCAST].map((options) => transport.produce(options)));
  const all = [...producers, ...producers].map((producer) => consume(transport, optionsFor(producer)));
  for (const { made, parameters } of all) {
    expect(parameters).toBeDefined();
    expect(parameters).toEqual((await made).rtpParameters);
  }
});

test('leaves mediasoup as it was, also when it refuses', async () => {
  const { getConsumerRtpParameters, getConsumableRtpParameters } = ortc;
  const producer = await produce(transport, AUDIO).made;
  const refused = consume(transport, { ...optionsFor(producer), rtpCapabilities: { codecs: [] } });
  await expect(refused.made).rejects.toThrow('no compatible media codecs');
  expect(refused.parameters).toBeUndefined();
  expect(ortc.getConsumerRtpParameters).toBe(getConsumerRtpParameters);
  expect(ortc.getConsumableRtpParameters).toBe(getConsumableRtpParameters);
});
