/** Milliseconds without life after which a path is broken. Sound alone is reported on too rarely to say it by then. */
export const QUIET_LIMIT = 2000;
/** The same of paths that carry nothing but sound: RTCP reports on it may be 5 s apart (RFC 3550 §6.2). */
export const SOUND_LIMIT = 6000;
/** Connectivity checks in a row without an answer: so many are no chance any more. */
const LOST_CHECKS = 3;

/** One stream between two looks. */
export interface StreamLook {
  readonly kind: 'audio' | 'video';
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
  /** A connectivity check (RFC 7675) was answered. Where browsers do not count them: always. */
  readonly answered: boolean;
  /** Those sent since. */
  readonly unanswered: number;
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

/**
 * Whether media moves where it should. What is received proves itself. Of what is sent the page sees only that it leaves:
 * reports on it have to come back, and the server must not say that nothing arrives. Silence is the path's fault only
 * when reports and checks are missing as well: a sender that has died is nothing that this page could repair.
 */
export function judge(before: PathState, look: PathLook): PathState {
  const { at, direction } = look;
  const heardAt = look.heard ? at : before.heardAt;
  const answered = before.answered || look.answered;
  const due = look.streams.filter((stream) => stream.due);
  if (due.length === 0) return { verdict: 'idle', movedAt: at, heardAt: at, answered };

  const limit =
    look.unanswered >= LOST_CHECKS - 1 || due.some(({ kind }) => kind === 'video')
      ? QUIET_LIMIT
      : SOUND_LIMIT;
  const silent = at - heardAt >= limit;
  const cutOff = direction === 'send' && look.unanswered >= LOST_CHECKS;
  const moves = due.some(({ moved, refused }) => moved && !refused);
  const flows = moves && (direction === 'recv' || (answered && !silent && !cutOff));
  const movedAt = flows ? at : before.movedAt;
  const quiet = at - movedAt;
  const next = { movedAt, heardAt, answered };
  if (flows) return { ...next, verdict: 'flows' };

  const refused = due.every((stream) => stream.refused) && quiet >= QUIET_LIMIT;
  const sure = due.some((stream) => stream.sure);
  if (sure && (cutOff || refused || (silent && quiet >= QUIET_LIMIT))) return { ...next, verdict: 'stalled' };
  // The path lives and brings nothing: there is nothing.
  const rests = direction === 'recv' && quiet >= QUIET_LIMIT && (look.heard || !sure);
  return { ...next, verdict: rests ? 'idle' : 'waiting' };
}
