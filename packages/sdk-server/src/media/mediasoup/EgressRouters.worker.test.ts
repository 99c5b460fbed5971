import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PayloadTypes } from '../../core/types.js';
import { DEFAULT_CODECS } from './codecs.js';
import { EgressRouters, type EgressLease } from './EgressRouters.js';
import { MediasoupProducer } from './MediasoupProducer.js';
import { pipePorts } from './pipes/pipePorts.js';
import { Pipes } from './pipes/Pipes.js';
import { noCounts, type WorkerCounts } from './workerCounts.js';

let worker: types.Worker;
beforeAll(async () => {
  worker = await mediasoup.createWorker({ logLevel: 'none' });
});
afterAll(() => {
  worker.close();
});

/** RTCP (RFC 4585 §6.1, RFC 5104 §4.3.1): payload-specific feedback, and in it PLI and FIR. */
const PAYLOAD_SPECIFIC = 206;
const asksForKeyFrame = (rtcp: Buffer) =>
  rtcp[1] === PAYLOAD_SPECIFIC && [1, 4].includes((rtcp[0] ?? 0) & 0x1f);

const SSRC = 4711;

/** A packet that is a whole VP8 key frame as far as anybody looks (RFC 7741 §4.2, §4.3). */
function keyFrame(sequenceNumber: number): Buffer {
  const packet = Buffer.alloc(12 + 12);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(0x80 | 96, 1);
  packet.writeUInt16BE(sequenceNumber, 2);
  packet.writeUInt32BE(sequenceNumber * 3000, 4);
  packet.writeUInt32BE(SSRC, 8);
  packet.set([0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00], 12);
  return packet;
}

const payloadTypeOf = (rtp: Buffer) => (rtp[1] ?? 0) & 0x7f;

