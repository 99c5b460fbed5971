import type { Platform } from '../../platform.js';
import { readTransports } from '../../stats/normalize.js';
import { ScoreFilter } from '../../stats/ScoreFilter.js';
import { streamScore } from '../../stats/streamScore.js';
import {
  readReceived,
  receivedHealth,
  sentHealth,
  type Received,
  type Stream,
} from '../../stats/streamHealth.js';

/** Milliseconds between two looks: RTCP reports come about once a second. */
export const QUALITY_INTERVAL = 2000;

/** What is looked at of a connection. */
export interface WatchedLink {
  readonly state: RTCPeerConnectionState;
  streams(): readonly Stream[];
  stats(): Promise<RTCStatsReport>;
}

export interface QualityWatchOptions {
  readonly platform: Pick<Platform, 'timer'>;
  readonly links: () => readonly WatchedLink[];
  /** 0 (lost) to 10. `own` is about a publication of this page. */
  readonly onScore: (producerId: string, score: number, own: boolean) => void;
}

/** Follows how the streams of a mesh fare, by the statistics of its connections. */
export class QualityWatch {
  /** At the last look; a connection that is made anew begins anew. */
  readonly #counters = new WeakMap<WatchedLink, Map<string, Received>>();
  readonly #scores: ScoreFilter;
  #stopTimer: (() => void) | undefined;
  #running = false;
  #closed = false;

  constructor(private readonly options: QualityWatchOptions) {
    this.#scores = new ScoreFilter(options.onScore);
  }

  /** Somebody may be connected now. Rests by itself. */
  wake(): void {
    if (this.#running || this.#closed || this.options.links().length === 0) return;
    this.#running = true;
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  #arm(): void {
    this.#stopTimer = this.options.platform.timer(() => void this.#look(), QUALITY_INTERVAL);
  }

  async #look(): Promise<void> {
    const links = this.options.links();
    const sent = new Map<string, number>();
    await Promise.all(links.map((link) => this.#lookAt(link, sent)));
    if (this.#closed) return;
    for (const [producerId, score] of sent) this.#scores.put(producerId, score, true);
    this.#running = links.length > 0;
    if (this.#running) this.#arm();
  }

  /** Copies of what is sent go into `sent`: the best one shows what this page can send, others what their ends receive. */
  async #lookAt(link: WatchedLink, sent: Map<string, number>): Promise<void> {
    const streams = link.streams();
    if (link.state === 'disconnected' || link.state === 'failed') {
      for (const { producerId, direction } of streams)
        if (direction === 'recv' && !this.#closed) this.#scores.put(producerId, 0, false);
      return;
    }
    if (link.state !== 'connected' || streams.length === 0) return;
    // Closed while it is asked: the next look finds another one, or none.
    const report = await link.stats().catch(() => undefined);
    if (!report || this.#closed) return;
    for (const stream of streams) {
      const { producerId, mid, direction } = stream;
      if (direction === 'recv') this.#scores.put(producerId, this.#received(link, { report, stream }), false);
      else {
        const health = sentHealth(report, mid);
        if (health) sent.set(producerId, Math.max(streamScore(health), sent.get(producerId) ?? 0));
      }
    }
  }

  /** Undefined while nothing can be said: at the first look, and of what is at rest. */
  #received(link: WatchedLink, { report, stream }: { report: RTCStatsReport; stream: Stream }) {
    let known = this.#counters.get(link);
    if (!known) this.#counters.set(link, (known = new Map<string, Received>()));
    const before = known.get(stream.producerId);
    const now = readReceived(report, stream.mid);
    if (!now) return undefined;
    known.set(stream.producerId, now);
    const health = before && receivedHealth(before, now);
    return health && streamScore({ ...health, ...readTransports([report]) });
  }
}
