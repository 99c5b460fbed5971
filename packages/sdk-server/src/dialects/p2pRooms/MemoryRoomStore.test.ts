import { describe, expect, it } from 'vitest';
import { MemoryRoomStore } from './MemoryRoomStore.js';
import type { StoredP2pRoom } from './store.js';

const room = (id: string, more: Partial<StoredP2pRoom> = {}): StoredP2pRoom => ({
  id,
  name: id,
  creator: { userId: 'alice', participantId: 'p_1' },
  maxParticipants: 10,
  createdAt: 0,
  expiresAt: 1000,
  passwordHash: '',
  guestKey: '',
  ...more,
});

describe('MemoryRoomStore', () => {
  it('gives an id away once', async () => {
    const store = new MemoryRoomStore();
    expect(await Promise.all([store.add(room('A')), store.add(room('A', { name: 'other' }))])).toEqual([
      true,
      false,
    ]);
    expect(await store.get('A')).toEqual(room('A'));
    expect([await store.delete('A'), await store.delete('A'), await store.get('A')]).toEqual([
      true,
      false,
      undefined,
    ]);
    expect(await store.add(room('A'))).toBe(true);
  });

  it('counts what a user has open', async () => {
    const store = new MemoryRoomStore();
    await store.add(room('A'));
    await store.add(room('B', { expiresAt: 2000 }));
    await store.add(room('C', { creator: { userId: 'bob', participantId: 'p_2' } }));
    const count = (now: number) =>
      Promise.all(['alice', 'bob', 'nobody'].map((id) => store.countOpen(id, now)));
    expect(await count(0)).toEqual([2, 1, 0]);
    expect(await count(1000)).toEqual([1, 0, 0]);
    await store.delete('B');
    expect(await count(0)).toEqual([1, 1, 0]);
  });

  it('forgets what expired before an instant', async () => {
    const store = new MemoryRoomStore();
    await store.add(room('A'));
    await store.add(room('B', { expiresAt: 2000 }));
    await store.deleteExpired(1000);
    expect(await store.get('A')).toBeDefined();
    await store.deleteExpired(1001);
    expect([await store.get('A'), (await store.get('B'))?.id]).toEqual([undefined, 'B']);
  });
});
