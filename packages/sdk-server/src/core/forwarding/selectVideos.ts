/** A video that counts: not of a screen, and media of it has reached the server. */
export interface RankedVideo {
  readonly id: string;
  readonly peerId: string;
  /** By its publisher. */
  readonly paused: boolean;
}

/**
 * Videos of a room, the most wanted first: of who spoke most recently, then in the order in which they came; those that
 * are paused after all others.
 *
 * @param speakers Peer ids, the most recent first.
 */
export function rankVideos(videos: readonly RankedVideo[], speakers: readonly string[]): string[] {
  const places = new Map(speakers.map((peerId, place) => [peerId, place]));
  const placeOf = ({ peerId, paused }: RankedVideo) =>
    paused ? speakers.length + 1 : (places.get(peerId) ?? speakers.length);
  return [...videos].sort((a, b) => placeOf(a) - placeOf(b)).map(({ id }) => id);
}

export interface Selection {
  readonly limit: number;
  /** Producer ids, the most wanted first. */
  readonly pinned: Iterable<string>;
  /** The receiver wants it, and can have it. */
  readonly isEligible: (producerId: string) => boolean;
}

/** The videos that one receiver gets: what it has pinned, then the first of `ranked`. */
export function selectVideos(
  ranked: Iterable<string>,
  { limit, pinned, isEligible }: Selection,
): Set<string> {
  const selected = new Set<string>();
  for (const ids of [pinned, ranked])
    for (const id of ids) {
      if (selected.size >= limit) return selected;
      if (isEligible(id)) selected.add(id);
    }
  return selected;
}
