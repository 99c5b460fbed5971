import { LazySet } from '../LazySet.js';

/** What did not work is tried again after this, ms, and after twice as long each time that it fails again. */
const RETRY_MS = 60_000;
const MAX_RETRY_MS = 16 * RETRY_MS;

interface Pair {
  readonly a: string;
  readonly b: string;
}

/** What does not work in a room, for as long as that is worth remembering. */
export class Failures {
  #pairs: Pair[] = [];
  readonly #withoutServer = new LazySet<string>();
  #serverFailed = false;
  #count = 0;

  get pairFailed(): boolean {
    return this.#pairs.length > 0;
  }

  get serverUnreachable(): boolean {
    return this.#withoutServer.size > 0;
  }

  /** No media process took the room. */
  get serverFailed(): boolean {
    return this.#serverFailed;
  }

  /** When to try again, ms from now. */
  get retryMs(): number {
    return Math.min(RETRY_MS * 2 ** Math.max(0, this.#count - 1), MAX_RETRY_MS);
  }

  betweenPeers(a: string, b: string): void {
    this.#count += 1;
    this.#pairs.push({ a, b });
  }

  towardsServer(peerId: string): void {
    this.#count += 1;
    this.#withoutServer.add(peerId);
  }

  ofServer(): void {
    this.#count += 1;
    this.#serverFailed = true;
  }

  /** Somebody came or went: a pair that cannot connect is one as long as both are there. */
  membersChanged(isThere: (peerId: string) => boolean): void {
    this.#pairs = this.#pairs.filter(({ a, b }) => isThere(a) && isThere(b));
    this.#withoutServer.clear();
    this.#serverFailed = false;
    if (!this.pairFailed) this.#count = 0;
  }

  /** Everything is worth another try. */
  forgive(): void {
    this.#pairs = [];
    this.#withoutServer.clear();
    this.#serverFailed = false;
  }
}
