import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { rtpPacket } from '../../../test/support/rtpPacket.js';
import { DEFAULT_CODECS } from './codecs.js';
import { MediasoupConsumer } from './MediasoupConsumer.js';
import { MediasoupProducer } from './MediasoupProducer.js';
import { PipedRouter } from './PipedRouter.js';
import { pipePorts } from './pipes/pipePorts.js';
import { Pipes } from './pipes/Pipes.js';
import { noCounts } from './workerCounts.js';

/** RTP that goes from one worker to another. */

let workers: readonly [types.Worker, types.Worker];
beforeAll(async () => {
  const start = () => mediasoup.createWorker({ logLevel: 'none' });
  workers = [await start(), await start()];
});
afterAll(() => {
  for (const worker of workers) worker.close();
});

const LAYERS = [4711, 4712] as const;
const VP8 = 96;
const WAIT = { timeout: 15_000, interval: 50 };

/** RTCP (RFC 3550 §6.4.1, RFC 4585 §6.1, RFC 5104 §4.3.1): sender report; payload-specific feedback with PLI and FIR. */
const SENDER_REPORT = 200;
const PAYLOAD_SPECIFIC = 206;
const asksForKeyFrame = (rtcp: Buffer) =>
  rtcp[1] === PAYLOAD_SPECIFIC && [1, 4].includes((rtcp[0] ?? 0) & 0x1f);

/** The start of a VP8 key frame (RFC 7741 §4.2, §4.3), and at its end the number of the layer. */
const keyFrame = (layer: number) =>
  Buffer.from([0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, layer]);

/** The same of a frame that is none. */
const deltaFrame = (layer: number) => Buffer.from([0x10, 0x11, 0x00, 0x00, layer]);

/** Layers have the same timestamps, so that theirs are the same moments. */
function senderReport(ssrc: number, timestamp: number): Buffer {
  const packet = Buffer.alloc(28);
  packet.set([0x80, SENDER_REPORT, 0, 6]);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(3_900_000_000 + Math.floor(timestamp / 90_000), 8);
  packet.writeUInt32BE(timestamp >>> 0, 16);
  packet.writeUInt32BE(1, 20);
  packet.writeUInt32BE(24, 24);
  return packet;
}

