import type { Participant } from '@parlor/protocol';
import type { RoomUpdate } from '../../core/updates.js';
import type { AddressedSignal } from './RoomCalls.js';

/** A socket's stay in a room, however the media of the room travels. */
export interface Place {
  /** Everybody who can be reached by signals, the socket itself among them. */
  readonly participants: Participant[];
  /** Passes a signal of the socket on. @throws PEER_NOT_FOUND, CALL_NOT_FOUND, LIMIT_REACHED */
  relay(to: string, signal: AddressedSignal['signal']): void;
  /** What the room tells the socket. */
  tell(update: RoomUpdate): void;
  /** The stay is over. */
  leave(reason: 'left' | 'connectionLost'): void;
}
