import type { MediaDriver } from '../drivers/MediaDriver.js';
import type { TrackPublication } from '../types.js';
import { readTrack, readTransports, type TrackCounters } from './normalize.js';
import type { RoomStats, TrackStats } from './types.js';
import { wantedOf, type ReceivedPublication } from './wantedOf.js';

/** Whose a stream is. */
export interface StreamOwner {
  readonly identity: string;
  readonly publication: Pick<TrackPublication, 'source' | 'kind'> | ReceivedPublication;
}

export interface CollectorOptions {
  readonly now: () => number;
  readonly driver: () => MediaDriver | undefined;
  readonly ownerOf: (producerId: string) => StreamOwner | undefined;
}

interface Sample {
  readonly at: number;
  readonly counters: TrackCounters;
}

/** Turns the counters of two calls into rates. Remembers one sample per stream. */
export class StatsCollector {
  #samples = new Map<string, Sample>();

  constructor(private readonly options: CollectorOptions) {}

  async collect(): Promise<RoomStats> {
    return (await this.#collect()).room;
  }

  /** One stream of ours or theirs. */
  async ofProducer(producerId: string): Promise<TrackStats | undefined> {
    return (await this.#collect()).byProducer.get(producerId);
  }

  async #collect(): Promise<{ room: RoomStats; byProducer: Map<string, TrackStats> }> {
    const reports = (await this.options.driver()?.stats()) ?? { tracks: [], transports: [] };
    const at = this.options.now();
    const samples = new Map<string, Sample>();
    const byProducer = new Map<string, TrackStats>();
    for (const track of reports.tracks) {
      const owner = this.options.ownerOf(track.producerId);
      if (!owner) continue;
      const sample = { at, counters: readTrack(track) };
      samples.set(track.producerId, sample);
      const before = this.#samples.get(track.producerId);
      const { identity, publication } = owner;
      const { source, kind } = publication;
      const theirs = 'isReceiving' in publication ? publication : undefined;
      const wanted = theirs && wantedOf(theirs);
      const about = { identity, source, kind, wanted, held: theirs?.holdReason };
      byProducer.set(track.producerId, { ...about, ...sample.counters, ...rates(before, sample) });
    }
    this.#samples = samples;
    const room = { timestamp: at, tracks: [...byProducer.values()], ...readTransports(reports.transports) };
    return { room, byProducer };
  }
}

function rates(before: Sample | undefined, now: Sample): Pick<TrackStats, 'bitrate' | 'lossRate'> {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  if (!before || seconds <= 0) return { bitrate: undefined, lossRate: undefined };
  const packets = now.counters.packets - before.counters.packets;
  const lost = Math.max(0, now.counters.packetsLost - before.counters.packetsLost);
  const sent = now.counters.direction === 'send' ? packets : packets + lost;
  return {
    bitrate: Math.max(0, (8 * (now.counters.bytes - before.counters.bytes)) / seconds),
    lossRate: sent > 0 ? Math.min(1, lost / sent) : 0,
  };
}
