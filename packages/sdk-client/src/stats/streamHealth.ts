import type { StreamHealth } from './streamScore.js';

/** A publication on its way over one connection. */
export interface Stream {
  readonly producerId: string;
  /** Its media section (RFC 5888). */
  readonly mid: string;
  readonly direction: 'send' | 'recv';
}

/** The statistics of a stream that is received (W3C webrtc-stats §8.4). */
export interface Received {
  /** Milliseconds. */
  readonly timestamp: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Seconds. Browsers that do not tell count as never frozen. */
  readonly totalFreezesDuration: number;
  /** Milliseconds. */
  readonly jitter: number | undefined;
}

/** Before the first look. */
export const NOTHING_RECEIVED: Received = {
  timestamp: 0,
  packetsReceived: 0,
  packetsLost: 0,
  totalFreezesDuration: 0,
  jitter: undefined,
};

type Entry = Readonly<Record<string, unknown>>;

const numberIn = (entry: Entry, key: string): number | undefined => {
  const value = entry[key];
  return typeof value === 'number' ? value : undefined;
};

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : 1000 * seconds;

const entriesOf = (report: RTCStatsReport, type: string): Entry[] => {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => {
    if (entry['type'] === type) entries.push(entry);
  });
  return entries;
};

/** Undefined before the first packet. */
export function readReceived(report: RTCStatsReport, mid: string): Received | undefined {
  const entry = entriesOf(report, 'inbound-rtp').find((each) => each['mid'] === mid);
  if (!entry) return undefined;
  return {
    timestamp: numberIn(entry, 'timestamp') ?? 0,
    packetsReceived: numberIn(entry, 'packetsReceived') ?? 0,
    packetsLost: numberIn(entry, 'packetsLost') ?? 0,
    totalFreezesDuration: numberIn(entry, 'totalFreezesDuration') ?? 0,
    jitter: milliseconds(numberIn(entry, 'jitter')),
  };
}

/** How a stream has fared between two looks. Undefined when nothing of it has come: it may be at rest. */
export function receivedHealth(before: Received, now: Received): StreamHealth | undefined {
  const received = now.packetsReceived - before.packetsReceived;
  const elapsed = now.timestamp - before.timestamp;
  if (received <= 0 || elapsed <= 0) return undefined;
  // It falls when packets that were counted as lost come late.
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const frozen = (1000 * (now.totalFreezesDuration - before.totalFreezesDuration)) / elapsed;
  return {
    lossRate: lost / (received + lost),
    jitter: now.jitter,
    frozen: Math.min(1, Math.max(0, frozen)),
  };
}

/** How a stream fares at the other end, by its last RTCP report (RFC 3550 §6.4.1). Undefined before the first. */
export function sentHealth(report: RTCStatsReport, mid: string): StreamHealth | undefined {
  const stream = entriesOf(report, 'outbound-rtp').find((each) => each['mid'] === mid);
  const remote = entriesOf(report, 'remote-inbound-rtp').find(
    (each) => stream !== undefined && each['localId'] === stream['id'],
  );
  if (!remote) return undefined;
  return {
    lossRate: Math.min(1, Math.max(0, numberIn(remote, 'fractionLost') ?? 0)),
    jitter: milliseconds(numberIn(remote, 'jitter')),
    roundTripTime: milliseconds(numberIn(remote, 'roundTripTime')),
  };
}
