import type { P2pClosedCode, P2pParticipant, P2pServerMessage } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import { sayReplaced, sendAway } from './farewell.js';
import type { Meeting, Member, Signal } from './Meeting.js';
import { textOf } from './texts.js';

/** A room whose media goes from browser to browser: it passes on what they say to each other and looks into nothing of it. */
export class LiveRoom implements Meeting {
  readonly id: string;
  readonly #maxParticipants: number;
  readonly #members = new Map<string, Member>();
  #closed: P2pClosedCode | undefined;

  constructor(id: string, maxParticipants: number) {
    this.id = id;
    this.#maxParticipants = maxParticipants;
  }

  get closed(): P2pClosedCode | undefined {
    return this.#closed;
  }

  get empty(): boolean {
    return this.#members.size === 0;
  }

  get size(): number {
    return this.#members.size;
  }

  get participants(): P2pParticipant[] {
    return [...this.#members.values()].map(({ participant }) => participant);
  }

  hasPlaceFor(participantId?: string): boolean {
    if (participantId !== undefined && this.#members.has(participantId)) return true;
    return this.#members.size < this.#maxParticipants;
  }

  enter(member: Member): void {
    const { participant, language } = member;
    if (this.#closed) throw new ParlorError(this.#closed, textOf(this.#closed, language));
    if (!this.hasPlaceFor(participant.id))
      throw new ParlorError('ROOM_FULL', `room ${this.id} has ${String(this.#maxParticipants)} participants`);
    const older = this.#members.get(participant.id);
    if (older) {
      this.leave(older);
      sayReplaced(older);
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

  rest(): void {
    // Nothing is held.
  }

  close(code: P2pClosedCode): void {
    if (this.#closed) return;
    this.#closed = code;
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const member of members) sendAway(member, code);
  }

  #tellAll(message: P2pServerMessage): void {
    for (const member of this.#members.values()) member.tell(message);
  }
}