describe('EgressRouters', () => {
  let room: types.Router;
  let routers: EgressRouters;
  let sender: types.DirectTransport;
  let producer: MediasoupProducer;
  let counts: WorkerCounts;

  beforeEach(async () => {
    room = await worker.createRouter({ mediaCodecs: DEFAULT_CODECS });
    counts = noCounts();
    routers = new EgressRouters({
      router: room,
      createRouter: (mediaCodecs) => worker.createRouter({ mediaCodecs }),
      counts,
      pipes: new Pipes(pipePorts(undefined, 1)),
    });
    sender = await room.createDirectTransport();
    const raw = await sender.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [
          {
            mimeType: 'video/VP8',
            payloadType: 96,
            clockRate: 90_000,
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
        ],
        encodings: [{ ssrc: SSRC }],
      },
    });
    producer = new MediasoupProducer(raw, { raw: room, counts });
  });

  /** A client that has VP8 as `vp8`, with retransmissions as `rtx`. */
  function client(vp8: number, rtx: number): PayloadTypes {
    const { codecs = [] } = room.rtpCapabilities;
    const room8 = codecs.find(({ mimeType }) => mimeType === 'video/VP8')?.preferredPayloadType ?? 0;
    const roomRtx = codecs.find(({ parameters }) => parameters?.['apt'] === room8)?.preferredPayloadType ?? 0;
    return new Map([
      [room8, vp8],
      [roomRtx, rtx],
    ]);
  }

  async function lease(payloadTypes: PayloadTypes): Promise<EgressLease> {
    const leased = await routers.lease(payloadTypes);
    if (!leased) throw new Error('the room has these payload types');
    return leased;
  }

  async function watch({ value: router }: EgressLease): Promise<types.Consumer> {
    const transport = await router.raw.createDirectTransport();
    return router.consume(producer, (source) =>
      transport.consume({ ...source, rtpCapabilities: router.raw.rtpCapabilities }),
    );
  }

  /** Sends until the consumer gets something; what it gets. */
  async function receive(consumer: types.Consumer): Promise<Buffer> {
    const received = new Promise<Buffer>((resolve) => consumer.once('rtp', resolve));
    let sequenceNumber = 1;
    const sending = setInterval(() => {
      producer.raw.send(keyFrame((sequenceNumber += 1)));
    }, 20);
    try {
      return await received;
    } finally {
      clearInterval(sending);
    }
  }

  test('clients that have the payload types of the room need none', async () => {
    const { codecs = [] } = room.rtpCapabilities;
    const own = new Map(codecs.map(({ preferredPayloadType: own }) => [own, own]));
    expect(await routers.lease(own)).toBeUndefined();
    expect(routers.size).toBe(0);
  });

  test('media comes under the payload types of the client, retransmissions included', async () => {
    const consumer = await watch(await lease(client(120, 124)));
    expect(payloadTypeOf(await receive(consumer))).toBe(120);
    expect(consumer.rtpParameters.codecs.map(({ payloadType }) => payloadType)).toEqual([120, 124]);
  });

  test('a client that knows no retransmission codec gets none', async () => {
    const [[vp8]] = [...client(97, 98)] as [[number, number]];
    const consumer = await watch(await lease(new Map([[vp8, 97]])));
    expect(consumer.rtpParameters.codecs.map(({ mimeType }) => mimeType)).toEqual(['video/VP8']);
  });

  test('a producer is piped once, however many watch, and no longer than they do', async () => {
    const [one, other] = [await lease(client(96, 97)), await lease(client(96, 97))];
    expect(one.value).toBe(other.value);
    const consumers = await Promise.all([watch(one), watch(other), watch(other)]);
    expect(counts).toMatchObject({ piped: 1, consumers: 1 });
    for (const consumer of consumers.slice(1)) consumer.close();
    expect(counts).toMatchObject({ piped: 1, consumers: 1 });
    consumers[0]?.close();
    expect(counts).toMatchObject({ piped: 0, consumers: 0 });
    expect(payloadTypeOf(await receive(await watch(one)))).toBe(96);
    expect(counts).toMatchObject({ piped: 1, consumers: 1 });
  });

  test('requests for key frames reach the publisher', async () => {
    const consumer = await watch(await lease(client(96, 97)));
    await receive(consumer);
    const asked = new Promise<void>((resolve) => {
      sender.on('rtcp', (rtcp) => {
        if (asksForKeyFrame(rtcp)) resolve();
      });
    });
    await consumer.requestKeyFrame();
    await asked;
  });

  test('pauses and ends of the publisher reach the viewer', async () => {
    const consumer = await watch(await lease(client(96, 97)));
    const paused = new Promise<void>((resolve) => consumer.once('producerpause', resolve));
    await producer.pause();
    await paused;
    const resumed = new Promise<void>((resolve) => consumer.once('producerresume', resolve));
    await producer.resume();
    await resumed;
    await receive(consumer);
    const closed = new Promise<void>((resolve) => consumer.once('producerclose', resolve));
    producer.close();
    await closed;
  });

  test('a producer that is gone cannot be watched, and leaves nothing behind', async () => {
    const leased = await lease(client(96, 97));
    producer.close();
    await expect(watch(leased)).rejects.toThrow();
    expect(counts).toMatchObject({ piped: 0, consumers: 0 });
  });

  test('a router lives as long as somebody needs it', async () => {
    const [one, other] = [await lease(client(96, 97)), await lease(client(96, 97))];
    one.release();
    one.release();
    expect(one.value.raw.closed).toBe(false);
    other.release();
    expect(one.value.raw.closed).toBe(true);
    expect(counts.routers).toBe(0);
    expect(routers.size).toBe(0);
    const next = await lease(client(96, 97));
    expect(next.value).not.toBe(one.value);
  });

  test('there are only so many, and none after the room', async () => {
    for (let pair = 0; pair < 16; pair += 1) await lease(client(96 + 2 * pair, 97 + 2 * pair));
    await expect(routers.lease(client(97, 96))).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    routers.close();
    expect(routers.size).toBe(0);
    await expect(routers.lease(client(97, 96))).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
  });
});
