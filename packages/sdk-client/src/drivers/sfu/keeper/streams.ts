import { QUIET_LIMIT, type StreamLook } from '../../stall.js';
import { NOTHING_RECEIVED, receivedHealth, type Received as Incoming } from '../../../stats/streamHealth.js';
import { streamScore, type StreamHealth } from '../../../stats/streamScore.js';
import type { Received } from '../SfuReceiver.js';
import type { SfuSender } from '../SfuSender.js';
import { rests } from './limitLayers.js';
import { NOTHING_SENT, readIncoming, readSent, type SentCounters } from './counters.js';

/** What a look at one stream has found. */
export interface Found {
  readonly producerId: string;
  readonly look: StreamLook;
  /** 0 to 10; undefined: no news. */
  readonly score: number | undefined;
}

/** A video that is wanted and does not come, although its publisher may well send it. */
export interface Missing {
  /** Milliseconds. */
  readonly since: number;
  /** The server sends it, as it says, and would know if nothing came of it. */
  readonly isTold: boolean;
}

export interface LookedAt {
  readonly report: RTCStatsReport;
  readonly at: number;
  readonly roundTripTime: number | undefined;
  /** The server's last word, 0 to 10. */
  readonly scoreOf: (producerId: string) => number | undefined;
}

interface Known<T> {
  counters: T;
  movedAt: number;
  /** Something of it has come. */
  came: boolean;
  /** It was at rest, and nothing of it has come since. */
  rested: boolean;
  /** Since when the server forwards nothing of it. */
  withheldAt?: number | undefined;
}

interface Missed extends Pick<LookedAt, 'at' | 'scoreOf'> {
  readonly from: number;
  /** Something of it had come before. */
  readonly came: boolean;
}

interface Sending {
  readonly counters: SentCounters;
  /** When packets last left, and when there last was something to send. */
  readonly leftAt: number;
  readonly deliveredAt: number;
}

/** Milliseconds between packets of what goes on: in silence one comes every 400 ms (RFC 6716 §2.1.9). */
const PAUSE = 1000;

/** What is sent, from look to look. */
export class SentStreams {
  readonly #known = new Map<string, Sending>();

  look(sender: Pick<SfuSender, 'sent' | 'demands'>, { report, at, scoreOf }: LookedAt): Found[] {
    return [...sender.sent].flatMap(([producerId, { producer, muted }]) => {
      const now = rests(sender, producerId) ? undefined : readSent(report, producer.localId);
      if (!now) return [];
      const known = this.#known.get(producerId);
      const before = known?.counters ?? NOTHING_SENT;
      const left = now.sent > before.sent;
      // A canvas that nobody draws on, a picture that stands still, a device that is away: no fault of the path.
      const delivered = left || now.frames > before.frames;
      const leftAt = left ? at : (known?.leftAt ?? 0);
      const deliveredAt = delivered ? at : (known?.deliveredAt ?? 0);
      this.#known.set(producerId, { counters: now, leftAt, deliveredAt });
      const { track } = producer;
      const due = at - deliveredAt < PAUSE && !muted && track?.readyState === 'live' && !track.muted;
      const serverScore = scoreOf(producerId);
      const loses = now.reportedAt > before.reportedAt && (now.health?.lossRate ?? 0) > 0;
      const refused = serverScore === 0 && !loses;
      const look: StreamLook = { due, sure: true, moved: at - leftAt < PAUSE, refused };
      return [{ producerId, look, score: due ? worth(refused, now.health, serverScore) : undefined }];
    });
  }

  /** Counters begin anew. */
  clear(): void {
    this.#known.clear();
  }
}

/** Losses that the server counts are not counted twice. */
function worth(
  refused: boolean,
  health: StreamHealth | undefined,
  serverScore: number | undefined,
): number | undefined {
  if (refused) return 0;
  if (serverScore === undefined) return health && streamScore(health);
  return streamScore({ ...health, lossRate: 0, serverScore });
}

