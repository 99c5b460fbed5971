import type { P2pRoomStore, StoredP2pRoom } from './store.js';

/** Rooms of this process. */
export class MemoryRoomStore implements P2pRoomStore {
  readonly #rooms = new Map<string, StoredP2pRoom>();
  /** Ids of rooms by the user who made them. */
  readonly #byUser = new Map<string, Set<string>>();

  add(room: StoredP2pRoom): Promise<boolean> {
    if (this.#rooms.has(room.id)) return Promise.resolve(false);
    this.#rooms.set(room.id, room);
    const { userId } = room.creator;
    const ids = this.#byUser.get(userId);
    if (ids) ids.add(room.id);
    else this.#byUser.set(userId, new Set([room.id]));
    return Promise.resolve(true);
  }

  get(id: string): Promise<StoredP2pRoom | undefined> {
    return Promise.resolve(this.#rooms.get(id));
  }

  delete(id: string): Promise<boolean> {
    return Promise.resolve(this.#delete(id));
  }

  countOpen(userId: string, now: number): Promise<number> {
    let count = 0;
    for (const id of this.#byUser.get(userId) ?? [])
      if ((this.#rooms.get(id)?.expiresAt ?? 0) > now) count += 1;
    return Promise.resolve(count);
  }

  deleteExpired(instant: number): Promise<void> {
    for (const { id, expiresAt } of this.#rooms.values()) if (expiresAt < instant) this.#delete(id);
    return Promise.resolve();
  }

  #delete(id: string): boolean {
    const room = this.#rooms.get(id);
    if (!room) return false;
    this.#rooms.delete(id);
    const { userId } = room.creator;
    const ids = this.#byUser.get(userId);
    ids?.delete(id);
    if (ids?.size === 0) this.#byUser.delete(userId);
    return true;
  }
}
