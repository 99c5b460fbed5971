import type { ConsumerImpl } from '../ConsumerImpl.js';
import type { Subscription } from '../consuming.js';
import { LazyMap } from '../LazyMap.js';
import { LazySet } from '../LazySet.js';

/** How many consumers that are held a lazy client keeps: those that were forwarded last often come again. */
const MAX_IDLE = 16;
const NONE: ReadonlySet<string> = new Set();

/** What one peer wants of what the room forwards, and what it gets. */
export class PeerForwarding {
  /** Its client can be told of consumers later: none is made before it is forwarded. */
  isLazy = false;
  /** As it has asked for. */
  lastN: number | undefined;
  pinned: ReadonlySet<string> = NONE;
  /** Producers that it wants and has no consumer of yet. */
  readonly awaiting = new LazyMap<string, Subscription>();
  /** Of those, the ones of which a consumer is being made. */
  readonly creating = new LazySet<string>();
  /** Videos that are let through; undefined: as yet there is no limit. */
  chosen: Set<string> | undefined;
  readonly #idle = new LazySet<ConsumerImpl>();

  /** Returns the consumer that is held for longest, where there are too many such. */
  rest(consumer: ConsumerImpl): ConsumerImpl | undefined {
    this.#idle.delete(consumer);
    this.#idle.add(consumer);
    if (this.#idle.size <= MAX_IDLE) return undefined;
    const [oldest] = this.#idle;
    if (oldest) this.#idle.delete(oldest);
    return oldest;
  }

  /** It is forwarded again, or gone. */
  wake(consumer: ConsumerImpl): void {
    this.#idle.delete(consumer);
  }

  /** Nothing is received any more; its client says anew what it wants. */
  clear(): void {
    this.awaiting.clear();
    this.#idle.clear();
    this.chosen = undefined;
  }
}
