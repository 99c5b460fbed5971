import type { IcePeer } from './types.js';

/** A TURN server, as far as it matters for who gets it. */
export interface TurnCandidate {
  readonly region: string | undefined;
  readonly weight: number;
  isCloseTo(address: string): boolean;
  /** From this server; the media of a relayed call takes this way too. Undefined: not known. */
  readonly roundTripMs: number | undefined;
  /** Peers that were sent there lately. */
  readonly load: number;
}

/** Round trips that differ by less are the same to somebody who talks: load decides instead. */
const SAME_ROUND_TRIP_MS = 30;

/**
 * The TURN servers with the best for this peer first: those of its region (or, where it has none, close to its
 * address), then the shortest round trip, then the least load for their weight.
 */
export function rankTurnServers<C extends TurnCandidate>(
  candidates: readonly C[],
  { region, address }: IcePeer,
): C[] {
  const isNear = (candidate: C): boolean =>
    region === undefined
      ? address !== undefined && candidate.isCloseTo(address)
      : candidate.region === region;
  const near = candidates.filter(isNear);
  const far = candidates.filter((candidate) => !isNear(candidate));
  return [...byRoundTrip(near), ...byRoundTrip(far)];
}

function byRoundTrip<C extends TurnCandidate>(candidates: readonly C[]): C[] {
  const roundTrip = ({ roundTripMs = Infinity }: C): number => roundTripMs;
  const limit = Math.min(...candidates.map(roundTrip)) + SAME_ROUND_TRIP_MS;
  // As good as the best: equal among themselves. The others follow by their round trip.
  const distance = (candidate: C): number => (roundTrip(candidate) <= limit ? 0 : roundTrip(candidate));
  const fullness = ({ load, weight }: C): number => (load + 1) / weight;
  return [...candidates].sort(
    (a, b) => compare(distance(a), distance(b)) || compare(fullness(a), fullness(b)),
  );
}

/** Also for infinities, whose difference is no number. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
