/** Milliseconds without life after which a path is broken. */
export const QUIET_LIMIT = 2000;
/** Milliseconds between two looks at what may be broken. */
export const CLOSE_INTERVAL = 150;
/** The same where browsers do not count connectivity checks: reports alone may get lost. */
const UNSURE_LIMIT = 2 * QUIET_LIMIT;
/** Milliseconds by which the answer to a check is late, when nothing else arrives either. */
const MISSED_LIMIT = 100;
/** Checks in a row without an answer while something does arrive, where none gets lost otherwise. */
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
  /** The server says that nothing of it arrives; or of what is received, that it is sent. */
  readonly refused: boolean;
}

/** One transport between two looks. */
export interface PathLook {
  /** Milliseconds. */
  readonly at: number;
  readonly direction: 'send' | 'recv';
  /** Both ends report to each other over it, as two browsers do: while it lives, something comes. */
  readonly isMutual?: boolean;
  readonly streams: readonly StreamLook[];
  /**
   * Milliseconds since packets came in: of what is received any, of what is sent as many reports as usual. Undefined:
   * none since the last look.
   */
  readonly quiet: number | undefined;
  /** Connectivity checks (RFC 7675); undefined where browsers do not count them. */
  readonly checks: Checks | undefined;
}

export interface Checks {
  readonly answered: boolean;
  /** In a row, up to now. */
  readonly unanswered: number;
  /** Milliseconds by which the answer to the first of these is late. */
  readonly overdue: number;
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
  /** When nothing was last due. */
  readonly restedAt: number;
  readonly heardAt: number;
  /** When a check was last answered, since the path was made or repaired. */
  readonly answeredAt: number | undefined;
}

/** A path of which nothing is known yet, or not since it was repaired. */
export const beginPath = (at: number): PathState => ({
  verdict: 'waiting',
  movedAt: at,
  restedAt: at,
  heardAt: at,
  answeredAt: undefined,
});

/** Nothing comes in: neither media nor reports, nor answers. */
function isDead({ direction, checks, isMutual }: PathLook, silence: number): boolean {
  if (checks) return silence >= QUIET_LIMIT && checks.overdue >= MISSED_LIMIT;
  if (isMutual) return silence >= QUIET_LIMIT;
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
  const answeredAt = (checks?.answered ?? true) ? at : before.answeredAt;
  const due = look.streams.filter((stream) => stream.due);
  if (due.length === 0) return { verdict: 'idle', movedAt: at, restedAt: at, heardAt: at, answeredAt };

  const heardAt = Math.max(before.heardAt, look.quiet === undefined ? 0 : at - look.quiet);
  const dead = isDead(look, at - heardAt);
  const cutOff = direction === 'send' && checks !== undefined && isCutOff(checks);
  const moves = due.some(({ moved, refused }) => moved && !refused);
  const answered = answeredAt !== undefined;
  const flows = moves && (direction === 'recv' || (answered && !dead && !cutOff));
  const movedAt = flows ? at : before.movedAt;
  const next = { movedAt, restedAt: before.restedAt, heardAt, answeredAt };
  if (flows) return { ...next, verdict: 'flows' };

  // The server waits before it says so, but may not know yet of what goes on after a rest.
  const refused = at - before.restedAt >= QUIET_LIMIT && due.every((stream) => stream.refused);
  const sure = due.some((stream) => stream.sure);
  if (sure && (dead || cutOff || refused)) return { ...next, verdict: 'stalled' };
  // The path lives and brings nothing: there is nothing.
  const lives = answered && answeredAt > movedAt;
  const rests = direction === 'recv' && at - movedAt >= QUIET_LIMIT && (lives || !sure);
  return { ...next, verdict: rests ? 'idle' : 'waiting' };
}
