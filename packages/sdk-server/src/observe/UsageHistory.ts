import type { UsageRecord } from '@parlor/protocol';

const KEEP_MS = 60 * 60_000;
const MAX_CLOSED_ROOMS = 100;
const MAX_RECORDS_PER_ROOM = 1000;

interface RoomHistory {
  readonly records: UsageRecord[];
  lastAt: number;
}

/** Records of stays that are over. Those of rooms that are over too are kept for an hour, of a hundred rooms at most. */
export class UsageHistory {
  /** In the order of their last records. */
  readonly #rooms = new Map<string, RoomHistory>();
  readonly #isOpen: (roomId: string) => boolean;

  constructor(isOpen: (roomId: string) => boolean) {
    this.#isOpen = isOpen;
  }

  add(record: UsageRecord, now: number): void {
    const { roomId } = record;
    const room = this.#rooms.get(roomId) ?? { records: [], lastAt: now };
    room.records.push(record);
    if (room.records.length > MAX_RECORDS_PER_ROOM) room.records.shift();
    room.lastAt = now;
    this.#rooms.delete(roomId);
    this.#rooms.set(roomId, room);
    this.#forget(now);
  }

  of(roomId: string, now: number): readonly UsageRecord[] | undefined {
    this.#forget(now);
    return this.#rooms.get(roomId)?.records;
  }

  #forget(now: number): void {
    const closed = [...this.#rooms].filter(([roomId]) => !this.#isOpen(roomId));
    for (const [index, [roomId, { lastAt }]] of closed.entries()) {
      if (index < closed.length - MAX_CLOSED_ROOMS || now - lastAt >= KEEP_MS) this.#rooms.delete(roomId);
    }
  }
}
