import { videoEncodings } from '../../tracks/encodings.js';
import type { PublishRequest } from '../MediaDriver.js';
import { opusSettings } from '../opus.js';
import type { TrackKind } from '../../types.js';

/** Bits per second for everything that a page sends, where nothing else was asked for. */
export const DEFAULT_UPLINK = 4_000_000;
/** Less is no picture; bits per second. */
const LEAST_VIDEO = 60_000;

/** One copy of a publication on its way to one peer. */
export interface Copy {
  readonly kind: TrackKind;
  /** What it would take with nobody else there, bits per second. */
  readonly wanted: number;
}

/** What a publication would take. Each pair has one stream: layers are for servers. */
export function wantedBitrate(request: PublishRequest): number {
  const { kind, source, options, mediaStreamTrack } = request;
  if (kind === 'audio') return opusSettings(request).bitrate;
  const { width, height } = mediaStreamTrack.getSettings();
  const [encoding] = videoEncodings({
    width,
    height,
    source,
    contentHint: mediaStreamTrack.contentHint,
    options: { ...options, simulcast: false },
  });
  return encoding?.maxBitrate ?? LEAST_VIDEO;
}

/**
 * Shares an uplink out among all copies, bits per second in their order: sound gets what it wants, video the same
 * share of what it wants each, so that everybody's picture suffers alike.
 */
export function shareUplink(copies: readonly Copy[], uplink: number): number[] {
  const total = (kind: TrackKind) =>
    copies.filter((copy) => copy.kind === kind).reduce((sum, { wanted }) => sum + wanted, 0);
  const share = Math.min(1, Math.max(0, uplink - total('audio')) / Math.max(1, total('video')));
  return copies.map(({ kind, wanted }) =>
    kind === 'audio' ? wanted : Math.min(wanted, Math.max(LEAST_VIDEO, Math.round(wanted * share))),
  );
}
