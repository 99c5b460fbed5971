/*
 * Loudness as the server of an SFU room judges it: decibels to the overload point of 16 bits (dBov, RFC 6464 §3),
 * 0 is the loudest and -127 digital silence.
 */

export const SILENCE = -127;
/** Above this a peer speaks. Room noise with a laptop's gain control stays below it. */
export const THRESHOLD = -50;
const MAX_SPEAKERS = 8;

/** How loud one audio stream was. */
export interface Loudness {
  readonly peerId: string;
  readonly dbov: number;
}

export interface Speaker {
  readonly peerId: string;
  /** Linear, 0 to 1. */
  readonly level: number;
}

/** `level` is linear, 0 to 1. */
export const toDbov = (level: number): number =>
  level > 0 ? Math.min(0, Math.max(SILENCE, 20 * Math.log10(level))) : SILENCE;

/** Who speaks, the loudest first. The loudest stream of a peer counts. */
export function whoSpeaks(streams: readonly Loudness[]): Speaker[] {
  const loudest = new Map<string, number>();
  for (const { peerId, dbov } of streams) {
    if (dbov >= THRESHOLD) loudest.set(peerId, Math.max(dbov, loudest.get(peerId) ?? SILENCE));
  }
  return [...loudest]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_SPEAKERS)
    .map(([peerId, dbov]) => ({ peerId, level: 10 ** (dbov / 20) }));
}
