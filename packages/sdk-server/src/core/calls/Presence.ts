import type { CallUser } from '@parlor/protocol';
import type { Line } from './Line.js';
import type { CallClock } from './types.js';

/** Changes of this long travel together, milliseconds: users come in crowds, and everybody hears of each. */
const TOGETHER_MS = 50;
/** More names than anybody reads, and what keeps one answer small. */
export const MAX_LISTED = 500;

interface PresenceOptions {
  readonly clock: CallClock;
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

  watch(line: Line): void {
    this.#watchers.add(line);
  }

  unwatch(line: Line): void {
    this.#watchers.delete(line);
  }

  changed(userId: string): void {
    if (this.#watchers.size === 0) return;
    this.#changed.add(userId);
    this.#stop ??= this.#options.clock.after(TOGETHER_MS, () => {
      this.#tell();
    });
  }

  close(): void {
    this.#stop?.();
    this.#watchers.clear();
  }

  #tell(): void {
    this.#stop = undefined;
    const changed = [...this.#changed].map((userId) => ({ userId, user: this.#options.userOf(userId) }));
    this.#changed.clear();
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
