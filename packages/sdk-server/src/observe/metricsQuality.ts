import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Sample, TrackFigures } from './metricsTracks.js';

interface Quality {
  readonly name: string;
  readonly help: string;
  readonly buckets: number[];
  readonly of: (figures: TrackFigures) => number | undefined;
}

const QUALITIES: readonly Quality[] = [
  {
    name: 'score',
    help: 'score, 0 (nothing arrives) to 10',
    buckets: [0, 2, 4, 6, 8, 9, 10],
    of: ({ score }) => score,
  },
  {
    name: 'bitrate_bits_per_second',
    help: 'bitrate, bits per second',
    buckets: [8e3, 32e3, 64e3, 128e3, 256e3, 512e3, 1e6, 2e6, 4e6, 8e6],
    of: ({ bitrate }) => bitrate,
  },
  {
    name: 'loss_ratio',
    help: 'share of packets lost lately, 0 to 1',
    buckets: [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    of: ({ lossRatio }) => lossRatio,
  },
  {
    name: 'jitter_seconds',
    help: 'interarrival jitter, seconds',
    buckets: [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5],
    of: ({ jitter }) => jitter,
  },
  {
    name: 'round_trip_seconds',
    help: 'round trip time, seconds, where it is known',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
    of: ({ roundTripTime }) => roundTripTime,
  },
];

/** Tells how good tracks are: how many are how good and, where that is wanted, each by itself. */
export function qualityMetrics(
  registry: Registry,
  { perTrack }: { perTrack: boolean },
): (samples: readonly Sample[]) => void {
  const registers = [registry];
  const all = QUALITIES.map(({ name, help, buckets, of }) => {
    const histogram = new Histogram({
      name: `parlor_quality_${name}`,
      help: `Tracks by ${help}: each adds one per scrape.`,
      labelNames: ['of', 'kind'],
      buckets,
      registers,
    });
    return { histogram, of };
  });
  const each = (perTrack ? QUALITIES : []).map(({ name, help, of }) => {
    const labelNames = ['of', 'kind', 'room', 'peer', 'track'];
    return {
      gauge: new Gauge({ name: `parlor_track_${name}`, help: `Of a track: ${help}.`, labelNames, registers }),
      of,
    };
  });
  const sampled = new Gauge({
    name: 'parlor_quality_tracks',
    help: 'Tracks that this scrape has looked at.',
    labelNames: ['of', 'kind'],
    registers,
  });

  return (samples) => {
    sampled.reset();
    for (const { gauge } of each) gauge.reset();
    for (const { track, figures } of samples) {
      const { of: what, kind, id, peer } = track;
      sampled.inc({ of: what, kind });
      for (const { histogram, of } of all) {
        const value = of(figures);
        if (value !== undefined) histogram.observe({ of: what, kind }, value);
      }
      for (const { gauge, of } of each) {
        const value = of(figures);
        const labels = { of: what, kind, room: peer.room.id, peer: peer.id, track: id };
        if (value !== undefined) gauge.set(labels, value);
      }
    }
  };
}
