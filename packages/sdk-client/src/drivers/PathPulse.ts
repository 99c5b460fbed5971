import { Echo } from './Echo.js';
import type { PathLook } from './stall.js';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** What a transport has done so far (W3C webrtc-stats §8.12, §8.14). */
export interface PathCounters {
  /** The candidate pair in use; another one counts from the start. */
  readonly pair: string | undefined;
  /** All that there are. */
  readonly pairs: ReadonlySet<string>;
  /** Packets that came in, or bytes where browsers count no packets. */
  readonly arrived: number | undefined;
  /** Milliseconds since the last of them, where browsers tell. */
  readonly quiet: number | undefined;
  /** Packets that were sent. */
  readonly left: number | undefined;
  /** Connectivity checks. */
  readonly asked: number | undefined;
  readonly answered: number | undefined;
  /** Milliseconds. */
  readonly roundTripTime: number | undefined;
}

const number = (entry: Entry | undefined, key: string): number | undefined => {
  const value = entry?.[key];
  return typeof value === 'number' ? value : undefined;
};

/** Milliseconds between something in the past and the report. */
const timeSince = (entry: Entry | undefined, key: string): number | undefined => {
  const [then, now] = [number(entry, key), number(entry, 'timestamp')];
  return then === undefined || now === undefined ? undefined : now - then;
};

export function readPath(report: RTCStatsReport): PathCounters {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  const transport = entries.find(({ type }) => type === 'transport');
  const selected = transport?.['selectedCandidatePairId'];
  const pairs = entries.filter(({ type }) => type === 'candidate-pair');
  const pair = pairs.find((entry) => entry.id === selected || entry['selected'] === true);
  const roundTripTime = number(pair, 'currentRoundTripTime');
  return {
    pair: pair?.id,
    pairs: new Set(pairs.map(({ id }) => id)),
    arrived:
      number(transport, 'packetsReceived') ??
      number(pair, 'packetsReceived') ??
      number(pair, 'bytesReceived'),
    quiet: timeSince(pair, 'lastPacketReceivedTimestamp'),
    left: number(transport, 'packetsSent'),
    asked: number(pair, 'requestsSent'),
    answered: number(pair, 'responsesReceived'),
    roundTripTime: roundTripTime === undefined ? undefined : 1000 * roundTripTime,
  };
}

/** By so much each check counts less than the one after it: some thirty of them count. */
const FORGOTTEN = 0.97;
/** As if so many checks had been sent before, on a network that may be a bad one. */
const PRESUMED = { asked: 5, answered: 3.5 };

/** An answer is late when it takes so many times as long as the last one. */
const LATE = 2;

/** Whether a path lives, from look to look. */
export class PathPulse {
  readonly #echo = new Echo();
  #last: (PathCounters & { readonly at: number }) | undefined;
  /** Checks up to the last that was answered. */
  #known = PRESUMED;
  /** How many checks had been sent when one was last answered. */
  #askedThen = 0;
  /** When the first of those after it was seen, which may be on its way. */
  #waitsSince: number | undefined;
  #checks: PathLook['checks'];

  constructor(private readonly direction: PathLook['direction']) {}

  look(now: PathCounters, at: number): Pick<PathLook, 'quiet' | 'checks'> {
    this.#check(now, at);
    const quiet = this.#hear(now, at);
    this.#last = { ...now, at };
    return { quiet, checks: this.#checks };
  }

  /** The path is repaired: what was not answered before says nothing any more. */
  beginAnew(): void {
    this.#askedThen = this.#last?.asked ?? 0;
    this.#waitsSince = undefined;
    this.#echo.beginAnew();
  }

  #check(now: PathCounters, at: number): void {
    const { pair, asked, answered: answers, roundTripTime = 0 } = now;
    if (asked !== undefined && answers !== undefined) {
      const isOther = this.#last?.pair !== pair;
      const before = this.#answersBefore(now);
      const answered = answers > before;
      if (isOther) this.#known = PRESUMED;
      else if (answered) this.#learn(asked - this.#askedThen, answers - before);
      if (answered || isOther) this.#askedThen = asked;
      const unanswered = asked - this.#askedThen;
      this.#waitsSince = unanswered > 0 ? (this.#waitsSince ?? at) : undefined;
      const overdue = Math.max(0, at - (this.#waitsSince ?? at) - LATE * roundTripTime);
      this.#checks = { answered, unanswered, overdue, lossRate: this.#lossRate };
    } else if (this.#checks) {
      // Between two pairs there is none to be counted.
      this.#checks = { ...this.#checks, answered: false };
    }
  }

  /** Those of another pair may have come at any time, unless it is new. */
  #answersBefore({ pair = '', answered = 0 }: PathCounters): number {
    if (this.#last?.pair === pair) return this.#last.answered ?? 0;
    return this.#last?.pairs.has(pair) ? answered : 0;
  }

  /** What is sent has to be reported on, or a check to be answered; of what is received anything counts. */
  #hear({ arrived, left, quiet = 0 }: PathCounters, at: number): PathLook['quiet'] {
    if (arrived === undefined) return 0;
    const before = this.#last;
    const known = before?.arrived ?? 0;
    // Where browsers count by pair, another one begins anew.
    const came = arrived < known ? arrived : arrived - known;
    const elapsed = at - (before?.at ?? at);
    if (before?.left === undefined || left === undefined || this.direction === 'recv')
      return came > 0 ? Math.min(Math.max(quiet, 0), elapsed) : undefined;
    const lives = this.#checks?.answered ?? false;
    return this.#echo.look({ elapsed, left: left - before.left, came, lives }) ?? (lives ? 0 : undefined);
  }

  #learn(asked: number, answered: number): void {
    const weight = FORGOTTEN ** asked;
    this.#known = {
      asked: asked + weight * this.#known.asked,
      answered: answered + weight * this.#known.answered,
    };
  }

  get #lossRate(): number {
    const { asked, answered } = this.#known;
    return Math.max(0, 1 - answered / asked);
  }
}
