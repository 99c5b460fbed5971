import { timingSafeEqual } from 'node:crypto';
import type { Topology } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { LazySet } from './LazySet.js';
import type { PeerImpl } from './PeerImpl.js';
import type { DuplicatePolicy, JoinOptions } from './types.js';

interface Door {
  readonly id: string;
  readonly closed: boolean;
  readonly peers: ReadonlyMap<string, PeerImpl>;
}

export interface AdmissionOptions {
  readonly maxPeers: number;
  readonly onDuplicate: DuplicatePolicy;
}

/** Who may come into a room, and in whose place. */
export class Admission {
  readonly #room: Door;
  readonly #options: AdmissionOptions;
  /** Users, and peers of nobody in particular, that were removed. */
  readonly #banned = { users: new LazySet<string>(), peers: new LazySet<string>() };

  constructor(room: Door, options: AdmissionOptions) {
    this.#room = room;
    this.#options = options;
  }

  /**
   * @param topology How media will travel when this one is in.
   * @throws ROOM_CLOSED, FORBIDDEN, PEER_REMOVED, LIMIT_REACHED, PEER_ID_TAKEN, ALREADY_JOINED
   */
  check(options: JoinOptions, topology: Topology): void {
    const { id, closed, peers } = this.#room;
    if (closed) throw new ParlorError('ROOM_CLOSED', `room ${id} was closed`);
    if (topology === 'p2p' && options.grants?.subscribe === false) {
      throw new ParlorError(
        'FORBIDDEN',
        'can.subscribe is false, which only a room with topology "sfu" can enforce: media of this one is peer to peer',
      );
    }
    this.#assertWelcome(options);
    const { peerId } = options;
    const present = peers.get(peerId);
    if (present && !isSameClient(options, present)) {
      throw new ParlorError(
        'PEER_ID_TAKEN',
        `somebody with peer id ${peerId} is in room ${id}: choose another`,
      );
    }
    const selves = this.#selves(options);
    if (selves.length > 0 && this.#options.onDuplicate === 'reject') {
      throw new ParlorError(
        'ALREADY_JOINED',
        `user ${String(options.userId)} is in room ${id} already: leave it there first`,
      );
    }
    const leaving = this.replacedBy(options).length;
    if (peers.size - leaving >= this.#options.maxPeers) {
      throw new ParlorError('LIMIT_REACHED', `room ${id} is full`);
    }
  }

  /** The peers that go when this one comes. */
  replacedBy(options: JoinOptions): PeerImpl[] {
    const present = this.#room.peers.get(options.peerId);
    const selves = this.#options.onDuplicate === 'replace' ? this.#selves(options) : [];
    return present ? [present, ...selves] : selves;
  }

  /** Keeps a removed peer's user out, for as long as there is this room. */
  ban({ id, userId }: { id: string; userId: string | undefined }): void {
    if (userId === undefined) this.#banned.peers.add(id);
    else this.#banned.users.add(userId);
  }

  readmit(userOrPeerId: string): void {
    this.#banned.users.delete(userOrPeerId);
    this.#banned.peers.delete(userOrPeerId);
  }

  #assertWelcome({ userId, peerId }: JoinOptions): void {
    const banned = userId === undefined ? this.#banned.peers.has(peerId) : this.#banned.users.has(userId);
    if (banned) throw new ParlorError('PEER_REMOVED', `you were removed from room ${this.#room.id}`);
  }

  /** The same user under other peer ids. */
  #selves({ userId, peerId }: JoinOptions): PeerImpl[] {
    if (userId === undefined || this.#options.onDuplicate === 'allow') return [];
    return [...this.#room.peers.values()].filter((peer) => peer.userId === userId && peer.id !== peerId);
  }
}

function isSameClient({ userId, resumeToken }: JoinOptions, present: PeerImpl): boolean {
  if (userId !== undefined && userId === present.userId) return true;
  return resumeToken !== undefined && isSameSecret(resumeToken, present.resumeToken);
}

export function isSameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
