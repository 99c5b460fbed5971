import { MAX_SPEAKERS, type Loudness } from './activity.js';

/**
 * Makes one report of those of several routers. Each of them listens in its own rhythm, but all at the same intervals; who is
 * silent says so once. So it is told when all who are not silent have said something new.
 */
export class SpeakerMerge<R> {
  readonly #heard = new Map<R, readonly Loudness[]>();
  readonly #awaited = new Set<R>();
  readonly #report: (speakers: Loudness[]) => void;

  constructor(report: (speakers: Loudness[]) => void) {
    this.#report = report;
  }

  /** What one router hears, the loudest first; empty: silence. */
  heard(router: R, speakers: readonly Loudness[]): void {
    // It speaks for the second time before another one has: that one is late, and not waited for.
    const isDue = !this.#awaited.delete(router) || this.#awaited.size === 0;
    if (speakers.length === 0) this.#heard.delete(router);
    else this.#heard.set(router, speakers);
    if (isDue) this.#tell();
  }

  /** The router is gone. */
  forget(router: R): void {
    this.#awaited.delete(router);
    if (this.#heard.delete(router)) this.#tell();
  }

  #tell(): void {
    for (const router of this.#heard.keys()) this.#awaited.add(router);
    const all = [...this.#heard.values()].flat();
    this.#report(all.sort((a, b) => b.level - a.level).slice(0, MAX_SPEAKERS));
  }
}
