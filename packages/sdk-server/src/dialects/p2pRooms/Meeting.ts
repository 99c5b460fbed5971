import { CODES, type P2pClosedCode, type P2pParticipant } from '@parlor/protocol';
import type { LinkEnd } from '../../core/ports.js';
import type { OpenOptions, Peer, Room } from '../../core/types.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Timer } from '../timer.js';
import { sayReplaced, sendAway } from './farewell.js';
import type { Member, Signal } from './Member.js';
import { Mesh } from './Mesh.js';
import { ServerPlace } from './ServerPlace.js';
import { errorText, textOf } from './texts.js';

/** The rooms of all dialects. */
export interface SharedRooms {
  open(roomId: string, options: OpenOptions): Promise<Room>;
}

export interface MeetingOptions {
  readonly id: string;
  readonly maxParticipants: number;
  readonly topology: 'p2p' | 'sfu' | 'auto';
  readonly rooms: SharedRooms;
  readonly timer: Timer;
  readonly logger: Logger;
}

interface Stay {
  readonly peer: Peer;
  /** Undefined: in the mesh. */
  server: ServerPlace | undefined;
}

/**
 * Who is connected to a room right now. Its members are peers of the room with the same id that all dialects share. They
 * reach each other directly until that room is on the server, which from then on plays everybody else to each of them.
 */
export class Meeting {
  readonly id: string;
  readonly #options: MeetingOptions;
  readonly #stays = new Map<Member, Stay>();
  /** Of members that are being let in, by participant id. */
  readonly #entering = new Map<string, Member>();
  readonly #mesh: Mesh;
  #room: Room | undefined;
  #closed: P2pClosedCode | undefined;

  constructor(options: MeetingOptions) {
    this.id = options.id;
    this.#options = options;
    this.#mesh = new Mesh(options.id);
  }

  /** Why it is no more; undefined: it is open. */
  get closed(): P2pClosedCode | undefined {
    return this.#closed;
  }

  get empty(): boolean {
    return this.#entering.size === 0 && (this.#room?.peers.size ?? 0) === 0;
  }

