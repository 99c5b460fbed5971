import { afterEach, expect, it } from 'vitest';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { socketServer, type SocketServer } from './support/socketServer.js';

let server: SocketServer | undefined;

afterEach(async () => {
  await server?.close();
});

it('of an auto room that is peer to peer are those that a client will need who makes it move', async () => {
  server = await socketServer({ media: new FakeBackend() });
  const native = await server.connect('native');
  expect(await native.join({ topology: 'auto' })).toMatchObject({ data: { topology: 'p2p', auto: true } });
  const response = await fetch(`${server.url}/rooms/room`);
  const { codecs } = (await response.json()) as { codecs: unknown[] };
  expect(codecs).not.toEqual([]);
  const raw = await server.connect('raw');
  expect(await raw.join()).toMatchObject({ data: { topology: 'sfu', rtpCapabilities: { codecs } } });
});

it('of a room that is pinned to peer to peer are none', async () => {
  server = await socketServer({ media: new FakeBackend() });
  await server.parlor.rooms.open('room', { topology: 'p2p' });
  const response = await fetch(`${server.url}/rooms/room`);
  expect(await response.json()).toMatchObject({ codecs: [] });
});
