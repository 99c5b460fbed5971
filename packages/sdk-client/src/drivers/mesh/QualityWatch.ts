import type { Platform } from '../../platform.js';
import { ScoreFilter } from '../../stats/ScoreFilter.js';
import { streamScore } from '../../stats/streamScore.js';
import {
  NOTHING_RECEIVED,
  readReceived,
  receivedHealth,
  sentHealth,
  type Received,
  type Stream,
} from '../../stats/streamHealth.js';
import { PathPulse, readPath, type PathCounters } from '../PathPulse.js';
import { beginPath, CLOSE_INTERVAL, judge, type PathState, type StreamLook } from '../stall.js';

/** Milliseconds between two looks: RTCP reports come about once a second. */
export const QUALITY_INTERVAL = 1000;

/** What is looked at of a connection. */
export interface WatchedLink {
  readonly state: RTCPeerConnectionState;
  streams(): readonly Stream[];
  stats(): Promise<RTCStatsReport>;
}

export interface QualityWatchOptions {
  readonly platform: Pick<Platform, 'timer' | 'now'>;
  readonly links: () => readonly WatchedLink[];
  /** 0 (lost) to 10. `own` is about a publication of this page. */
  readonly onScore: (producerId: string, score: number, own: boolean) => void;
  /** Paused by whoever may: nothing need come of it. */
  readonly isPaused: (producerId: string) => boolean;
  /** Whether what should come over a connection does. */
  readonly onSeen: (link: WatchedLink, moves: boolean) => void;
}

/** What is remembered of a connection. */
interface Watched {
  readonly counters: Map<string, Received>;
  readonly pulse: PathPulse;
  state: PathState;
}

interface LookedAt {
  readonly report: RTCStatsReport;
  readonly stream: Stream;
  readonly path: PathCounters;
}

interface Found {
  readonly producerId: string;
  readonly look: StreamLook;
  readonly score: number | undefined;
}

const AT_REST: StreamLook = { due: false, sure: true, moved: false, refused: false };

/** Follows how the streams of a mesh fare, and whether they come at all, by the statistics of its connections. */
export class QualityWatch {
  /** At the last look; a connection that is made anew begins anew. */
  readonly #watched = new WeakMap<WatchedLink, Watched>();
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
    this.#arm(QUALITY_INTERVAL);
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  #arm(interval: number): void {
    this.#stopTimer = this.options.platform.timer(() => void this.#look(), interval);
  }

  async #look(): Promise<void> {
    const links = this.options.links();
    const sent = new Map<string, number>();
    await Promise.all(links.map((link) => this.#lookAt(link, sent)));
    if (this.#closed) return;
    for (const [producerId, score] of sent) this.#scores.put(producerId, score, true);
    this.#running = links.length > 0;
    const isDoubtful = links.some((link) => this.#watched.get(link)?.state.verdict === 'waiting');
    if (this.#running) this.#arm(isDoubtful ? CLOSE_INTERVAL : QUALITY_INTERVAL);
  }

  /** Copies of what is sent go into `sent`: the best one shows what this page can send, others what their ends receive. */
  async #lookAt(link: WatchedLink, sent: Map<string, number>): Promise<void> {
    const streams = link.streams();
    if (link.state === 'disconnected' || link.state === 'failed') {
      for (const { producerId, direction } of streams)
        if (direction === 'recv' && !this.#closed) this.#scores.put(producerId, 0, false);
      return;
    }
    if (link.state !== 'connected') return;
    this.#rest(this.#watched.get(link)?.counters, streams);
    if (streams.length === 0) return;
    // Closed while it is asked: the next look finds another one, or none.
    const report = await link.stats().catch(() => undefined);
    if (!report || this.#closed) return;
    for (const { producerId, mid, direction } of streams) {
      const health = direction === 'send' ? sentHealth(report, mid) : undefined;
      if (health) sent.set(producerId, Math.max(streamScore(health), sent.get(producerId) ?? 0));
    }
    this.#judge(link, report);
  }

  /** How a stream was until it rested says nothing of how it is when it goes on. */
  #rest(counters: Watched['counters'] = new Map(), streams: readonly Stream[]): void {
    const running = new Set(streams.map(({ producerId }) => producerId));
    for (const [producerId, last] of counters)
      if (!running.has(producerId)) counters.set(producerId, { ...last, timestamp: 0 });
  }

  #judge(link: WatchedLink, report: RTCStatsReport): void {
    const { platform, onSeen } = this.options;
    const at = platform.now();
    let watched = this.#watched.get(link);
    if (!watched)
      this.#watched.set(
        link,
        (watched = { counters: new Map(), pulse: new PathPulse('recv'), state: beginPath(at) }),
      );
    const { counters, pulse, state } = watched;
    const path = readPath(report);
    const received = link.streams().filter(({ direction }) => direction === 'recv');
    const found = received.map((stream) => this.#received(counters, { report, stream, path }));
    const streams = found.map(({ look }) => look);
    const { verdict } = (watched.state = judge(state, {
      at,
      direction: 'recv',
      isMutual: true,
      streams,
      ...pulse.look(path, at),
    }));
    if (verdict === 'flows' || verdict === 'stalled') onSeen(link, verdict === 'flows');
    for (const { producerId, score, look } of found)
      this.#scores.put(producerId, verdict === 'stalled' && look.due ? 0 : score, false);
  }

  /** The score is undefined while nothing can be said: before the first packet, and of what is at rest. */
  #received(counters: Map<string, Received>, { report, stream, path }: LookedAt): Found {
    const { producerId, mid } = stream;
    // It is known from its first packet: what stops before the next look has been there.
    const before = counters.get(producerId) ?? NOTHING_RECEIVED;
    const now = readReceived(report, mid);
    // Before its first packet nobody knows of it.
    if (!now) return { producerId, look: AT_REST, score: undefined };
    const moved = now.packetsReceived > before.packetsReceived;
    const rests = counters.has(producerId) && before.timestamp === 0;
    counters.set(producerId, rests && !moved ? before : now);
    const look = { ...AT_REST, due: !this.options.isPaused(producerId), moved };
    const health = rests ? undefined : receivedHealth(before, now);
    const { roundTripTime } = path;
    return { producerId, look, score: health && streamScore({ ...health, roundTripTime }) };
  }
}