/** Cameras and microphones always have something to say; what a screen shows may stand still. */
const isSteady = ({ producer: { source } }: Received): boolean =>
  source === 'camera' || source === 'microphone';

/** Somebody wants it so: nothing of it is to come. */
export const isAtRest = ({ receiving, paused, held }: Received): boolean =>
  !receiving || paused || held !== undefined;

/** What is received, from look to look. */
export class ReceivedStreams {
  /** Found by the last look: by producer id. */
  readonly missing = new Map<string, Missing>();
  readonly #known = new Map<string, Known<Incoming>>();

  look(received: ReadonlyMap<string, Received>, looked: LookedAt): Found[] {
    this.missing.clear();
    return [...received].flatMap(([producerId, stream]) => {
      const now = readIncoming(looked.report, stream.consumer.localId);
      const rests = isAtRest(stream);
      const withheldAt = rests ? undefined : (this.#known.get(producerId)?.withheldAt ?? looked.at);
      const runs = stream.forwarded && !rests;
      if (!now) this.#known.delete(producerId);
      // How it was until it rested says nothing of how it is when it goes on.
      else if (!runs)
        this.#known.set(producerId, {
          counters: { ...now, timestamp: 0 },
          movedAt: looked.at,
          came: false,
          rested: rests || this.goesOn(producerId),
          withheldAt,
        });
      if (now && !runs && withheldAt !== undefined)
        this.#miss(stream, { ...looked, from: withheldAt, came: false });
      if (!now || !runs) return [];
      return [this.#lookAt(stream, now, looked)];
    });
  }

  goesOn(producerId: string): boolean {
    return this.#known.get(producerId)?.rested ?? false;
  }

  clear(): void {
    this.#known.clear();
  }

  #miss(stream: Received, { at, scoreOf, from, came }: Missed): void {
    const { kind, producerId } = stream.producer;
    const serverScore = scoreOf(producerId);
    const isExpected = isSteady(stream) || !came;
    if (kind !== 'video' || !isExpected || serverScore === 0) return;
    const isTold = stream.forwarded && stream.layered && serverScore !== undefined;
    this.missing.set(producerId, { since: at - from, isTold });
  }

  #lookAt(stream: Received, now: Incoming, { at, scoreOf, roundTripTime }: LookedAt): Found {
    const { producerId } = stream.producer;
    const known = this.#known.get(producerId) ?? {
      counters: NOTHING_RECEIVED,
      movedAt: at,
      came: false,
      rested: false,
    };
    const { counters: before } = known;
    const moved = now.packetsReceived > before.packetsReceived;
    const movedAt = moved ? at : known.movedAt;
    const came = known.came || moved;
    const rested = known.rested && !moved;
    // Until it goes on, the time that it rested is no freeze.
    this.#known.set(producerId, { counters: came ? now : { ...now, timestamp: 0 }, movedAt, came, rested });
    if (!moved) this.#miss(stream, { at, scoreOf, from: movedAt, came });
    const serverScore = scoreOf(producerId);
    const due = moved || (isSteady(stream) && serverScore !== 0);
    // Of what comes in several layers the server also scores that nothing comes.
    const sure = came || (stream.layered && serverScore !== undefined && serverScore > 0);
    const isQuiet = at - movedAt >= QUIET_LIMIT;
    // Who sends it again for this page needs a moment until the server sees it.
    const lost = serverScore === 0 ? !rested || isQuiet : came && isSteady(stream) && isQuiet;
    // Also when it has just come: if it stops before the next look it has been there, and is lost.
    const health = before.timestamp > 0 || !known.came ? receivedHealth(before, now) : undefined;
    return {
      producerId,
      look: { due, sure, moved, refused: false },
      score: lost ? 0 : health && streamScore({ ...health, roundTripTime, serverScore }),
    };
  }
}
