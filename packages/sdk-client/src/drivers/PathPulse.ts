import type { PathLook } from './stall.js';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** What a transport has done so far (W3C webrtc-stats §8.12, §8.14). */
export interface PathCounters {
  /** The candidate pair in use; another one counts from the start. */
  readonly pair: string | undefined;
  /** Packets that came in, or bytes where browsers count no packets. */
  readonly arrived: number | undefined;
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

export function readPath(report: RTCStatsReport): PathCounters {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  const transport = entries.find(({ type }) => type === 'transport');
  const selected = transport?.['selectedCandidatePairId'];
  const pair = entries.find(
    (entry) => entry.type === 'candidate-pair' && (entry.id === selected || entry['selected'] === true),
  );
  const roundTripTime = number(pair, 'currentRoundTripTime');
  return {
    pair: pair?.id,
    arrived:
      number(transport, 'packetsReceived') ??
      number(pair, 'packetsReceived') ??
      number(pair, 'bytesReceived'),
    asked: number(pair, 'requestsSent'),
    answered: number(pair, 'responsesReceived'),
    roundTripTime: roundTripTime === undefined ? undefined : 1000 * roundTripTime,
  };
}

/** By so much each check counts less than the one after it: some thirty of them count. */
const FORGOTTEN = 0.97;
/** As if so many checks had been sent before, on a network that may be a bad one. */
const PRESUMED = { asked: 5, answered: 3.5 };

/** Whether a path lives, from look to look. */
export class PathPulse {
  #counters: PathCounters | undefined;
  /** Checks up to the last that was answered. */
  #known = PRESUMED;
  /** How many checks had been sent when one was last answered. */
  #askedThen = 0;
  #checks: PathLook['checks'];

  look(now: PathCounters): Pick<PathLook, 'heard' | 'checks'> {
    const before = this.#counters;
    this.#counters = now;
    const heard = now.arrived === undefined || now.arrived > (before?.arrived ?? 0);
    if (now.asked !== undefined && now.answered !== undefined) {
      // Another pair may have been answered at any time.
      const isOther = before?.pair !== now.pair;
      const answers = isOther ? 0 : now.answered - (before?.answered ?? 0);
      const answered = answers > 0;
      if (answered) this.#learn(now.asked - this.#askedThen, answers);
      if (isOther) this.#known = PRESUMED;
      if (answered || isOther) this.#askedThen = now.asked;
      this.#checks = { answered, unanswered: now.asked - this.#askedThen, lossRate: this.#lossRate };
    } else if (this.#checks) {
      // Between two pairs there is none to be counted.
      this.#checks = { ...this.#checks, answered: false };
    }
    return { heard, checks: this.#checks };
  }

  /** The path is repaired: what was not answered before says nothing any more. */
  beginAnew(): void {
    this.#askedThen = this.#counters?.asked ?? 0;
  }

  /** Another transport. */
  clear(): void {
    this.#counters = undefined;
    this.#known = PRESUMED;
    this.#askedThen = 0;
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
