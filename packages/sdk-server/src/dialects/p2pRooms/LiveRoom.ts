import {
  CODES,
  type P2pClientMessage,
  type P2pClosedCode,
  type P2pParticipant,
  type P2pServerMessage,
} from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { Language } from '../language.js';
import { textOf } from './texts.js';

/** One connection in a room. */
export interface Member {
  readonly participant: P2pParticipant;
  readonly language: Language;
  tell(message: P2pServerMessage): void;
  /** Ends the connection: WebSocket close code and reason. */
  end(code: number, reason: string): void;
}

type Signal = Exclude<P2pClientMessage, { type: 'leave' }>;

/** Who is connected to a room right now. It passes on what they say to each other and looks into nothing of it. */
export class LiveRoom {
  readonly id: string;
  readonly #maxParticipants: number;
  readonly #members = new Map<string, Member>();
  #closed: P2pClosedCode | undefined;

  constructor(id: string, maxParticipants: number) {
    this.id = id;
    this.#maxParticipants = maxParticipants;
  }

  /** Why it is no more; undefined: it is open. */
  get closed(): P2pClosedCode | undefined {
    return this.#closed;
  }

  get empty(): boolean {
    return this.#members.size === 0;
  }

  get participants(): P2pParticipant[] {
    return [...this.#members.values()].map(({ participant }) => participant);
  }

  /** Whether there is a place for a participant; who comes a second time needs none. */
  hasPlaceFor(participantId?: string): boolean {
    if (participantId !== undefined && this.#members.has(participantId)) return true;
    return this.#members.size < this.#maxParticipants;
  }

  /**
   * Lets a connection in: it hears who is there, they hear of it. A newer connection of the same participant takes the
   * place of the older one, whose other ends have to begin anew.
   *
   * @throws ROOM_CLOSED, ROOM_EXPIRED, SERVER_CLOSING, ROOM_FULL
   */
  enter(member: Member): void {
    const { participant, language } = member;
    if (this.#closed) throw new ParlorError(this.#closed, textOf(this.#closed, language));
    if (!this.hasPlaceFor(participant.id))
      throw new ParlorError('ROOM_FULL', `room ${this.id} has ${String(this.#maxParticipants)} participants`);
    const older = this.#members.get(participant.id);
    if (older) {
      this.leave(older);
      const code = 'PEER_REPLACED';
      older.tell({ type: 'error', code, message: textOf(code, older.language) });
      older.end(CODES[code].ws, code);
    }
    member.tell({ type: 'joined', participant_id: participant.id, participants: this.participants });
    this.#tellAll({ type: 'peer_joined', participant });
    this.#members.set(participant.id, member);
  }

  leave(member: Member): void {
    const { id } = member.participant;
    if (this.#members.get(id) !== member) return;
    this.#members.delete(id);
    this.#tellAll({ type: 'peer_left', participant_id: id });
  }

  /** @throws PEER_NOT_FOUND */
  relay({ participant: { id: from } }: Member, message: Signal): void {
    const target = this.#members.get(message.to);
    if (!target)
      throw new ParlorError(
        'PEER_NOT_FOUND',
        `no participant ${message.to} in room ${this.id}: they may have left`,
      );
    // Who speaks is what the server knows, whatever the message says.
    if (message.type === 'candidate') target.tell({ type: 'candidate', from, candidate: message.candidate });
    else target.tell({ type: message.type, from, sdp: message.sdp });
  }

  /** Sends everybody away; idempotent. */
  close(code: P2pClosedCode): void {
    if (this.#closed) return;
    this.#closed = code;
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const member of members) {
      member.tell({ type: 'room_closed', reason: textOf(code, member.language), code });
      member.end(CODES[code].ws, code);
    }
  }

  #tellAll(message: P2pServerMessage): void {
    for (const member of this.#members.values()) member.tell(message);
  }
}
