import { beforeEach, describe, expect, it } from 'vitest';
import { Exposition } from '../../test/support/exposition.js';
import { DEFAULT_LIMITS } from '../core/context.js';
import { Pacer } from '../core/Pacer.js';
import { RoomRegistry } from '../core/RoomRegistry.js';
import type { JoinOptions, Peer, Producer, StreamStats } from '../core/types.js';
import { ManualClock } from '../ice/testing/ManualClock.js';
import { silentLogger } from '../logger.js';
import { FakeBackend, type FakeConsumer, type FakeProducer } from '../media/fake/FakeBackend.js';
import { sampleAudio, sampleDtls, sampleVideo } from '../testing/rtpSamples.js';
import { Metrics } from './Metrics.js';
import type { MetricsOptions } from './metricsOptions.js';
import { UsageRecorder } from './UsageRecorder.js';

let clock: ManualClock;
let backend: FakeBackend;
let rooms: RoomRegistry;
beforeEach(() => {
  clock = new ManualClock();
  backend = new FakeBackend();
  rooms = new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
});

function start(options: MetricsOptions = {}): Metrics {
  const usage = new UsageRecorder({ rooms, clock, hooks: {}, logger: silentLogger });
  return new Metrics({ rooms, backend, usage, clock }, options);
}

const read = async (metrics: Metrics) => new Exposition(await metrics.scrape());

const join = (peerId: string, options: Partial<JoinOptions> = {}, roomId = 'room'): Promise<Peer> =>
  rooms.join(roomId, { peerId, ...options });

const mediaOf = (peer: Peer) => [...(backend.rooms.get(peer.room.id)?.transports ?? [])];

function fakeOf(producer: Producer): FakeProducer {
  const all = mediaOf(producer.peer).flatMap(({ producers }) => [...producers]);
  const found = all.find(({ id }) => id === producer.id);
  if (!found) throw new Error('no such producer');
  return found;
}

const stream = (figures: Partial<StreamStats>): StreamStats => ({
  ssrc: 1,
  score: 10,
  bitrate: 0,
  bytes: 0,
  packets: 0,
  packetsLost: 0,
  fractionLost: 0,
  jitter: 0,
  ...figures,
});

/** Media that flows, with these figures. */
async function publish(
  peer: Peer,
  kind: 'audio' | 'video',
  streams: Partial<StreamStats>[],
): Promise<Producer> {
  if (peer.transports.size === 0) {
    const transport = await peer.createTransport({ direction: 'both' });
    await transport.connect(sampleDtls());
  }
  const rtpParameters = kind === 'audio' ? sampleAudio() : sampleVideo();
  const producer = await peer.produce({ kind, rtpParameters });
  const fake = fakeOf(producer);
  fake.streams = streams.map(stream);
  fake.emit('score', [{ ssrc: 1, score: 10 }]);
  return producer;
}

async function watch(peer: Peer, producer: Producer): Promise<FakeConsumer> {
  const transport = await peer.createTransport({ direction: 'recv' });
  const { rtpCapabilities } = peer.room;
  const [result] = await peer.subscribe([producer.id], { rtpCapabilities, transportId: transport.id });
  if (!result || !('consumer' in result)) throw new Error('no consumer');
  const found = mediaOf(peer).flatMap(({ consumers }) => [...consumers]);
  const fake = found.find(({ id }) => id === result.consumer.id);
  if (!fake) throw new Error('no such consumer');
  return fake;
}

describe('a room whose media takes another way', () => {
  it('is counted with the reason, and where its tracks are', async () => {
    const metrics = start();
    const link = { dialect: 'test', send: () => undefined, end: () => undefined };
    const alice = await join('alice', { topology: 'auto', link });
    await alice.produce({ kind: 'audio' });
    const states = async () => {
      const told = await read(metrics);
      const of = (state: string) => told.value('parlor_producers', { kind: 'audio', state });
      return [of('direct'), of('waiting'), of('flowing')];
    };
    expect(await states()).toEqual([1, undefined, undefined]);
    await alice.room.setTopology('sfu');
    expect(await states()).toEqual([0, 1, undefined]);
    await alice.room.setTopology('p2p');
    expect(await states()).toEqual([1, 0, undefined]);
    const told = await read(metrics);
    for (const topology of ['sfu', 'p2p'])
      expect(told.value('parlor_topology_changes_total', { topology, reason: 'pinned' })).toBe(1);
  });
});

