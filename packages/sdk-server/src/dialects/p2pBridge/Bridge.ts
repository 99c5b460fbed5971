import { createHash } from 'node:crypto';
import type { Peer } from '../../core/types.js';
import type { RoomUpdate } from '../../core/updates.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Timer } from '../timer.js';
import { MessageBudget } from '../../sdp/data/MessageBudget.js';
import { Leg, type Description } from './Leg.js';
import { Uplink } from './Uplink.js';

/** The client as the bridge sees it. Participants are named by the ids that the client knows. */
export interface BridgeClient {
  joined(id: string, other: Peer): void;
  left(id: string, was: { peer: Peer; wasConnected: boolean }): void;
  describe(from: string, description: Description): void;
  /** Something that the client has sent, or a track that it cannot have. */
  failed(id: string, error: unknown): void;
  /** A connection is over while the participant is still there. */
  hungUp(id: string): void;
}

export interface BridgeOptions {
  readonly peer: Peer;
  readonly client: BridgeClient;
  /** Whether the server, as a participant who comes later, connects to the client. Otherwise it waits to be connected to. */
  readonly offers: boolean;
  /** Whether to the client those who are there come now: it is told of each, as of those who come later. */
  readonly introduces?: boolean;
  /** Of whom the client is connected to by itself: the server does not play them. */
  readonly isReachedDirectly?: (peerId: string) => boolean;
  readonly timer: Timer;
  readonly logger: Logger;
}

interface Participant {
  /** As the client knows it. */
  readonly id: string;
  readonly peer: Peer;
  leg: Leg | undefined;
}

/**
 * Lets a client that was made for a mesh into a room whose media goes through the server: to this client the server plays
 * each of the other participants, with a connection for each, as their browsers would.
 */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #uplink = new Uplink();
  readonly #budget: MessageBudget;
  readonly #byPeerId = new Map<string, Participant>();
  readonly #byId = new Map<string, Participant>();
  #closed = false;

  /** Takes the room as it is now; what changes from here on comes by `tell`. */
  constructor(options: BridgeOptions) {
    this.#options = options;
    const { peer, timer, introduces = false } = options;
    this.#budget = new MessageBudget((ms, action) => timer.after(ms, action));
    for (const other of peer.room.peers.values()) {
      if (other === peer) continue;
      if (introduces) this.#joined(other);
      else if (!this.#isReachedDirectly(other)) this.#add(other, 'earlier');
    }
  }

  /** Who is there besides the client. */
  get participants(): { id: string; peer: Peer }[] {
    return [...this.#byPeerId.values()].map(({ id, peer }) => ({ id, peer }));
  }

  /** What the client sends to one of the others. @throws PEER_NOT_FOUND */
  take(to: string, description: Description): void {
    const participant = this.#find(to);
    if (description.type === 'answer' && !participant.leg) return;
    this.#legOf(participant).take(description);
  }

  /** Whether there is such a participant: candidates are of no use to a server that is reached at fixed addresses. */
  knows(to: string): boolean {
    return this.#byId.has(to);
  }

  /** The client ends its connection to one of the others. @throws PEER_NOT_FOUND */
  hangUp(to: string): void {
    this.#end(this.#find(to));
  }

  /** What the room tells the client. */
  tell(update: RoomUpdate): void {
    if (this.#closed) return;
    const { peer, client } = this.#options;
    switch (update.type) {
      case 'peerJoined': {
        // The room tells of it before it is in.
        queueMicrotask(() => {
          const other = peer.room.peers.get(update.peer.id);
          if (other && !this.#closed) this.#joined(other);
        });
        break;
      }
      case 'peerLeft': {
        const participant = this.#byPeerId.get(update.peerId);
        if (!participant) break;
        this.#byPeerId.delete(update.peerId);
        this.#byId.delete(participant.id);
        const wasConnected = participant.leg !== undefined;
        this.#end(participant);
        client.left(participant.id, { peer: participant.peer, wasConnected });
        break;
      }
      case 'newProducer': {
        const producer = peer.room.producers.get(update.producer.producerId);
        if (producer && peer.grants.subscribe) this.#byPeerId.get(producer.peer.id)?.leg?.follow(producer);
        break;
      }
      case 'producerClosed':
        this.#byPeerId.get(update.peerId)?.leg?.unfollow(update.producerId);
        break;
      case 'producerPaused':
      case 'producerResumed':
        this.#byPeerId.get(update.peerId)?.leg?.changed();
        break;
      case 'consumerPaused':
      case 'consumerResumed': {
        // What the room holds back is not muted, and may come again at any time.
        if (update.reason) break;
        const producer = peer.room.producers.get(update.producerId);
        if (producer) this.#byPeerId.get(producer.peer.id)?.leg?.changed();
        break;
      }
      case 'message':
        // Of the host application, whom the client knows nothing of, there is no connection.
        if (update.from !== undefined) this.#byPeerId.get(update.from)?.leg?.deliver(update.payload);
        break;
      default:
    }
  }

  close(): void {
    this.#closed = true;
    this.#budget.close();
    for (const { leg } of this.#byPeerId.values()) leg?.close();
    this.#byPeerId.clear();
    this.#byId.clear();
  }

  #joined(other: Peer): void {
    const before = this.#byPeerId.get(other.id);
    if (before?.peer === other || this.#isReachedDirectly(other)) return;
    const { client, offers } = this.#options;
    const participant = this.#add(other, 'later');
    client.joined(participant.id, other);
    if (offers) this.#legOf(participant).begin();
  }

  #isReachedDirectly({ id }: Peer): boolean {
    return this.#options.isReachedDirectly?.(id) ?? false;
  }

  #add(peer: Peer, when: 'earlier' | 'later'): Participant {
    const participant: Participant = { id: idOf(peer, when), peer, leg: undefined };
    this.#byPeerId.set(peer.id, participant);
    this.#byId.set(participant.id, participant);
    return participant;
  }

  #legOf(participant: Participant): Leg {
    const { peer, client, timer, logger } = this.#options;
    const { id } = participant;
    participant.leg ??= new Leg({
      peer,
      other: participant.peer,
      uplink: this.#uplink,
      budget: this.#budget,
      timer,
      logger,
      say: (description) => {
        client.describe(id, description);
      },
      failed: (error) => {
        client.failed(id, error);
      },
      ended: () => {
        this.#end(participant);
        client.hungUp(id);
      },
    });
    return participant.leg;
  }

  #end(participant: Participant): void {
    const { leg } = participant;
    if (!leg) return;
    participant.leg = undefined;
    leg.close();
    const others = [...this.#byPeerId.values()].flatMap((other) => other.leg ?? []);
    this.#uplink.release(leg, others);
  }

  #find(id: string): Participant {
    const participant = this.#byId.get(id);
    if (participant) return participant;
    const room = this.#options.peer.room.id;
    throw new ParlorError('PEER_NOT_FOUND', `no participant ${id} in room ${room}: they may have left`);
  }
}

/**
 * In a mesh either the newcomer offers to all, or the smaller id does; which of the two a client follows the server cannot
 * know. So whoever was there before the client gets an id above all of its dialect's, and whoever comes later one below:
 * both rules name the same side.
 */
function idOf({ id }: Peer, when: 'earlier' | 'later'): string {
  const digest = createHash('sha256').update(id).digest('base64url').slice(0, 16);
  return `${when === 'earlier' ? 'z' : 'a'}_${digest}`;
}
