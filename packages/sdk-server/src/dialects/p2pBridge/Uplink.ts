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

  /** A connection has ended; of those that are left the oldest takes over, one that is up before others. */
  release(leg: Leg, others: readonly Leg[]): void {
    if (this.#holder !== leg) return;
    this.#holder = others.find(({ isConnected }) => isConnected) ?? others[0];
    this.#holder?.carryUplink();
  }
}
