import { MAX_P2P_MINUTES, MAX_P2P_PARTICIPANTS } from '@parlor/protocol';
import type { GuessLimits } from '../../access/GuessLimiter.js';
import type { P2pRoomStore } from './store.js';

export interface P2pRoomsOptions {
  /** Where rooms are kept. Default: in the memory of this process. */
  store?: P2pRoomStore;
  /** Participants of a room whose creator does not say. Default 10, at most 50. */
  maxParticipants?: number;
  /** Minutes that a room lives whose creator does not say. Default 120, at most 1440. */
  expiresMinutes?: number;
  /** Rooms that one user may have open. Default 1000. */
  roomsPerUser?: number;
  /** How often passwords may be guessed. */
  guessing?: Partial<GuessLimits>;
}

export type P2pRoomsDefaults = Required<Omit<P2pRoomsOptions, 'store' | 'guessing'>>;

/** @throws Error for defaults that no client could ask for */
export function defaultsOf(options: P2pRoomsOptions): P2pRoomsDefaults {
  const { maxParticipants = 10, expiresMinutes = 120, roomsPerUser = 1000 } = options;
  const bounds = [
    { name: 'maxParticipants', value: maxParticipants, most: MAX_P2P_PARTICIPANTS },
    { name: 'expiresMinutes', value: expiresMinutes, most: MAX_P2P_MINUTES },
    { name: 'roomsPerUser', value: roomsPerUser, most: Number.MAX_SAFE_INTEGER },
  ];
  for (const { name, value, most } of bounds) {
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new Error(
        `p2pRooms.${name} must be a whole number from 1 to ${String(most)}, not ${String(value)}`,
      );
  }
  return { maxParticipants, expiresMinutes, roomsPerUser };
}
