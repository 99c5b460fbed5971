import type { UsageRecord } from '@parlor/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createToken } from '../../src/index.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { socketServer, type SocketServer } from '../support/socketServer.js';
import { P2pClient } from './P2pClient.js';

/** A whole Parlor: rooms with a password are rooms like others in its books, and at its doors. */

const jwtSecret = 'a secret that is as long as it has to be';

let server: SocketServer;
let records: UsageRecord[];
beforeEach(async () => {
  records = [];
  server = await socketServer({
    media: new FakeBackend(),
    access: { jwtSecret, allowAnonymous: true },
    hooks: { onUsage: (record) => void records.push(record) },
  });
});
afterEach(() => server.close());

const tokenFor = (sub: string) => createToken({ sub }, jwtSecret);

async function ask(method: string, path: string, { token, body }: { token?: string; body?: object } = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as { data: Record<string, string> }) };
}

async function open(body: object = {}) {
  const { data } = await ask('POST', '/api/webrtc/rooms', { token: await tokenFor('alice'), body });
  const { room_id: id = '', password = '' } = data;
  const connect = async (token: string) => {
    const address = `${server.url.replace('http', 'ws')}/ws/webrtc/rooms/${id}?token=${token}`;
    const client = await new P2pClient(new WebSocket(address)).opened();
    await client.take();
    return client;
  };
  const creator = await connect(await tokenFor('alice'));
  const guest = await ask('POST', `/api/webrtc/rooms/${id}/join`, { body: { password } });
  return { id, creator, guest: await connect(guest.data['ws_token'] ?? '') };
}

const figure = async (name: string) =>
  (await server.parlor.metrics()).split('\n').find((line) => line.startsWith(`${name} `)) ?? `${name} 0`;

test('who was there is counted and recorded, before and after the room has moved', async () => {
  const { id, guest, creator } = await open();
  expect(await figure('parlor_rooms{topology="p2p"}')).toMatch(/ 1$/);
  expect(await figure('parlor_peers{dialect="p2pRooms"}')).toMatch(/ 2$/);
  expect(await figure('parlor_joins_total{dialect="p2pRooms"}')).toMatch(/ 2$/);
  guest.send({ type: 'leave' });
  await guest.closed;
  await expect.poll(() => records).toHaveLength(1);
  expect(records).toMatchObject([
    { roomId: id, dialect: 'p2pRooms', connections: [], bytesIn: 0, bytesOut: 0 },
  ]);

  const joined = await ask('POST', `/rtc/rooms/${id}/join`, { token: await tokenFor('bob') });
  expect(joined).toMatchObject({ status: 200, roomId: id });
  expect(await figure('parlor_rooms{topology="p2p"}')).toMatch(/ 0$/);
  expect(await figure('parlor_rooms{topology="sfu"}')).toMatch(/ 1$/);
  expect(await figure('parlor_peers{dialect="p2pRooms"}')).toMatch(/ 1$/);
  creator.ws.close();
  await expect.poll(() => records).toHaveLength(2);
  expect(records[1]).toMatchObject({ roomId: id, userId: 'alice', dialect: 'p2pRooms' });
  expect(await figure('parlor_leaves_total{reason="left"}')).toMatch(/ 1$/);
  expect(await figure('parlor_leaves_total{reason="disconnected"}')).toMatch(/ 1$/);
});

test.each([{}, { topology: 'p2p' }, { topology: 'sfu' }])(
  'it takes a token, and a room that is for it, to come by another dialect (%j)',
  async (body) => {
    const { id, guest } = await open(body);
    await guest.rest();
    await expect(server.connect('nobody', { roomId: id })).rejects.toThrow(/403/);
    expect(await guest.rest()).toEqual([]);
    const client = await server.connect('bob', { roomId: id, token: await tokenFor('bob') });
    const answer = await client.join({ topology: 'sfu' });
    if ('topology' in body && body.topology === 'p2p')
      expect(answer).toMatchObject({ ok: false, code: 'TOPOLOGY_MISMATCH' });
    else expect(answer).toMatchObject({ ok: true, data: { topology: 'sfu' } });
    expect(await ask('GET', `/api/webrtc/rooms/${id}`)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  },
);
