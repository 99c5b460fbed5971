import type { Participant } from '@parlor/protocol';
import type { AddressedSignal } from './RoomCalls.js';
import type { Place } from './Place.js';
import type { Member, SignalRoom } from './SignalRoom.js';

/** In a room whose media goes from browser to browser: signals reach those who came by this dialect. */
export class P2pPlace implements Place {
  readonly #room: SignalRoom;
  readonly #member: Member;
  readonly #emptied: (room: SignalRoom) => void;

  constructor(room: SignalRoom, member: Member, emptied: (room: SignalRoom) => void) {
    this.#room = room;
    this.#member = member;
    this.#emptied = emptied;
    room.add(member);
    room.announce();
  }

  get participants(): Participant[] {
    return this.#room.participants;
  }

  relay(to: string, signal: AddressedSignal['signal']): void {
    this.#room.relay(this.#member, to, signal);
  }

  tell(): void {
    // Who is there is told by `SignalRoom`, to those who can be reached by signals.
  }

  leave(reason: 'left' | 'connectionLost'): void {
    this.#room.remove(this.#member, reason);
    if (this.#room.empty) this.#emptied(this.#room);
  }
}
