import { expect, it } from 'vitest';
import { countBy, distributionOf } from './statistics.js';
import { summarize, type MeasuredPeer } from './summarize.js';

it('has percentiles by the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(distributionOf(values)).toEqual({ count: 200, min: 1, p50: 100, p95: 190, p99: 198, max: 200 });
  expect(distributionOf([7])).toEqual({ count: 1, min: 7, p50: 7, p95: 7, p99: 7, max: 7 });
  expect(distributionOf([])).toBeUndefined();
});

it('counts, the most frequent first', () => {
  expect(Object.entries(countBy(['a', 'b', 'b']))).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

const stream = (kind: 'audio' | 'video', flowing: boolean, [packets, lost, firstAt]: number[]) => ({
  producerId: `${kind}-of-a`,
  kind,
  flowingSince: flowing ? 1000 : undefined,
  counter: {
    firstAt,
    sinceMark: () => ({ packets: packets ?? 0, bytes: (packets ?? 0) * 100, lost: lost ?? 0 }),
  },
});

const viewer: MeasuredPeer = {
  name: 'b',
  joinMs: 20,
  startedAt: 1000,
  foundMedia: true,
  publishers: new Map([
    ['audio-of-a', 'a'],
    ['video-of-a', 'a'],
  ]),
  streams: [stream('audio', true, [90, 10, 1080]), stream('video', false, [0, 0])],
};
const publisher: MeasuredPeer = {
  name: 'a',
  joinMs: 10,
  startedAt: 0,
  foundMedia: false,
  publishers: new Map(),
  streams: [],
};

it('sums up what clients counted', () => {
  const result = summarize({
    plan: { url: 'ws://x/', roomId: 'r', peers: 3, publish: 1 },
    peers: [publisher, viewer],
    sent: [
      { packets: 200, bytes: 5000 },
      { packets: 0, bytes: 0 },
    ],
    failures: [
      { code: 'ROOM_FULL', message: 'first' },
      { code: 'ROOM_FULL', message: 'second' },
    ],
    seconds: 2,
    cores: 0.5,
  });
  expect(result).toMatchObject({
    peers: { wanted: 3, joined: 2, publishing: 1 },
    failures: { ROOM_FULL: 2 },
    messages: { ROOM_FULL: 'first' },
    joinMs: { p50: 10, max: 20 },
    firstMediaMs: { count: 1, p50: 80 },
    received: { packets: 90, lost: 10, lossRatio: 0.1, packetsPerSecond: 45, bitsPerSecond: 36_000 },
    sent: { packetsPerSecond: 100, bitsPerSecond: 20_000 },
    packetsPerStream: { audio: { count: 1, min: 90 }, video: undefined },
  });
  expect(result.streams).toEqual([
    { peer: 'b', publisher: 'a', kind: 'audio', flowing: true, packets: 90, bytes: 9000, lost: 10 },
    { peer: 'b', publisher: 'a', kind: 'video', flowing: false, packets: 0, bytes: 0, lost: 0 },
  ]);
});
