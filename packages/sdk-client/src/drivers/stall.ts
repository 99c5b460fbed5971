/** Milliseconds without life after which a path is broken. */
export const QUIET_LIMIT = 2000;
/** The same where browsers do not count connectivity checks: reports alone may get lost. */
const UNSURE_LIMIT = 2 * QUIET_LIMIT;
/** Checks in a row without an answer, when nothing else arrives either. Browsers check faster then. */
const MISSED_CHECKS = 2;
/** The same while something does arrive, where none gets lost otherwise. */
const LOST_CHECKS = 3;
/** The same on the worst of networks. */
const MOST_LOST_CHECKS = 8;
/** Where checks get lost all the time, so many in a row as are lost by chance less often than that. */
const CHANCE = 1 / 200;

/** One stream between two looks. */
export interface StreamLook {
  /** It should carry media: it is not paused, and who sends it has something to send. */
  readonly due: boolean;
  /** That it should is known, not only likely. */
  readonly sure: boolean;
  readonly moved: boolean;
  /** Of what is sent: the server says that nothing of it arrives. */
  readonly refused: boolean;
}

/** One transport between two looks. */
export interface PathLook {
  /** Milliseconds. */
  readonly at: number;
  readonly direction: 'send' | 'recv';
  readonly streams: readonly StreamLook[];
  /** Packets came in, of whatever kind: media, or reports on it. */
  readonly heard: boolean;
  /** Connectivity checks (RFC 7675); undefined where browsers do not count them. */
  readonly checks: Checks | undefined;
}

export interface Checks {
  readonly answered: boolean;
  /** In a row, up to now. */
  readonly unanswered: number;
  /** How many get no answer while the path lives, 0 to 1. */
  readonly lossRate: number;
}

/**
 * `idle`: there is nothing to carry. `waiting`: it is too early to say. `flows`: what should move moves. `stalled`: it
 * does not, because of the path.
 */
export type Verdict = 'idle' | 'waiting' | 'flows' | 'stalled';

/** What is remembered from look to look. */
export interface PathState {
  readonly verdict: Verdict;
  /** When media last moved, or nothing was due. */
  readonly movedAt: number;
  readonly heardAt: number;
  /** The path has answered since it was made or repaired. */
  readonly answered: boolean;
}

/** A path of which nothing is known yet, or not since it was repaired. */
export const beginPath = (at: number): PathState => ({
  verdict: 'waiting',
  movedAt: at,
  heardAt: at,
  answered: false,
});

/** Nothing comes in: neither media nor reports, nor answers. */
function isDead({ direction, checks }: PathLook, silence: number): boolean {
  if (checks) return silence >= QUIET_LIMIT && checks.unanswered >= MISSED_CHECKS;
  // To whom receives, servers report on media only.
  return direction === 'send' && silence >= UNSURE_LIMIT;
}

function isCutOff({ unanswered, lossRate }: Checks): boolean {
  const byChance = Math.ceil(Math.log(CHANCE) / Math.log(lossRate));
  return unanswered >= Math.min(Math.max(byChance, LOST_CHECKS), MOST_LOST_CHECKS);
}

/**
 * Whether media moves where it should. What is received proves itself. Of what is sent the page sees only that it leaves:
 * reports on it have to come back, and the server must not say that nothing arrives. Silence is the path's fault only
 * when checks get no answer either: a sender that has died is nothing that this page could repair.
 */
export function judge(before: PathState, look: PathLook): PathState {
  const { at, direction, checks } = look;
  const heardAt = look.heard ? at : before.heardAt;
  const answered = before.answered || (checks?.answered ?? true);
  const due = look.streams.filter((stream) => stream.due);
  if (due.length === 0) return { verdict: 'idle', movedAt: at, heardAt: at, answered };

  const dead = isDead(look, at - heardAt);
  const cutOff = direction === 'send' && checks !== undefined && isCutOff(checks);
  const moves = due.some(({ moved, refused }) => moved && !refused);
  const flows = moves && (direction === 'recv' || (answered && !dead && !cutOff));
  const movedAt = flows ? at : before.movedAt;
  const next = { movedAt, heardAt, answered };
  if (flows) return { ...next, verdict: 'flows' };

  const isQuiet = at - movedAt >= QUIET_LIMIT;
  const refused = isQuiet && due.every((stream) => stream.refused);
  const sure = due.some((stream) => stream.sure);
  if (sure && (cutOff || refused || (dead && (isQuiet || direction === 'send'))))
    return { ...next, verdict: 'stalled' };
  // The path lives and brings nothing: there is nothing.
  const lives = answered && (checks?.unanswered ?? 0) < MISSED_CHECKS;
  const rests = direction === 'recv' && isQuiet && (lives || !sure);
  return { ...next, verdict: rests ? 'idle' : 'waiting' };
}
