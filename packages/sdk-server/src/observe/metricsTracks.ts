import type { MediaKind } from '@parlor/protocol';
import type { Peer, StreamStats } from '../core/types.js';
import { isParlorError } from '../errors.js';
import type { Clock } from '../ice/clock.js';

/** Media that the server receives (a producer) or sends (a consumer). */
export interface Track {
  readonly of: 'producer' | 'consumer';
  readonly id: string;
  readonly kind: MediaKind;
  readonly peer: Peer;
  readonly stats: () => Promise<readonly StreamStats[]>;
}

/** A track in one figure each, whatever the number of its streams. */
export interface TrackFigures {
  /** 0 to 10, of its best stream: layers that are switched off have 0. */
  readonly score: number;
  /** Bits per second, of all streams. */
  readonly bitrate: number;
  /** 0 to 1; this and what follows: of the worst stream that is sent. */
  readonly lossRatio: number;
  /** Seconds. */
  readonly jitter: number;
  /** Seconds. */
  readonly roundTripTime: number | undefined;
}

export interface Sample {
  readonly track: Track;
  readonly figures: TrackFigures;
}

/** Requests to media workers that are under way at once: between them the server goes on with its work. */
const LANES = 32;
/** How long a scrape waits for a media worker that does not answer, ms. */
const PATIENCE_MS = 2000;

/** Reads figures of tracks, of so many at a time. */
export class TrackSampler {
  readonly #maxTracks: number;
  readonly #clock: Clock;
  #turn = 0;

  constructor({ maxTracks, clock }: { maxTracks: number; clock: Clock }) {
    this.#maxTracks = maxTracks;
    this.#clock = clock;
  }

  /** Those whose turn it is, without those that ended in the meantime or whose worker does not answer. */
  async sample(tracks: readonly Track[]): Promise<Sample[]> {
    const samples: Sample[] = [];
    const queue = this.#next(tracks).values();
    let isLate = false;
    const lane = async (): Promise<void> => {
      for (const track of queue) {
        const streams = await readStreams(track);
        if (isLate) return;
        if (streams.length > 0) samples.push({ track, figures: figuresOf(streams) });
      }
    };
    let stopWaiting = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      stopWaiting = this.#clock.after(PATIENCE_MS, resolve);
    });
    try {
      await Promise.race([Promise.all(Array.from({ length: LANES }, lane)), late]);
    } finally {
      isLate = true;
      stopWaiting();
    }
    return samples;
  }

  #next(tracks: readonly Track[]): readonly Track[] {
    const count = tracks.length;
    if (count <= this.#maxTracks) return tracks;
    const from = this.#turn % count;
    this.#turn = from + this.#maxTracks;
    const taken = tracks.slice(from, from + this.#maxTracks);
    return [...taken, ...tracks.slice(0, this.#maxTracks - taken.length)];
  }
}

async function readStreams({ stats }: Track): Promise<readonly StreamStats[]> {
  try {
    return await stats();
  } catch (error) {
    // It has ended, or its worker has died: the rest tells of that.
    if (isParlorError(error)) return [];
    throw error;
  }
}

function figuresOf(streams: readonly StreamStats[]): TrackFigures {
  const sent = streams.filter(({ bitrate }) => bitrate > 0);
  const worst = (figure: (stream: StreamStats) => number): number =>
    Math.max(...(sent.length > 0 ? sent : streams).map(figure));
  const roundTripTime = worst((stream) => stream.roundTripTime ?? 0);
  return {
    score: Math.max(...streams.map(({ score }) => score)),
    bitrate: streams.reduce((sum, { bitrate }) => sum + bitrate, 0),
    lossRatio: worst(({ fractionLost }) => fractionLost),
    jitter: worst(({ jitter }) => jitter),
    roundTripTime: roundTripTime > 0 ? roundTripTime : undefined,
  };
}