describe('what is there', () => {
  it('is counted by kind, and what is gone is 0', async () => {
    const metrics = start();
    const loads = [{ slot: 1, rooms: 3, routers: 4, consumers: 20, piped: 2 }];
    Object.assign(backend, { workers: { alive: 2, deaths: 1, loads } });
    const alice = await join('alice');
    const bob = await join('bob', {
      link: { dialect: 'sdpWs', send: () => undefined, end: () => undefined },
    });
    await join('carol', { topology: 'p2p' }, 'direct').then((carol) => carol.produce({ kind: 'audio' }));
    const speech = await publish(alice, 'audio', [{}]);
    const camera = await publish(alice, 'video', [{}]);
    await alice.produce({ kind: 'audio', rtpParameters: sampleAudio() });
    await watch(bob, speech);
    await watch(bob, camera);
    await camera.pause();

    const before = await read(metrics);
    expect(before.value('parlor_rooms', { topology: 'sfu' })).toBe(1);
    expect(before.value('parlor_peers', { dialect: 'host' })).toBe(2);
    expect(before.value('parlor_peers', { dialect: 'sdpWs' })).toBe(1);
    expect(before.value('parlor_rooms', { topology: 'p2p' })).toBe(1);
    expect(before.value('parlor_transports', { state: 'connected' })).toBe(1);
    expect(before.value('parlor_transports', { state: 'new' })).toBe(2);
    for (const [kind, state] of [
      ['audio', 'flowing'],
      ['audio', 'waiting'],
      ['audio', 'direct'],
      ['video', 'paused'],
    ] as const)
      expect(before.value('parlor_producers', { kind, state }), `${kind} ${state}`).toBe(1);
    expect(before.value('parlor_consumers', { kind: 'audio', state: 'flowing' })).toBe(1);
    expect(before.value('parlor_consumers', { kind: 'video', state: 'paused' })).toBe(1);
    expect(before.value('parlor_workers')).toBe(2);
    expect(before.value('parlor_worker_deaths_total')).toBe(1);
    const onWorker = (what: string) => before.value(`parlor_worker_${what}`, { worker: '1' });
    expect(['rooms', 'routers', 'consumers', 'piped_producers'].map(onWorker)).toEqual([3, 4, 20, 2]);
    // Of what flows only.
    expect(before.all('parlor_quality_tracks')).toHaveLength(2);

    rooms.get('room')?.close();
    const after = await read(metrics);
    expect(after.value('parlor_rooms', { topology: 'sfu' })).toBe(0);
    expect(after.value('parlor_peers', { dialect: 'sdpWs' })).toBe(0);
    expect(after.value('parlor_consumers', { kind: 'audio', state: 'flowing' })).toBe(0);
    expect(after.value('parlor_worker_deaths_total')).toBe(1);
    expect(after.all('parlor_quality_tracks')).toHaveLength(0);
  });

  it('cannot have more dialects than are good for a graph', async () => {
    const metrics = start();
    for (let number = 0; number < 30; number += 1) {
      const dialect = `dialect ${String(number)}`;
      await join(dialect, { link: { dialect, send: () => undefined, end: () => undefined } });
    }
    const figures = await read(metrics);
    expect(figures.all('parlor_joins_total')).toHaveLength(21);
    expect(figures.value('parlor_peers', { dialect: 'other' })).toBe(10);
  });

  it('includes how late the server is, from the second reading on', async () => {
    const metrics = start();
    const lag = { quantile: '1' };
    expect((await read(metrics)).value('parlor_event_loop_lag_seconds', lag)).toBeUndefined();
    let latest: number | undefined;
    while (latest === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      latest = (await read(metrics)).value('parlor_event_loop_lag_seconds', lag);
    }
    expect(latest).toBeGreaterThanOrEqual(0);
    metrics.close();
  });
});

describe('what happens', () => {
  it('is counted: who comes, who goes and why', async () => {
    const metrics = start();
    await rooms.open('room', { keepWhenEmpty: true });
    const [alice, bob] = [await join('alice'), await join('bob')];
    await join('carol');
    alice.leave();
    bob.remove();
    rooms.get('room')?.close();
    const figures = await read(metrics);
    expect(figures.value('parlor_joins_total', { dialect: 'host' })).toBe(3);
    for (const reason of ['left', 'removed', 'roomClosed'])
      expect(figures.value('parlor_leaves_total', { reason }), reason).toBe(1);
  });

  it('is counted: bytes, from the readings that there are anyway', async () => {
    const metrics = start();
    const alice = await join('alice');
    const transport = await alice.createTransport({ direction: 'send' });
    await transport.connect(sampleDtls());
    const [media] = mediaOf(alice);
    if (!media) throw new Error('no transport');
    let asked = 0;
    media.stats = () => {
      asked += 1;
      return Promise.resolve({
        bytesReceived: 1000 * asked,
        bytesSent: 10 * asked,
        rtpBytesReceived: 900 * asked,
        rtpBytesSent: 9 * asked,
      });
    };
    await clock.pass(11_000);
    const readings = asked;
    expect(readings).toBe(2);
    const figures = await read(metrics);
    expect(figures.value('parlor_received_bytes_total', { transport: 'send' })).toBe(2000);
    expect(figures.value('parlor_sent_bytes_total', { transport: 'send' })).toBe(20);
    expect(asked).toBe(readings);
    transport.close();
    await clock.pass(0);
    // What is counted stays when the transport has gone, with its last figures.
    expect((await read(metrics)).value('parlor_received_bytes_total', { transport: 'send' })).toBe(3000);
  });
});

