import { NOTHING_RECEIVED, readReceived, type Received } from '../../../stats/streamHealth.js';
import type { StreamHealth } from '../../../stats/streamScore.js';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** What has become of a publication so far, all layers together. */
export interface SentCounters {
  /** Packets. */
  readonly sent: number;
  /** Frames that the source has delivered; sound has none. */
  readonly frames: number;
  /** When the receiver last reported, and how it was. */
  readonly reportedAt: number;
  readonly health: StreamHealth | undefined;
}

export const NOTHING_SENT: SentCounters = { sent: 0, frames: 0, reportedAt: 0, health: undefined };

const number = (entry: Entry | undefined, key: string): number | undefined => {
  const value = entry?.[key];
  return typeof value === 'number' ? value : undefined;
};

const largest = (entries: readonly Entry[], key: string): number =>
  Math.max(0, ...entries.map((entry) => number(entry, key) ?? 0));

const sum = (entries: readonly Entry[], key: string): number =>
  entries.reduce((total, entry) => total + (number(entry, key) ?? 0), 0);

function entriesOf(report: RTCStatsReport): Entry[] {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  return entries;
}

/** Undefined when the report knows nothing of it. */
export function readSent(report: RTCStatsReport, mid: string): SentCounters | undefined {
  const entries = entriesOf(report);
  const layers = entries.filter((entry) => entry.type === 'outbound-rtp' && entry['mid'] === mid);
  // A layer that is switched off has nothing to send; what it has sent stays sent.
  const streams = layers.filter((entry) => entry['active'] !== false);
  if (streams.length === 0) return undefined;
  const ids = new Set<unknown>(streams.map(({ id }) => id));
  const sources = new Set(streams.map((entry) => entry['mediaSourceId']));
  const reports = entries.filter((entry) => entry.type === 'remote-inbound-rtp' && ids.has(entry['localId']));
  return {
    sent: sum(layers, 'packetsSent'),
    frames: largest(
      entries.filter(({ type, id }) => type === 'media-source' && sources.has(id)),
      'frames',
    ),
    reportedAt: largest(reports, 'timestamp'),
    health:
      reports.length === 0
        ? undefined
        : {
            lossRate: Math.min(1, largest(reports, 'fractionLost')),
            jitter: 1000 * largest(reports, 'jitter'),
            roundTripTime: 1000 * largest(reports, 'roundTripTime'),
          },
  };
}

/** Before its first packet a stream is not in the report. Undefined where browsers do not tell streams apart. */
export function readIncoming(report: RTCStatsReport, mid: string): Received | undefined {
  const known = readReceived(report, mid);
  if (known) return known;
  const entries = entriesOf(report);
  const isTold = entries.every((entry) => entry.type !== 'inbound-rtp' || entry['mid'] !== undefined);
  return entries.length > 0 && isTold ? NOTHING_RECEIVED : undefined;
}

/** How many packets have been sent over a transport, how many of them have arrived, and when that was last reported. */
export interface Reports {
  /** When the statistics were made. */
  readonly now: number;
  readonly at: number;
  /** When that stream was reported on whose last report is the oldest. */
  readonly oldest: number;
  readonly arrived: number;
  readonly sent: number;
}

export function readReports(report: RTCStatsReport): Reports {
  const entries = entriesOf(report);
  const streams = entries.filter(({ type }) => type === 'outbound-rtp');
  const reports = entries.filter(({ type }) => type === 'remote-inbound-rtp');
  return {
    now: largest(streams, 'timestamp'),
    at: largest(reports, 'timestamp'),
    oldest: Math.min(...reports.map((entry) => number(entry, 'timestamp') ?? 0)),
    arrived: sum(reports, 'packetsReceived'),
    sent: sum(streams, 'packetsSent'),
  };
}
