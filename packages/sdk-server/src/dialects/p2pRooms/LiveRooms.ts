import type { P2pClosedCode } from '@parlor/protocol';
import type { Clock } from '../../ice/clock.js';
import type { Logger } from '../../logger.js';
import { Meeting, type SharedRooms } from './Meeting.js';
import type { StoredP2pRoom } from './store.js';

/** How long a room that nobody is in stays in memory: someone let in a moment ago may be about to open a socket. */
const LINGER_MS = 60_000;

interface Held {
  room: Meeting;
  emptySince: number;
  stopTimer: () => void;
}

export interface LiveRoomsParts {
  readonly clock: Clock;
  readonly rooms: SharedRooms;
  readonly logger: Logger;
}

/** The rooms that somebody is connected to, each closed when its time is over. */
export class LiveRooms {
  readonly #clock: Clock;
  readonly #rooms: SharedRooms;
  readonly #logger: Logger;
  readonly #held = new Map<string, Held>();

  constructor({ clock, rooms, logger }: LiveRoomsParts) {
    this.#clock = clock;
    this.#rooms = rooms;
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The room as it is now, without making it one. */
  find(id: string): Meeting | undefined {
    return this.#held.get(id)?.room;
  }

  open({ id, maxParticipants, expiresAt, topology = 'auto' }: StoredP2pRoom): Meeting {
    const now = this.#clock.now();
    const known = this.#held.get(id);
    if (known) {
      known.emptySince = now;
      return known.room;
    }
    const room = new Meeting({
      id,
      maxParticipants,
      topology,
      rooms: this.#rooms,
      timer: this.#clock,
      logger: this.#logger,
    });
    const stopTimer = this.#clock.after(Math.max(0, expiresAt - now), () => {
      this.close(id, 'ROOM_EXPIRED');
    });
    this.#held.set(id, { room, stopTimer, emptySince: now });
    return room;
  }

  close(id: string, code: P2pClosedCode): void {
    const held = this.#held.get(id);
    if (!held) return;
    held.stopTimer();
    this.#held.delete(id);
    held.room.close(code);
  }

  closeAll(code: P2pClosedCode): void {
    for (const id of [...this.#held.keys()]) this.close(id, code);
  }

  /** Lets go of rooms that have been empty for a while. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [id, held] of this.#held) {
      if (!held.room.empty) held.emptySince = now;
      else if (now - held.emptySince >= LINGER_MS) {
        held.stopTimer();
        this.#held.delete(id);
        held.room.rest();
      }
    }
  }
}
