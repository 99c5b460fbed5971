import { createSocket } from 'node:dgram';
import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rtpPacket } from '../../../test/support/rtpPacket.js';
import { DEFAULT_CODECS } from './codecs.js';
import { MediasoupConsumer } from './MediasoupConsumer.js';
import { MediasoupProducer } from './MediasoupProducer.js';
import { PipedRouter } from './PipedRouter.js';
import { pipePorts } from './pipes/pipePorts.js';
import { Pipes } from './pipes/Pipes.js';
import { noCounts } from './workerCounts.js';

/** Figures of bytes that went through the worker. */

const SSRC = 4711;
const PAYLOAD = Buffer.alloc(500, 1);
const HEADER_BYTES = 12;

let worker: types.Worker;
let router: types.Router;
let home: PipedRouter;
let from: types.DirectTransport;
let to: types.DirectTransport;

beforeAll(async () => {
  worker = await mediasoup.createWorker({ logLevel: 'none' });
  router = await worker.createRouter({ mediaCodecs: DEFAULT_CODECS });
  home = new PipedRouter(router, { counts: noCounts(), pipes: new Pipes(pipePorts(undefined, 1)) });
  [from, to] = await Promise.all([router.createDirectTransport(), router.createDirectTransport()]);
});
afterAll(() => {
  worker.close();
});

async function call(ssrc: number): Promise<{ producer: MediasoupProducer; consumer: MediasoupConsumer }> {
  const producer = await produce(from, ssrc);
  const { rtpCapabilities } = router;
  const consumer = await to.consume({ producerId: producer.id, rtpCapabilities });
  return { producer, consumer: new MediasoupConsumer(consumer, { producer, router: home }) };
}

async function produce(transport: types.Transport, ssrc: number): Promise<MediasoupProducer> {
  const codec = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
  const rtpParameters = { codecs: [codec], encodings: [{ ssrc }] };
  const raw = await transport.produce({ kind: 'audio', rtpParameters });
  return new MediasoupProducer(raw, { raw: router, counts: noCounts() });
}

function send(producer: MediasoupProducer, { ssrc, sequence }: { ssrc: number; sequence: number }): void {
  producer.raw.send(rtpPacket({ ssrc, payloadType: 111, sequence, payload: PAYLOAD }));
}

describe('stats()', () => {
  test('tell what was sent and what goes on to who receives it', async () => {
    const { producer, consumer } = await call(SSRC);
    expect(await producer.stats()).toEqual([]);
    const COUNT = 50;
    for (let sequence = 1; sequence <= COUNT; sequence += 1) send(producer, { ssrc: SSRC, sequence });

    const bytes = COUNT * (HEADER_BYTES + PAYLOAD.length);
    const [received, ...others] = await producer.stats();
    expect(others).toEqual([]);
    expect(received).toMatchObject({
      ssrc: SSRC,
      score: 10,
      packets: COUNT,
      bytes,
      packetsLost: 0,
      fractionLost: 0,
    });
    // mediasoup's bitrate is of the last 2.5 s: in bytes it would be at most this.
    expect(received?.bitrate).toBeGreaterThan(bytes / 2.5);
    expect(received?.bitrate).toBeLessThanOrEqual(bytes * 8);
    expect(received).not.toHaveProperty('roundTripTime');

    const sent = await consumer.stats();
    expect(sent).toMatchObject({ packets: COUNT, packetsLost: 0 });
    // With header extensions.
    expect(sent.bytes).toBeGreaterThan(bytes);
    expect(sent.ssrc).toBe(consumer.rtpParameters.encodings[0]?.ssrc);
    expect(sent.bitrate).toBeGreaterThan(bytes / 2.5);
  });

  test('tell what was lost on the way, as a share', async () => {
    const wire = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
    });
    const producer = await produce(wire, SSRC + 1);
    const socket = createSocket('udp4');
    const COUNT = 80;
    for (let sequence = 1; sequence <= COUNT; sequence += 1) {
      if (sequence % 4 === 0) continue;
      const packet = rtpPacket({ ssrc: SSRC + 1, payloadType: 111, sequence, payload: PAYLOAD });
      await new Promise((resolve) => {
        socket.send(packet, wire.tuple.localPort, '127.0.0.1', resolve);
      });
    }
    // It is worked out whenever an RTCP report is due. The last one that is missing would come after all that came.
    const stream = await vi.waitFor(
      async () => {
        const [received] = await producer.stats();
        expect(received).toMatchObject({ packets: (COUNT * 3) / 4, packetsLost: COUNT / 4 - 1 });
        return received;
      },
      { timeout: 15_000, interval: 50 },
    );
    expect(stream?.fractionLost).toBeGreaterThan(0.1);
    expect(stream?.fractionLost).toBeLessThan(0.5);
    socket.close();
  });

  test('tell jitter in seconds', async () => {
    const { producer } = await call(SSRC + 2);
    // Timestamps are 3000 apart, 62.5 ms of Opus, and everything comes at once.
    for (let sequence = 1; sequence <= 200; sequence += 1) send(producer, { ssrc: SSRC + 2, sequence });
    const [stream] = await producer.stats();
    expect(stream?.jitter).toBeGreaterThan(0.03);
    expect(stream?.jitter).toBeLessThan(0.07);
  });

  test('of what has ended are refused by a code', async () => {
    const { producer, consumer } = await call(SSRC + 3);
    consumer.close();
    producer.close();
    await expect(consumer.stats()).rejects.toMatchObject({ code: 'CONSUMER_NOT_FOUND' });
    await expect(producer.stats()).rejects.toMatchObject({ code: 'PRODUCER_NOT_FOUND' });
  });
});