  /** Whatever their dialect. */
  get participants(): P2pParticipant[] {
    return [...(this.#room?.peers.values() ?? [])].map((peer) => ({
      id: peer.id,
      name: peer.displayName,
      is_creator: this.#isCreator(peer),
    }));
  }

  /** Whether there is a place for a participant; who comes a second time needs none. */
  hasPlaceFor(participantId?: string): boolean {
    const peers = this.#room?.peers;
    if (participantId !== undefined && (peers?.has(participantId) || this.#entering.has(participantId)))
      return true;
    const waiting = [...this.#entering.keys()].filter((id) => !peers?.has(id)).length;
    return (peers?.size ?? 0) + waiting < this.#options.maxParticipants;
  }

  /**
   * Lets a connection in: it hears who is there, they hear of it. A newer connection of the same participant takes the
   * place of the older one, whose other ends have to begin anew. Resolves when it is in, or has left meanwhile.
   *
   * @throws ROOM_CLOSED, ROOM_EXPIRED, SERVER_CLOSING, ROOM_FULL, JOIN_REFUSED, PEER_REMOVED, LIMIT_REACHED,
   * MEDIA_UNAVAILABLE
   */
  async enter(member: Member): Promise<void> {
    const { id } = member.participant;
    if (this.#closed) throw new ParlorError(this.#closed, textOf(this.#closed, member.language));
    if (!this.hasPlaceFor(id)) throw this.full();
    this.#replace(id);
    this.#entering.set(id, member);
    const isWanted = () => this.#entering.get(id) === member;
    try {
      const peer = await this.#join(member, isWanted);
      if (peer && isWanted()) this.#place(member, peer);
      else peer?.leave('disconnected');
    } catch (error) {
      if (isWanted()) throw this.#isFull(error) ? this.full() : error;
    } finally {
      if (isWanted()) this.#entering.delete(id);
    }
  }

  full(): ParlorError {
    return new ParlorError(
      'ROOM_FULL',
      `room ${this.id} has ${String(this.#options.maxParticipants)} participants`,
    );
  }

  leave(member: Member, how: 'left' | 'disconnected' = 'left'): void {
    const { id } = member.participant;
    if (this.#entering.get(id) === member) this.#entering.delete(id);
    this.#forget(member)?.peer.leave(how);
  }

  /** @throws NOT_JOINED, PEER_NOT_FOUND */
  relay(member: Member, message: Signal): void {
    const stay = this.#stays.get(member);
    if (!stay) throw new ParlorError('NOT_JOINED', 'wait for "joined"');
    if (stay.server) stay.server.relay(message);
    else this.#mesh.relay(member, message);
  }

  /** Somebody comes by another dialect, for whom the server has to carry media. @throws MEDIA_UNAVAILABLE, LIMIT_REACHED */
  async moveToServer(): Promise<void> {
    await this.#open({ topology: 'sfu' });
  }

  /** Frees what an empty room holds; it can be entered as before. */
  rest(): void {
    if (this.empty) this.#room?.close();
  }

  /** Sends everybody away; idempotent. */
  close(code: P2pClosedCode): void {
    if (this.#closed) return;
    this.#closed = code;
    const members = new Set([...this.#stays.keys(), ...this.#entering.values()]);
    for (const { server } of this.#stays.values()) server?.close();
    this.#stays.clear();
    this.#entering.clear();
    this.#mesh.clear();
    for (const member of members) sendAway(member, code);
    this.#room?.close();
  }

  /** For as long as the meeting lasts, so that whoever comes by another dialect finds it. */
  async #open(how: OpenOptions): Promise<Room> {
    const { rooms, maxParticipants: maxPeers } = this.#options;
    const room = await rooms.open(this.id, { ...how, keepWhenEmpty: true, maxPeers });
    if (this.#closed) {
      room.close();
      throw new ParlorError(this.#closed, `room ${this.id} is no more`);
    }
    if (room !== this.#room) {
      this.#room = room;
      room.on('topologyChanged', () => {
        if (room.topology === 'sfu') this.#moved();
      });
      room.once('closed', () => {
        this.#room = undefined;
      });
    }
    return room;
  }

  async #join(member: Member, isWanted: () => boolean): Promise<Peer | undefined> {
    const { topology } = this.#options;
    const how: Pick<OpenOptions, 'topology' | 'preferredTopology'> =
      topology === 'auto' ? { preferredTopology: 'p2p' } : { topology };
    const room = await this.#open(how);
    if (!isWanted()) return undefined;
    const { participant, userId } = member;
    return await room.join({
      ...how,
      peerId: participant.id,
      displayName: participant.name,
      userId,
      transportPerPeer: true,
      link: {
        dialect: 'p2pRooms',
        send: (update) => this.#stays.get(member)?.server?.tell(update),
        end: (end) => {
          this.#ended(member, end);
        },
      },
    });
  }

  #place(member: Member, peer: Peer): void {
    const stay: Stay = { peer, server: undefined };
    this.#stays.set(member, stay);
    if (peer.room.topology === 'p2p') this.#mesh.enter(member);
    else stay.server = this.#serverPlace(member, peer);
  }

  /** Everybody leaves the others, who come back as the server plays them. */
  #moved(): void {
    const former = this.#mesh.disband();
    for (const member of former.values()) {
      const stay = this.#stays.get(member);
      if (stay) stay.server = this.#serverPlace(member, stay.peer, former);
    }
  }

  #serverPlace(member: Member, peer: Peer, former?: ReadonlyMap<string, Member>): ServerPlace {
    const { timer, logger } = this.#options;
    const isCreator = (other: Peer) => this.#isCreator(other);
    return new ServerPlace({ peer, member, isCreator, timer, logger, ...(former && { former }) });
  }

  #replace(participantId: string): void {
    for (const member of [...this.#stays.keys(), ...this.#entering.values()]) {
      if (member.participant.id !== participantId) continue;
      this.leave(member);
      sayReplaced(member);
    }
  }

  #forget(member: Member): Stay | undefined {
    const stay = this.#stays.get(member);
    this.#stays.delete(member);
    stay?.server?.close();
    this.#mesh.leave(member);
    return stay;
  }

  /** The room has let go of the member. */
  #ended(member: Member, { code }: LinkEnd): void {
    const { id } = member.participant;
    const isEntering = this.#entering.get(id) === member;
    if (isEntering) this.#entering.delete(id);
    if (!this.#forget(member) && !isEntering) return;
    if (code === 'ROOM_CLOSED' || code === 'SERVER_CLOSING') {
      sendAway(member, code);
      return;
    }
    member.tell({ type: 'error', code, message: errorText({ code, message: '' }, member.language) });
    member.end(CODES[code].ws, code);
  }

  /** Somebody of another dialect has taken the last place meanwhile. */
  #isFull(error: unknown): boolean {
    const { maxParticipants } = this.#options;
    const isLimit = isParlorError(error) && error.code === 'LIMIT_REACHED';
    return isLimit && (this.#room?.peers.size ?? 0) >= maxParticipants;
  }

  #isCreator(peer: Peer): boolean {
    for (const [{ participant }, stay] of this.#stays) if (stay.peer === peer) return participant.is_creator;
    return false;
  }
}
