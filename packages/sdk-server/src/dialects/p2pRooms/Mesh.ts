import type { P2pServerMessage } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { Member, Signal } from './Member.js';

/** Those whose media goes from browser to browser: passes on what they say to each other and looks into nothing of it. */
export class Mesh {
  readonly #roomId: string;
  readonly #members = new Map<string, Member>();

  constructor(roomId: string) {
    this.#roomId = roomId;
  }

  /** The member hears who is there, they hear of it. */
  enter(member: Member): void {
    const { participant } = member;
    const participants = [...this.#members.values()].map((other) => other.participant);
    member.tell({ type: 'joined', participant_id: participant.id, participants });
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
        `no participant ${message.to} in room ${this.#roomId}: they may have left`,
      );
    // Who speaks is what the server knows, whatever the message says.
    if (message.type === 'candidate') target.tell({ type: 'candidate', from, candidate: message.candidate });
    else target.tell({ type: message.type, from, sdp: message.sdp });
  }

  /** Everybody is told that all the others have left. Returns who was there, by id. */
  disband(): Map<string, Member> {
    const members = new Map(this.#members);
    this.clear();
    for (const [id, member] of members)
      for (const other of members.keys())
        if (other !== id) member.tell({ type: 'peer_left', participant_id: other });
    return members;
  }

  /** Forgets everybody without a word. */
  clear(): void {
    this.#members.clear();
  }

  #tellAll(message: P2pServerMessage): void {
    for (const member of this.#members.values()) member.tell(message);
  }
}
