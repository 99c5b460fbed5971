import type { Topology } from '@parlor/protocol';
import type { MediaRoom } from '../ports.js';

/** One way by which media of a room travels. */
export interface MediaPath {
  /** Counted from 1 for as long as there is the room. */
  readonly number: number;
  readonly topology: Topology;
  readonly media: MediaRoom;
}

/** The ways by which media of a room travels: one, or two while everybody changes over to the current one. */
export class Paths {
  #current: MediaPath;
  #former: MediaPath | undefined;
  #count = 1;
  #isDead = false;

  constructor(topology: Topology, media: MediaRoom) {
    this.#current = { number: 1, topology, media };
  }

  get current(): MediaPath {
    return this.#current;
  }

  /** Where media still goes until the current one is settled. */
  get former(): MediaPath | undefined {
    return this.#former;
  }

  /** The media process of the current one is gone, and nothing has taken its place yet. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** The one that leads over the server, if one does: never two at a time. */
  get server(): MediaRoom | undefined {
    if (this.#isDead) return undefined;
    return [this.#current, this.#former].find((path) => path?.topology === 'sfu')?.media;
  }

  /** A new one. What was current is the former one then, unless nothing is left of it. */
  begin(topology: Topology, media: MediaRoom): void {
    if (!this.#isDead) this.#former = this.#current;
    this.#isDead = false;
    this.#count += 1;
    this.#current = { number: this.#count, topology, media };
  }

  /** Back to the former one; returns what is given up. */
  callOff(): MediaPath {
    const given = this.#current;
    this.#current = this.#former ?? given;
    this.#former = undefined;
    this.#isDead = false;
    return given;
  }

  /** Returns the former one, which nobody needs any more. */
  settle(): MediaPath | undefined {
    const former = this.#former;
    this.#former = undefined;
    return former;
  }

  died(): void {
    this.#isDead = true;
  }
}
