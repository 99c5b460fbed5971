import type { Participant, PeerSignalEvents } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { CallPeer, SignalClock } from './ports.js';
import { RoomCalls, type AddressedSignal } from './RoomCalls.js';

/** The least time that changes are gathered for before everybody is told; milliseconds. */
const GATHER_MS = 20;

/** One socket in one room. */
export interface Member extends CallPeer {
  readonly pseudo: string;
  tell<E extends keyof PeerSignalEvents>(event: E, data: PeerSignalEvents[E]): void;
  /** Everybody whom it can reach. */
  readonly participants: Participant[];
}

/** Who can be reached by signals in one room. */
export class SignalRoom {
  readonly name: string;
  readonly #clock: SignalClock;
  readonly #members = new Map<string, Member>();
  readonly #calls: RoomCalls;
  #stopGathering: (() => void) | undefined;

  constructor(name: string, clock: SignalClock) {
    this.name = name;
    this.#clock = clock;
    this.#calls = new RoomCalls({
      clock,
      hangUp: ({ to, from, reason }) => {
        this.#deliver(from, to, { type: 'hangup', reason });
      },
    });
  }

  get empty(): boolean {
    return this.#members.size === 0;
  }

  get participants(): Participant[] {
    return [...this.#members.values()].map(({ id, pseudo }) => ({ id, pseudo }));
  }

  add(member: Member): void {
    this.#members.set(member.id, member);
  }

  remove(member: Member, reason: 'left' | 'connectionLost'): void {
    // Those left behind hear of it while the name of who left is still known.
    this.#calls.gone(member.id, reason);
    this.#members.delete(member.id);
    if (!this.empty) this.announce();
    else {
      this.#calls.close();
      this.#stopGathering?.();
    }
  }

  /** Passes a signal on, with the sender's own id, room and name. @throws PEER_NOT_FOUND, CALL_NOT_FOUND, LIMIT_REACHED */
  relay(from: Member, to: string, signal: AddressedSignal['signal']): void {
    const target = this.#members.get(to);
    if (!target || target === from) {
      throw new ParlorError(
        'PEER_NOT_FOUND',
        `no participant ${to} in room ${this.name}: they may have left`,
      );
    }
    if (this.#calls.signal({ from, to: target, signal })) this.#deliver(from.id, to, signal);
  }

  /**
   * Tells everybody who is there, soon. The list goes to everybody on it, so the longer it is the more changes are
   * gathered: a room whose members all come back at once would otherwise cost the cube of their number.
   */
  announce(): void {
    this.#stopGathering ??= this.#clock.after(Math.max(GATHER_MS, this.#members.size), () => {
      this.#stopGathering = undefined;
      const { name: roomName } = this;
      for (const { tell, participants } of this.#members.values())
        tell('participants', { roomName, participants });
    });
  }

  #deliver(from: string, to: string, signal: AddressedSignal['signal']): void {
    const pseudo = this.#members.get(from)?.pseudo ?? '';
    this.#members.get(to)?.tell('peer-signal', { id: from, roomName: this.name, pseudo, signal });
  }
}
