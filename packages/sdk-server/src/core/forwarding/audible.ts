/** A microphone that is forwarded. */
export interface Slot {
  readonly producerId: string;
  /** When it was last loud, ms; `-Infinity`: never yet. */
  readonly heardAt: number;
}

export interface Sound {
  readonly producerId: string;
  /** Linear, 0 to 1. */
  readonly level: number;
}

/** A pause for breath costs nobody the place, ms. */
const QUIET_MS = 1000;
/** Who is silent gives way at once, who speaks to who is so many times as loud (6 dB). */
const LOUDER = 2;

/** Those that are there no more go, and free places are taken in the order of `microphones`. */
export function refill(slots: readonly Slot[], microphones: readonly string[], most: number): Slot[] {
  const present = new Set(microphones);
  const kept = slots.filter(({ producerId }) => present.has(producerId)).slice(0, most);
  const taken = new Set(kept.map(({ producerId }) => producerId));
  for (const producerId of microphones) {
    if (kept.length >= most) break;
    if (!taken.has(producerId)) kept.push({ producerId, heardAt: -Infinity });
  }
  return kept;
}

/**
 * After a report of the media server: at most one microphone comes in, for one that goes. Places are never free while
 * there are microphones for them, so that few people are always heard from their first word on.
 *
 * @param sounds those that count, the loudest first; @param now milliseconds
 */
export function hear(slots: readonly Slot[], sounds: readonly Sound[], now: number): Slot[] {
  const levels = new Map(sounds.map(({ producerId, level }) => [producerId, level]));
  const after = slots.map((slot) => (levels.has(slot.producerId) ? { ...slot, heardAt: now } : slot));
  const inside = new Set(slots.map(({ producerId }) => producerId));
  const newcomer = sounds.find(({ producerId }) => !inside.has(producerId));
  if (!newcomer) return after;
  const levelOf = ({ producerId }: Slot) => levels.get(producerId) ?? 0;
  const given = [...after].sort((a, b) => a.heardAt - b.heardAt || levelOf(a) - levelOf(b))[0];
  if (!given) return after;
  const yields =
    levelOf(given) === 0 ? now - given.heardAt >= QUIET_MS : newcomer.level >= levelOf(given) * LOUDER;
  if (!yields) return after;
  return after.map((slot) => (slot === given ? { producerId: newcomer.producerId, heardAt: now } : slot));
}
