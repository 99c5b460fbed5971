/** After this time a peer that was sent to a server counts half: calls end, and nobody tells us. */
const HALF_LIFE_MS = 10 * 60 * 1000;

/** How many peers were lately sent to each server. An estimate, which is all that balancing needs. */
export class TurnLoad<Server> {
  readonly #entries = new Map<Server, { peers: number; at: number }>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  of(server: Server): number {
    const entry = this.#entries.get(server);
    return entry ? entry.peers * 0.5 ** ((this.#now() - entry.at) / HALF_LIFE_MS) : 0;
  }

  add(server: Server): void {
    this.#entries.set(server, { peers: this.of(server) + 1, at: this.#now() });
  }
}
