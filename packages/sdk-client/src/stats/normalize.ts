import type { DriverTrackReport } from '../drivers/MediaDriver.js';
import type { RoomStats, TrackStats } from './types.js';

type Entry = Record<string, unknown> & { type: string; id: string };

const entriesOf = (report: RTCStatsReport): Entry[] => {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  return entries;
};

const number = (entry: Entry | undefined, key: string): number | undefined => {
  const value = entry?.[key];
  return typeof value === 'number' ? value : undefined;
};

const sum = (entries: readonly Entry[], key: string): number =>
  entries.reduce((total, entry) => total + (number(entry, key) ?? 0), 0);

const largest = (entries: readonly Entry[], key: string): number | undefined => {
  const values = entries.map((entry) => number(entry, key)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : Math.max(...values);
};

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

export type TrackCounters = Omit<
  TrackStats,
  'source' | 'identity' | 'bitrate' | 'lossRate' | 'kind' | 'wanted' | 'held'
>;

/**
 * The counters of one stream (W3C webrtc-stats), simulcast layers added up. Chromium's report of a receiver also
 * holds mediasoup's probator stream, which has no codec and is left out.
 */
export function readTrack({
  direction,
  report,
}: Pick<DriverTrackReport, 'direction' | 'report'>): TrackCounters {
  const entries = entriesOf(report);
  const send = direction === 'send';
  const streams = entries.filter(
    (entry) => entry.type === (send ? 'outbound-rtp' : 'inbound-rtp') && entry['codecId'] !== undefined,
  );
  const remote = entries.filter(
    (entry) => entry.type === (send ? 'remote-inbound-rtp' : 'remote-outbound-rtp'),
  );
  const codec = entries.find((entry) => entry.id === streams[0]?.['codecId']);
  const mimeType = codec?.['mimeType'];
  return {
    direction,
    bytes: sum(streams, send ? 'bytesSent' : 'bytesReceived'),
    packets: sum(streams, send ? 'packetsSent' : 'packetsReceived'),
    // What is lost of what was sent is known to the receiver only.
    packetsLost: Math.max(0, sum(send ? remote : streams, 'packetsLost')),
    jitter: milliseconds(largest(send ? remote : streams, 'jitter')),
    roundTripTime: milliseconds(largest(remote, 'roundTripTime')),
    codec: typeof mimeType === 'string' ? mimeType.replace(/^.*\//, '').toLowerCase() : undefined,
    frameWidth: largest(streams, 'frameWidth'),
    frameHeight: largest(streams, 'frameHeight'),
    framesPerSecond: largest(streams, 'framesPerSecond'),
    frames: largest(streams, send ? 'framesEncoded' : 'framesDecoded'),
    audioLevel: largest(streams, 'audioLevel'),
    totalAudioEnergy: largest(streams, 'totalAudioEnergy'),
  };
}

/** Round trip, estimate and kind of path over all peer connections. */
export function readTransports(
  reports: readonly RTCStatsReport[],
): Pick<RoomStats, 'roundTripTime' | 'availableOutgoingBitrate' | 'path'> {
  const entries = reports.flatMap(entriesOf);
  const selected = new Set(
    entries.filter(({ type }) => type === 'transport').map((entry) => entry['selectedCandidatePairId']),
  );
  const pairs = entries.filter(
    (entry) => entry.type === 'candidate-pair' && (selected.has(entry.id) || entry['selected'] === true),
  );
  const locals = entries.filter(
    (entry) =>
      entry.type === 'local-candidate' && pairs.some((pair) => pair['localCandidateId'] === entry.id),
  );
  const relayed = locals.some((entry) => entry['candidateType'] === 'relay');
  const protocol = locals[0]?.['protocol'];
  return {
    roundTripTime: milliseconds(largest(pairs, 'currentRoundTripTime')),
    availableOutgoingBitrate: largest(pairs, 'availableOutgoingBitrate'),
    path: relayed ? 'relay' : protocol === 'udp' || protocol === 'tcp' ? protocol : undefined,
  };
}
