import type { CallUser } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { Line } from './Line.js';
import type { CallClock } from './types.js';

/** Changes of this long travel together, milliseconds: users come in crowds, and everybody hears of each. */
const TOGETHER_MS = 50;
/** More names than anybody reads, and what keeps one message small. */
export const MAX_LISTED = 500;

interface PresenceOptions {
  readonly clock: CallClock;
  readonly maxWatchers: number;
  /** Undefined: cannot be rung. */
  readonly userOf: (userId: string) => CallUser | undefined;
}

/** Tells devices that have asked who can be rung. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #watchers = new Set<Line>();
  readonly #changed = new Set<string>();
  #stop: (() => void) | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** @throws LIMIT_REACHED */
  watch(line: Line): void {
    const { maxWatchers } = this.#options;
    if (this.#watchers.size >= maxWatchers && !this.#watchers.has(line)) {
      throw new ParlorError(
        'LIMIT_REACHED',
        `${String(maxWatchers)} devices watch who is there, and no more may: raise calls.maxWatchers of the server`,
      );
    }
    this.#watchers.add(line);
  }

  unwatch(line: Line): void {
    this.#watchers.delete(line);
  }

  changed(userId: string): void {
    if (this.#watchers.size === 0) return;
    this.#changed.add(userId);
    this.#tellSoon();
  }

  close(): void {
    this.#stop?.();
    this.#watchers.clear();
  }

  #tellSoon(): void {
    this.#stop ??= this.#options.clock.after(TOGETHER_MS, () => {
      this.#stop = undefined;
      this.#tell();
      if (this.#changed.size > 0) this.#tellSoon();
    });
  }

  #tell(): void {
    const userIds = [...this.#changed].slice(0, MAX_LISTED);
    const changed = userIds.map((userId) => ({ userId, user: this.#options.userOf(userId) }));
    for (const userId of userIds) this.#changed.delete(userId);
    for (const line of this.#watchers) {
      const others = changed.filter(({ userId }) => userId !== line.userId);
      if (others.length === 0) continue;
      line.send({
        type: 'usersChanged',
        users: others.flatMap(({ user }) => (user ? [user] : [])),
        gone: others.flatMap(({ userId, user }) => (user ? [] : [userId])),
      });
    }
  }
}
