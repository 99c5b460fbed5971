import type { P2pClientMessage, P2pClosedCode, P2pParticipant, P2pServerMessage } from '@parlor/protocol';
import type { Language } from '../language.js';

/** One connection in a room. */
export interface Member {
  readonly participant: P2pParticipant;
  readonly language: Language;
  tell(message: P2pServerMessage): void;
  /** Ends the connection: WebSocket close code and reason. */
  end(code: number, reason: string): void;
  /** It could not be let in, as turned out later; ends the connection. */
  refuse(error: unknown): void;
}

export type Signal = Exclude<P2pClientMessage, { type: 'leave' }>;

/** Who is connected to a room right now, however their media travels. */
export interface Meeting {
  readonly id: string;
  /** Why it is no more; undefined: it is open. */
  readonly closed: P2pClosedCode | undefined;
  readonly empty: boolean;
  readonly participants: P2pParticipant[];
  /** Whether there is a place for a participant; who comes a second time needs none. */
  hasPlaceFor(participantId?: string): boolean;
  /**
   * Lets a connection in: it hears who is there, they hear of it. A newer connection of the same participant takes the
   * place of the older one, whose other ends have to begin anew.
   *
   * @throws ROOM_CLOSED, ROOM_EXPIRED, SERVER_CLOSING, ROOM_FULL
   */
  enter(member: Member): void;
  leave(member: Member): void;
  /** @throws PEER_NOT_FOUND */
  relay(member: Member, message: Signal): void;
  /** Frees what an empty room holds; it can be entered as before. */
  rest(): void;
  /** Sends everybody away; idempotent. */
  close(code: P2pClosedCode): void;
}
