import type { Leg } from './Leg.js';

/**
 * A client made for a mesh sends its media on every connection. The server needs it once: one connection carries it, and
 * another one takes over when that ends.
 */
export class Uplink {
  #holder: Leg | undefined;

  isHeldBy(leg: Leg): boolean {
    return this.#holder === leg;
  }

  /** True: this connection carries the client's media from now on, or did already. */
  claim(leg: Leg): boolean {
    this.#holder ??= leg;
    return this.#holder === leg;
  }

  /** A connection has ended; those that are left are asked, the oldest first, to take over. */
  release(leg: Leg, others: Iterable<Leg>): void {
    if (this.#holder !== leg) return;
    this.#holder = undefined;
    for (const other of others) {
      if (!other.isConnected) continue;
      this.#holder = other;
      other.carryUplink();
      return;
    }
  }
}
