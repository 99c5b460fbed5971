import {
  CODES,
  type P2pClosedCode,
  type P2pParticipant,
  type P2pServerMessage,
  type P2pSocketErrorCode,
} from '@parlor/protocol';
import type { LinkEnd } from '../../core/ports.js';
import type { OpenOptions, Peer, Room } from '../../core/types.js';
import { ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { Bridge, type BridgeClient } from '../p2pBridge/Bridge.js';
import type { Timer } from '../timer.js';
import { sayReplaced, sendAway } from './farewell.js';
import type { Meeting, Member, Signal } from './Meeting.js';
import { errorText, textOf } from './texts.js';

export interface ServerRooms {
  open(roomId: string, options: OpenOptions): Promise<Room>;
}

export interface ServerRoomOptions {
  readonly id: string;
  readonly maxParticipants: number;
  readonly rooms: ServerRooms;
  readonly timer: Timer;
  readonly logger: Logger;
}

interface Stay {
  readonly peer: Peer;
  readonly bridge: Bridge;
}

/**
 * A room whose media goes through the server. Its members are peers of the room with the same id that all dialects share,
 * and the server plays everybody else to each of them.
 */
export class ServerRoom implements Meeting {
  readonly id: string;
  readonly #options: ServerRoomOptions;
  readonly #stays = new Map<Member, Stay>();
  /** Of members, by participant id. */
  readonly #entering = new Map<string, Member>();
  #room: Promise<Room> | undefined;
  #open: Room | undefined;
  #closed: P2pClosedCode | undefined;

  constructor(options: ServerRoomOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get closed(): P2pClosedCode | undefined {
    return this.#closed;
  }

  get empty(): boolean {
    return this.#entering.size === 0 && (this.#open?.peers.size ?? 0) === 0;
  }

  get participants(): P2pParticipant[] {
    return [...(this.#open?.peers.values() ?? [])].map((peer) => this.#participantOf(peer.id, peer));
  }

  hasPlaceFor(participantId?: string): boolean {
    const peers = this.#open?.peers;
    if (participantId !== undefined && (peers?.has(participantId) || this.#entering.has(participantId)))
      return true;
    const waiting = [...this.#entering.keys()].filter((id) => !peers?.has(id)).length;
    return (peers?.size ?? 0) + waiting < this.#options.maxParticipants;
  }

  enter(member: Member): void {
    const { participant, language } = member;
    if (this.#closed) throw new ParlorError(this.#closed, textOf(this.#closed, language));
    if (!this.hasPlaceFor(participant.id))
      throw new ParlorError(
        'ROOM_FULL',
        `room ${this.id} has ${String(this.#options.maxParticipants)} participants`,
      );
    this.#replace(participant.id);
    this.#entering.set(participant.id, member);
    this.#admit(member).catch((error: unknown) => {
      if (this.#entering.get(participant.id) !== member) return;
      this.#entering.delete(participant.id);
      member.refuse(error);
    });
  }

  leave(member: Member): void {
    if (this.#entering.get(member.participant.id) === member) this.#entering.delete(member.participant.id);
    const stay = this.#stays.get(member);
    if (!stay) return;
    this.#stays.delete(member);
    stay.bridge.close();
    stay.peer.leave('left');
  }

  relay(member: Member, message: Signal): void {
    const stay = this.#stays.get(member);
    if (!stay) throw new ParlorError('NOT_JOINED', 'wait for "joined"');
    if (message.type !== 'candidate') stay.bridge.take(message.to, message);
    else if (!stay.bridge.knows(message.to))
      throw new ParlorError(
        'PEER_NOT_FOUND',
        `no participant ${message.to} in room ${this.id}: they may have left`,
      );
  }

  rest(): void {
    if (!this.empty) return;
    this.#open?.close();
  }

  close(code: P2pClosedCode): void {
    if (this.#closed) return;
    this.#closed = code;
    const members = new Set([...this.#stays.keys(), ...this.#entering.values()]);
    for (const { bridge } of this.#stays.values()) bridge.close();
    this.#stays.clear();
    this.#entering.clear();
    for (const member of members) sendAway(member, code);
    this.#room?.then((room) => {
      room.close();
    }, this.#logged('a room could not be closed'));
  }

  #opened(): Promise<Room> {
    const { rooms, id } = { rooms: this.#options.rooms, id: this.id };
    // For as long as this room is open: whoever comes by another dialect must find it.
    this.#room ??= rooms.open(id, { topology: 'sfu', keepWhenEmpty: true }).then(
      (room) => {
        this.#open = room;
        room.once('closed', () => {
          this.#room = undefined;
          this.#open = undefined;
        });
        return room;
      },
      (error: unknown) => {
        this.#room = undefined;
        throw error;
      },
    );
    return this.#room;
  }

  async #admit(member: Member): Promise<void> {
    const { participant } = member;
    const { timer, logger } = this.#options;
    const isStillWanted = () => !this.#closed && this.#entering.get(participant.id) === member;
    const room = await this.#opened();
    if (!isStillWanted()) return;
    const link: { bridge?: Bridge } = {};
    const peer = await room.join({
      peerId: participant.id,
      displayName: participant.name,
      userId: participant.id,
      transportPerPeer: true,
      link: {
        dialect: 'p2pRooms',
        send: (update) => link.bridge?.tell(update),
        end: (end) => {
          this.#ended(member, end);
        },
      },
    });
    if (!isStillWanted()) {
      peer.leave('disconnected');
      return;
    }
    this.#entering.delete(participant.id);
    const bridge = new Bridge({ peer, client: this.#clientFor(member), offers: true, timer, logger });
    link.bridge = bridge;
    this.#stays.set(member, { peer, bridge });
    const participants = bridge.participants.map((other) => this.#participantOf(other.id, other.peer));
    member.tell({ type: 'joined', participant_id: participant.id, participants });
  }

  #clientFor(member: Member): BridgeClient {
    return {
      joined: (id, other) => {
        member.tell({ type: 'peer_joined', participant: this.#participantOf(id, other) });
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
        member.tell({ type: 'error', code: known, message, detail, to: id } satisfies P2pServerMessage);
      },
      // The client sees its connection end; the document has no word for it.
      hungUp: () => undefined,
    };
  }

  #replace(participantId: string): void {
    for (const member of [...this.#stays.keys(), ...this.#entering.values()]) {
      if (member.participant.id !== participantId) continue;
      this.leave(member);
      sayReplaced(member);
    }
  }

  /** The room has let go of the member. */
  #ended(member: Member, { code }: LinkEnd): void {
    const stay = this.#stays.get(member);
    if (!stay) return;
    this.#stays.delete(member);
    stay.bridge.close();
    member.tell({ type: 'error', code, message: errorText({ code, message: '' }, member.language) });
    member.end(CODES[code].ws, code);
  }

  #participantOf(id: string, peer: Peer): P2pParticipant {
    const member = [...this.#stays.keys()].find(({ participant }) => participant.id === peer.id);
    return { id, name: peer.displayName, is_creator: member?.participant.is_creator ?? false };
  }

  #logged(what: string): (error: unknown) => void {
    return (error) => {
      this.#options.logger.error({ err: error, roomId: this.id }, what);
    };
  }
}
