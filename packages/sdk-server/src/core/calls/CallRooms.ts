import type { Room, Rooms } from '../types.js';
import type { LiveCall } from './LiveCall.js';

/** The rooms that calls are held in: each is opened when its call is accepted and ends with it. */
export class CallRooms {
  readonly #rooms: Pick<Rooms, 'open'>;
  readonly #onGone: (call: LiveCall) => void;
  readonly #open = new Map<LiveCall, Room>();
  #closing = false;

  /** @param onGone the call has lost its room for good */
  constructor(rooms: Pick<Rooms, 'open'>, onGone: (call: LiveCall) => void) {
    this.#rooms = rooms;
    this.#onGone = onGone;
  }

  /** @throws what opening a room throws; the call has then been ended */
  async open(call: LiveCall): Promise<void> {
    try {
      // Kept while it is empty: who was called is there before the caller, and either may lose the connection.
      const room = await this.#rooms.open(call.roomId, { keepWhenEmpty: true });
      if (call.over) room.close();
      else this.#keep(call, room);
    } catch (error) {
      this.#onGone(call);
      throw error;
    }
  }

  end(call: LiveCall): void {
    const room = this.#open.get(call);
    this.#open.delete(call);
    room?.close();
  }

  close(): void {
    this.#closing = true;
    this.#open.clear();
  }

  #keep(call: LiveCall, room: Room): void {
    this.#open.set(call, room);
    room.once('closed', (reason) => {
      if (this.#closing || this.#open.get(call) !== room) return;
      this.#open.delete(call);
      // Both sides are on their way back to it: who may not open rooms must find one.
      if (reason === 'mediaServerDied') this.open(call).catch(() => undefined);
      else if (reason === 'closed') this.#onGone(call);
    });
  }
}