describe('a producer on another worker', () => {
  let pipes: Pipes;
  let here: PipedRouter;
  let there: PipedRouter;
  let from: types.DirectTransport;
  let to: types.DirectTransport;
  let producer: MediasoupProducer;
  let keyFramesAsked: number;

  beforeEach(async () => {
    pipes = new Pipes(pipePorts(undefined, 2));
    const open = async (worker: types.Worker) =>
      new PipedRouter(await worker.createRouter({ mediaCodecs: DEFAULT_CODECS }), {
        counts: noCounts(),
        pipes,
      });
    [here, there] = [await open(workers[0]), await open(workers[1])];
    [from, to] = [await here.raw.createDirectTransport(), await there.raw.createDirectTransport()];
    keyFramesAsked = 0;
    from.on('rtcp', (rtcp) => {
      if (asksForKeyFrame(rtcp)) keyFramesAsked += 1;
    });
    const raw = await from.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [
          {
            mimeType: 'video/VP8',
            payloadType: VP8,
            clockRate: 90_000,
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
        ],
        encodings: LAYERS.map((ssrc) => ({ ssrc })),
      },
    });
    producer = new MediasoupProducer(raw, here);
  });

  const watch = (paused = false) =>
    there.consume(producer, (source) =>
      to.consume({ ...source, rtpCapabilities: there.raw.rtpCapabilities, paused }),
    );

  /** Which layers' packets come, as often as they do. */
  function layersOf(consumer: types.Consumer): number[] {
    const layers: number[] = [];
    consumer.on('rtp', (rtp) => layers.push(rtp.at(-1) ?? -1));
    return layers;
  }

  /** Sends both layers for as long as `until` is not so. */
  async function sending(until: () => void | Promise<void>, frame = keyFrame): Promise<void> {
    const timer = setInterval(() => {
      sequence += 1;
      for (const [layer, ssrc] of LAYERS.entries()) {
        producer.raw.send(rtpPacket({ ssrc, payloadType: VP8, sequence, payload: frame(layer) }));
        from.sendRtcp(senderReport(ssrc, sequence * 3000));
      }
    }, 33);
    try {
      await vi.waitFor(until, WAIT);
    } finally {
      clearInterval(timer);
    }
  }
  let sequence = 0;

  /** The one consumer that takes it to the other router. */
  async function outgoing(): Promise<{ paused: boolean; closed: boolean }> {
    const { transportIds } = await here.raw.dump();
    expect(transportIds.length).toBeGreaterThan(1);
    if (!pipeConsumer) throw new Error('nothing is piped');
    return pipeConsumer;
  }
  let pipeConsumer: types.Consumer | undefined;
  beforeEach(() => {
    pipeConsumer = undefined;
    here.raw.observer.on('newtransport', ({ observer }) => {
      observer.on('newconsumer', (consumer) => (pipeConsumer = consumer));
    });
  });

  test('comes with all its layers, and each viewer gets the one it prefers', async () => {
    const [high, low] = [await watch(), await watch()];
    expect(high.type).toBe('simulcast');
    await low.setPreferredLayers({ spatialLayer: 0 });
    const [highLayers, lowLayers] = [layersOf(high), layersOf(low)];
    await sending(() => {
      expect(highLayers.at(-1)).toBe(1);
      expect(lowLayers.at(-1)).toBe(0);
    });
    await low.setPreferredLayers({ spatialLayer: 1 });
    await high.setPreferredLayers({ spatialLayer: 0 });
    await sending(() => {
      expect(highLayers.at(-1)).toBe(0);
      expect(lowLayers.at(-1)).toBe(1);
    });
    expect(pipes.size).toBe(1);
  });

  test('is piped once, when somebody first wants it, and no longer than that', async () => {
    expect([pipes.size, there.counts.piped, here.counts.consumers]).toEqual([0, 0, 0]);
    const viewers = await Promise.all([watch(), watch(), watch()]);
    expect([pipes.size, there.counts.piped, here.counts.consumers]).toEqual([1, 1, 1]);
    const { closed } = await outgoing();
    expect(closed).toBe(false);
    for (const viewer of viewers) viewer.close();
    expect([pipes.size, there.counts.piped, here.counts.consumers]).toEqual([1, 0, 0]);
    expect((await outgoing()).closed).toBe(true);
    const layers = layersOf(await watch());
    await sending(() => {
      expect(layers.length).toBeGreaterThan(0);
    });
  });

  test('can be asked for key frames before any has come through', async () => {
    const consumer = await watch();
    const layers = layersOf(consumer);
    // The worker asks twice by itself for each layer.
    await sending(async () => {
      await there.requestKeyFrame(consumer);
      expect(keyFramesAsked).toBeGreaterThan(2 * 2 * LAYERS.length);
    }, deltaFrame);
    expect(layers).toEqual([]);
    await sending(() => {
      expect(layers.length).toBeGreaterThan(0);
    });
  });

  test('goes the other way by the same pipe', async () => {
    await watch();
    const back = await to.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: 99 }],
      },
    });
    const consumer = await here.consume(new MediasoupProducer(back, there), (source) =>
      from.consume({ ...source, rtpCapabilities: here.raw.rtpCapabilities }),
    );
    const received = new Promise((resolve) => consumer.once('rtp', resolve));
    let packets = 0;
    const timer = setInterval(() => {
      back.send(
        rtpPacket({ ssrc: 99, payloadType: 111, sequence: (packets += 1), payload: Buffer.alloc(20, 1) }),
      );
    }, 20);
    await received;
    clearInterval(timer);
    expect(pipes.size).toBe(1);
  });

  test('is asked for key frames', async () => {
    const consumer = await watch();
    const layers = layersOf(consumer);
    await sending(() => {
      expect(layers.length).toBeGreaterThan(0);
    });
    const before = keyFramesAsked;
    await sending(async () => {
      await consumer.requestKeyFrame();
      expect(keyFramesAsked).toBeGreaterThan(before);
    });
  });

  test('costs nothing while all who watch have paused it, and begins again with a key frame', async () => {
    const [one, other] = [await watch(), await watch(true)];
    const layers = layersOf(one);
    await sending(() => {
      expect(layers.length).toBeGreaterThan(0);
    });
    expect((await outgoing()).paused).toBe(false);
    await one.pause();
    await vi.waitFor(async () => {
      expect((await outgoing()).paused).toBe(true);
    }, WAIT);
    const others = layersOf(other);
    const before = keyFramesAsked;
    await other.resume();
    await sending(() => {
      expect(others.length).toBeGreaterThan(0);
    });
    expect((await outgoing()).paused).toBe(false);
    expect(keyFramesAsked).toBeGreaterThan(before);
    // Who goes without having resumed leaves it to those who watch.
    one.close();
    expect((await outgoing()).paused).toBe(false);
  });

  test('pauses, goes on and ends with its publisher', async () => {
    const consumer = await watch();
    const events: string[] = [];
    for (const event of ['producerpause', 'producerresume', 'producerclose'] as const)
      consumer.on(event, () => events.push(event));
    const told = (event: string) =>
      vi.waitFor(() => {
        expect(events.at(-1)).toBe(event);
      }, WAIT);
    await producer.pause();
    await told('producerpause');
    // Whoever comes in the meantime finds it paused.
    expect((await watch()).producerPaused).toBe(true);
    await producer.resume();
    await told('producerresume');
    producer.close();
    await told('producerclose');
    expect(there.counts.piped).toBe(0);
    await expect(watch()).rejects.toThrow();
  });

  test('is paused when it is piped, if its publisher has paused it', async () => {
    await producer.pause();
    const consumer = await watch();
    expect(consumer.producerPaused).toBe(true);
    const layers = layersOf(consumer);
    await producer.resume();
    await sending(() => {
      expect(layers.length).toBeGreaterThan(0);
    });
  });

  test('may come back by the other router under its id while its copy is still there', async () => {
    const consumer = await watch();
    const { id, raw } = producer;
    const { rtpParameters } = raw;
    const again = await to.produce({ id, kind: 'video', rtpParameters });
    const moved = new MediasoupProducer(again, there);
    raw.close();
    const direct = await there.consume(moved, (source) =>
      to.consume({ ...source, rtpCapabilities: there.raw.rtpCapabilities }),
    );
    expect(direct.producerId).toBe(id);
    await vi.waitFor(() => {
      expect(consumer.closed).toBe(true);
    }, WAIT);
    expect(direct.closed).toBe(false);
    expect(there.counts.piped).toBe(0);
  });

  test('scores as it does where it comes from', async () => {
    const raw = await watch();
    const consumer = new MediasoupConsumer(raw, { producer, router: there });
    const scores: number[] = [];
    consumer.on('score', ({ producerScore }) => scores.push(producerScore));
    await sending(() => {
      expect(scores.at(-1)).toBe(10);
    });
    // Nothing is sent any more, and the copy hears of it in its own time: what counts is the publisher.
    await vi.waitFor(() => {
      expect(scores.at(-1)).toBe(0);
    }, WAIT);
  });

  test('ends with its router or with that of the viewers, and the pipe too', async () => {
    const consumer = await watch();
    here.raw.close();
    expect(consumer.closed || pipes.size === 0).toBe(true);
    await vi.waitFor(() => {
      expect([consumer.closed, pipes.size, there.counts.piped]).toEqual([true, 0, 0]);
    }, WAIT);
    await expect(watch()).rejects.toThrow();
    expect(pipes.size).toBe(0);
    const { transportIds } = await there.raw.dump();
    expect(transportIds).toEqual([to.id]);
  });
});
