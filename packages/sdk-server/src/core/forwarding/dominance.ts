/** Who spoke, in order. Pure: one report of the media server after the other. */
export interface Dominance {
  /** Peer ids, who spoke most recently first. */
  readonly order: readonly string[];
  /** Milliseconds: since when the first of them is. */
  readonly since: number;
  /** Who was the loudest in the last reports and is not the first of them. */
  readonly contender?: { readonly peerId: string; readonly reports: number };
}

export interface Voice {
  readonly peerId: string;
  /** Linear, 0 to 1. */
  readonly level: number;
}

export const NOBODY_SPOKE: Dominance = { order: [], since: -Infinity };

/** Reports in a row in which somebody has to be the loudest: a cough is in one. */
const REPORTS = 2;
/** The same while the one before still speaks, and how many times as loud (6 dB): a "hm" takes nobody's place. */
const REPORTS_AGAINST = 3;
const LOUDER = 2;
/** How long somebody stays the first at least, ms. */
const STAY_MS = 1500;

/** At most one person moves, to the front. @param voices the loudest first; @param now milliseconds */
export function nextDominance(before: Dominance, voices: readonly Voice[], now: number): Dominance {
  const { order, since, contender } = before;
  const [loudest] = voices;
  const [first] = order;
  if (!loudest || loudest.peerId === first) return contender ? { order, since } : before;
  const { peerId } = loudest;
  const against = voices.find((voice) => voice.peerId === first)?.level ?? 0;
  if (loudest.level < against * LOUDER) return { order, since };
  const reports = (contender?.peerId === peerId ? contender.reports : 0) + 1;
  if (reports < (against > 0 ? REPORTS_AGAINST : REPORTS) || now - since < STAY_MS)
    return { order, since, contender: { peerId, reports } };
  return { order: [peerId, ...order.filter((other) => other !== peerId)], since: now };
}
