import { Room } from '@parlor/sdk-client';
import { createFakeDrivers, FakePlatform, MemoryServer, settle } from '@parlor/sdk-client/testing';
import { describe, expect, it } from 'vitest';
import { followFaults, type RoomNews } from './followFaults.js';

const joined = async (server: MemoryServer, name: string) => {
  const platform = new FakePlatform();
  const driver = createFakeDrivers().factory;
  const room = new Room({ peerId: name.toLowerCase(), platform, driver, channel: server.channel });
  const news: RoomNews[] = [];
  followFaults(room, (one) => news.push(one));
  await room.connect('wss://parlor.example', undefined, { room: 'tea', displayName: name });
  await settle();
  const texts = () => news.map(({ event, text }) => `${event} ${text}`);
  return { room, platform, news, texts };
};

describe('followFaults', () => {
  it('tells how a connection is lost and comes back', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    expect(ann.texts()).toEqual(['connectionStateChanged connecting', 'connectionStateChanged connected']);
    server.down();
    await settle();
    server.up();
    await ann.platform.clock.advance(60_000);
    await settle();
    const states = ann.news.filter(({ event }) => event === 'connectionStateChanged').map(({ text }) => text);
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
    expect(ann.news).toContainEqual({
      kind: 'connection',
      event: 'reconnected',
      text: 'everything is as it was',
    });
  });

  it('tells who has left, by name and with the reason', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    const bob = await joined(server, 'Bob');
    await bob.room.disconnect();
    await settle();
    await ann.platform.clock.advance(0);
    await settle();
    expect(ann.texts()).toContain('participantDisconnected Bob: left');
    expect(bob.texts().at(-1)).toBe('disconnected CLIENT_INITIATED');
  });
});
