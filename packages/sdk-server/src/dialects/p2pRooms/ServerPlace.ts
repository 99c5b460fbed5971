import type { P2pParticipant, P2pSocketErrorCode } from '@parlor/protocol';
import type { Peer } from '../../core/types.js';
import type { RoomUpdate } from '../../core/updates.js';
import { ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { Bridge, type BridgeClient } from '../p2pBridge/Bridge.js';
import type { Timer } from '../timer.js';
import type { Member, Signal } from './Member.js';
import { errorText } from './texts.js';

export interface ServerPlaceOptions {
  readonly peer: Peer;
  readonly member: Member;
  readonly isCreator: (peer: Peer) => boolean;
  /**
   * Whom the member reached directly before the room moved to the server: to it, everybody in the room comes now. Absent:
   * it is the member that comes.
   */
  readonly former?: ReadonlyMap<string, unknown>;
  readonly timer: Timer;
  readonly logger: Logger;
}

/** A member's place in a room whose media goes through the server, which plays everybody else to it. */
export class ServerPlace {
  readonly #options: ServerPlaceOptions;
  readonly #bridge: Bridge;

  constructor(options: ServerPlaceOptions) {
    this.#options = options;
    const { peer, member, former, timer, logger } = options;
    const introduces = former !== undefined;
    this.#bridge = new Bridge({ peer, client: this.#client, offers: true, introduces, timer, logger });
    if (introduces) return;
    const participants = this.#bridge.participants.map((other) => this.#participant(other.id, other.peer));
    member.tell({ type: 'joined', participant_id: member.participant.id, participants });
  }

  /** @throws PEER_NOT_FOUND */
  relay(message: Signal): void {
    const { to } = message;
    // It was on its way when the room moved.
    if (this.#options.former?.has(to)) return;
    if (message.type !== 'candidate') this.#bridge.take(to, message);
    else if (!this.#bridge.knows(to))
      throw new ParlorError(
        'PEER_NOT_FOUND',
        `no participant ${to} in room ${this.#options.peer.room.id}: they may have left`,
      );
  }

  tell(update: RoomUpdate): void {
    this.#bridge.tell(update);
  }

  close(): void {
    this.#bridge.close();
  }

  get #client(): BridgeClient {
    const { member } = this.#options;
    return {
      joined: (id, other) => {
        member.tell({ type: 'peer_joined', participant: this.#participant(id, other) });
      },
      left: (id) => {
        member.tell({ type: 'peer_left', participant_id: id });
      },
      describe: (from, { type, sdp }) => {
        member.tell({ type, from, sdp });
      },
      failed: (id, error) => {
        const { code, message: detail } = toWireError(error);
        const known: P2pSocketErrorCode = code;
        const message = errorText({ code: known, message: detail }, member.language);
        member.tell({ type: 'error', code: known, message, detail, to: id });
      },
      // The client sees its connection end; the document has no word for it.
      hungUp: () => undefined,
    };
  }

  #participant(id: string, peer: Peer): P2pParticipant {
    return { id, name: peer.displayName, is_creator: this.#options.isCreator(peer) };
  }
}
