import type { Failure, LoadErrorCode } from '../LoadError.js';
import { countBy, distributionOf, type Distribution } from './statistics.js';
import type { StreamCount, StreamCounter } from './StreamCounter.js';

export interface StreamResult extends StreamCount {
  peer: string;
  publisher: string;
  kind: 'audio' | 'video';
  /** Whether the server forwards it: it may be paused, or held back. */
  flowing: boolean;
}

interface Rate {
  packetsPerSecond: number;
  bitsPerSecond: number;
}

/** What `--json` prints. Times are milliseconds. */
export interface LoadResult {
  url: string;
  room: string;
  seconds: number;
  peers: { wanted: number; joined: number; publishing: number };
  failures: Partial<Record<LoadErrorCode, number>>;
  /** The first message of each code. */
  messages: Partial<Record<LoadErrorCode, string>>;
  joinMs: Distribution | undefined;
  /** From the begin of the join to the first media packet, of those who found somebody publishing. */
  firstMediaMs: Distribution | undefined;
  received: Rate & { packets: number; lost: number; /** 0 to 1. */ lossRatio: number };
  sent: Rate;
  /** Packets of each stream that flows. */
  packetsPerStream: Record<'audio' | 'video', Distribution | undefined>;
  streams: StreamResult[];
  /** CPU of this tool; it takes part in the measurement when that comes near one. */
  cores: number;
}

/** What the summary reads of a client. */
export interface MeasuredPeer {
  name: string;
  joinMs: number;
  startedAt: number;
  foundMedia: boolean;
  publishers: ReadonlyMap<string, string>;
  streams: readonly {
    producerId: string;
    kind: 'audio' | 'video';
    flowingSince: number | undefined;
    counter: Pick<StreamCounter, 'firstAt' | 'sinceMark'>;
  }[];
}

export interface Measured {
  plan: { url: string; roomId: string; peers: number; publish: number };
  peers: readonly MeasuredPeer[];
  sent: readonly { packets: number; bytes: number }[];
  failures: readonly Failure[];
  seconds: number;
  cores: number;
}

const sumOf = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0);

function rateOf(counts: readonly { packets: number; bytes: number }[], seconds: number): Rate {
  return {
    packetsPerSecond: sumOf(counts, ({ packets }) => packets) / seconds,
    bitsPerSecond: (sumOf(counts, ({ bytes }) => bytes) * 8) / seconds,
  };
}

function firstMediaOf({ startedAt, foundMedia, streams }: MeasuredPeer): number[] {
  const first = Math.min(...streams.map(({ counter }) => counter.firstAt ?? Infinity));
  return foundMedia && Number.isFinite(first) ? [first - startedAt] : [];
}

const streamsOf = ({ name, streams, publishers }: MeasuredPeer): StreamResult[] =>
  streams.map(({ producerId, kind, flowingSince, counter }) => ({
    peer: name,
    publisher: publishers.get(producerId) ?? '',
    kind,
    flowing: flowingSince !== undefined,
    ...counter.sinceMark(),
  }));

export function summarize({ plan, peers, sent, failures, seconds, cores }: Measured): LoadResult {
  const streams = peers.flatMap(streamsOf);
  const packets = sumOf(streams, (stream) => stream.packets);
  const lost = sumOf(streams, (stream) => stream.lost);
  const packetsOf = (wanted: 'audio' | 'video') =>
    distributionOf(
      streams.filter(({ kind, flowing }) => flowing && kind === wanted).map((each) => each.packets),
    );
  return {
    url: plan.url,
    room: plan.roomId,
    seconds,
    peers: { wanted: plan.peers, joined: peers.length, publishing: Math.min(plan.publish, plan.peers) },
    failures: countBy(failures.map(({ code }) => code)),
    messages: Object.fromEntries([...failures].reverse().map(({ code, message }) => [code, message])),
    joinMs: distributionOf(peers.map(({ joinMs }) => joinMs)),
    firstMediaMs: distributionOf(peers.flatMap(firstMediaOf)),
    received: { ...rateOf(streams, seconds), packets, lost, lossRatio: lost / Math.max(1, packets + lost) },
    sent: rateOf(sent, seconds),
    packetsPerStream: { audio: packetsOf('audio'), video: packetsOf('video') },
    streams,
    cores,
  };
}
