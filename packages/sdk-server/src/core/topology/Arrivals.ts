import { LazySet } from '../LazySet.js';
import type { PeerImpl } from '../PeerImpl.js';
import type { Participant } from './decide.js';

/** Somebody who is being let in. */
export interface Newcomer extends Participant {
  /** The peers that go when this one comes. */
  readonly replaces: readonly PeerImpl[];
}

/** Those who are being let in count when it is decided how media travels: they must not come into what does not suit them. */
export class Arrivals {
  readonly #newcomers = new LazySet<Newcomer>();

  add(newcomer: Newcomer): void {
    this.#newcomers.add(newcomer);
  }

  delete(newcomer: Newcomer): void {
    this.#newcomers.delete(newcomer);
  }

  /** As if this one were being let in. */
  during<T>(newcomer: Newcomer, look: () => T): T {
    const isNew = !this.#newcomers.has(newcomer);
    this.#newcomers.add(newcomer);
    try {
      return look();
    } finally {
      if (isNew) this.#newcomers.delete(newcomer);
    }
  }

  /** Everybody who carries media, those included who are coming. */
  among(peers: ReadonlyMap<string, PeerImpl>): Participant[] {
    const newcomers = [...this.#newcomers];
    const leaving = new Set(newcomers.flatMap(({ replaces }) => replaces));
    const participants: Participant[] = [];
    for (const peer of peers.values()) {
      const { id, ability } = peer;
      if (ability && !leaving.has(peer)) participants.push({ id, ability });
    }
    // Two may come under one id: which of them is let in is not known yet.
    return participants.concat(newcomers);
  }
}