describe('quality', () => {
  const FIGURES = { score: 7, bitrate: 100_000, fractionLost: 0.03, jitter: 0.015, roundTripTime: 0.09 };

  it('is told of all tracks together, one more of each per scrape', async () => {
    const metrics = start();
    const alice = await join('alice');
    const speech = await publish(alice, 'audio', [FIGURES]);
    const consumer = await watch(await join('bob'), speech);
    consumer.stream = stream({ score: 3, bitrate: 90_000 });
    await metrics.scrape();
    const text = await metrics.scrape();
    const figures = new Exposition(text);
    const producer = { of: 'producer', kind: 'audio' };
    for (const [name, sum] of [
      ['score', 7],
      ['bitrate_bits_per_second', 100_000],
      ['loss_ratio', 0.03],
      ['jitter_seconds', 0.015],
      ['round_trip_seconds', 0.09],
    ] as const) {
      expect(figures.value(`parlor_quality_${name}_count`, producer), name).toBe(2);
      expect(figures.value(`parlor_quality_${name}_sum`, producer), name).toBeCloseTo(2 * sum);
    }
    expect(figures.value('parlor_quality_score_bucket', { ...producer, le: '6' })).toBe(0);
    expect(figures.value('parlor_quality_score_bucket', { ...producer, le: '8' })).toBe(2);
    const received = { of: 'consumer', kind: 'audio' };
    expect(figures.value('parlor_quality_score_sum', received)).toBe(6);
    expect(figures.value('parlor_quality_round_trip_seconds_count', received)).toBeUndefined();
    // Ids are for those who asked for them.
    expect(text).not.toContain(speech.id);
    expect(text).not.toContain('alice');
  });

  it('is told of each track where that is wanted, whatever its ids are', async () => {
    const metrics = start({ perTrack: true });
    const name = 'a "room" \\ of\nmine';
    const alice = await join('alice', {}, name);
    const speech = await publish(alice, 'audio', [FIGURES]);
    const track = { of: 'producer', kind: 'audio', room: name, peer: 'alice', track: speech.id };
    const figures = await read(metrics);
    expect(figures.value('parlor_track_score', track)).toBe(7);
    expect(figures.value('parlor_track_bitrate_bits_per_second', track)).toBe(100_000);
    expect(figures.value('parlor_track_loss_ratio', track)).toBe(0.03);
    expect(figures.value('parlor_track_jitter_seconds', track)).toBe(0.015);
    expect(figures.value('parlor_track_round_trip_seconds', track)).toBe(0.09);
    speech.close();
    expect((await read(metrics)).all('parlor_track_score')).toEqual([]);
  });

  it('of a track with layers is that of those that are sent', async () => {
    const metrics = start({ perTrack: true });
    await publish(await join('alice'), 'video', [
      { rid: 'r0', score: 9, bitrate: 100_000, fractionLost: 0.1 },
      { rid: 'r1', score: 8, bitrate: 400_000, jitter: 0.2 },
      { rid: 'r2', score: 0, bitrate: 0, fractionLost: 1 },
    ]);
    const figures = await read(metrics);
    expect(figures.value('parlor_track_score')).toBe(9);
    expect(figures.value('parlor_track_bitrate_bits_per_second')).toBe(500_000);
    expect(figures.value('parlor_track_loss_ratio')).toBe(0.1);
    expect(figures.value('parlor_track_jitter_seconds')).toBe(0.2);
  });

  it('costs no more than it may: tracks take turns', async () => {
    const metrics = start({ perTrack: true, maxTracks: 2 });
    const alice = await join('alice');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await publish(alice, 'audio', [{}])).id);
    const turns: string[][] = [];
    for (let count = 0; count < 4; count += 1) {
      const scores = (await read(metrics)).all('parlor_track_score');
      turns.push(scores.map(({ labels }) => labels['track'] ?? ''));
    }
    const [a, b, c, d, e] = ids;
    expect(turns).toEqual([
      [a, b],
      [c, d],
      [e, a],
      [b, c],
    ]);
  });

  it('does without a track that ends, or whose worker is silent', async () => {
    const metrics = start({ perTrack: true });
    const alice = await join('alice');
    const good = await publish(alice, 'audio', [{}]);
    const ended = await publish(alice, 'audio', [{}]);
    fakeOf(ended).close();
    fakeOf(await publish(alice, 'video', [{}])).stats = () => new Promise(() => undefined);
    const scraping = read(metrics);
    await clock.pass(2000);
    const scores = (await scraping).all('parlor_track_score');
    expect(scores.map(({ labels }) => labels['track'])).toEqual([good.id]);
    expect(clock.pending).toBe(1);
  });

  it('is asked for once when many ask at the same time', async () => {
    const metrics = start();
    const speech = fakeOf(await publish(await join('alice'), 'audio', [{}]));
    let asked = 0;
    speech.stats = () => {
      asked += 1;
      return Promise.resolve([stream({})]);
    };
    const [first, second] = await Promise.all([metrics.scrape(), metrics.scrape()]);
    expect(second).toBe(first);
    expect(asked).toBe(1);
    await metrics.scrape();
    expect(asked).toBe(2);
  });
});
