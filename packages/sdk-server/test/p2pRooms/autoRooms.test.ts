import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { p2pServer, type P2pServer } from './p2pServer.js';

/** Rooms that are peer to peer until somebody comes by another dialect. */

let server: P2pServer;
beforeEach(async () => {
  server = await p2pServer();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const native = (roomId: string, peerId = 'native') =>
  server.registry.join(roomId, { peerId, displayName: 'Native', topology: 'sfu' });
const offer = (to: string) => ({ type: 'offer', to, sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n' });

/** Two pages that have heard of each other, the creator's and a guest's. */
async function call(body: object = {}) {
  const room = await server.createRoom(body);
  const opened = await server.dial(room.roomId, room.token).opened();
  const joined = await opened.take();
  const creator = Object.assign(opened, { id: joined.type === 'joined' ? joined.participant_id : '' });
  const guest = await server.enter(room, 'Guest');
  await guest.take();
  await creator.take();
  return { room, creator, guest };
}

describe('a room that nothing was said of', () => {
  test.each([{}, { topology: 'auto' }, { topology: null }])('is peer to peer (%j)', async (body) => {
    const { room, creator, guest } = await call(body);
    guest.send(offer(creator.id));
    expect(await creator.take()).toEqual({ type: 'offer', from: guest.id, sdp: offer('').sdp });
    expect(server.registry.get(room.roomId)?.snapshot).toMatchObject({
      topology: 'p2p',
      peers: [{ id: creator.id }, { id: guest.id, displayName: 'Guest' }],
    });
  });

  test('moves to the server for the first of another dialect: the others leave and come back', async () => {
    const { room, creator, guest } = await call();
    const peer = await native(room.roomId);
    expect(peer.room.topology).toBe('sfu');
    for (const [page, other] of [
      [creator, { id: guest.id, name: 'Guest', is_creator: false }],
      [guest, { id: creator.id, name: '小明', is_creator: true }],
    ] as const) {
      expect(await page.take()).toEqual({ type: 'peer_left', participant_id: other.id });
      const back = await page.take();
      const participant = { ...other, id: expect.stringMatching(/^a_/) };
      expect(back).toEqual({ type: 'peer_joined', participant });
      const id = back.type === 'peer_joined' ? back.participant.id : '';
      // The server connects, as who comes by one rule and who has the smaller id by the other.
      const rest = [await page.take(), await page.take()];
      expect(rest).toContainEqual(expect.objectContaining({ type: 'offer', from: id }));
      expect(rest).toContainEqual({
        type: 'peer_joined',
        participant: { id: expect.stringMatching(/^a_/), name: 'Native', is_creator: false },
      });
    }
  });

  test('has nothing to say to signals that were on their way when it moved', async () => {
    const { room, creator, guest } = await call();
    await server.registry.open(room.roomId, { topology: 'sfu' });
    creator.send(offer(guest.id));
    creator.send({ type: 'candidate', to: guest.id, candidate: { candidate: '' } });
    creator.send(offer('p_nobody'));
    expect((await creator.rest()).filter(({ type }) => type === 'error')).toMatchObject([
      { code: 'PEER_NOT_FOUND', to: 'p_nobody' },
    ]);
    expect((await guest.rest()).map(({ type }) => type)).not.toContain('candidate');
  });

  test('stays on the server, for those who come later too', async () => {
    const { room, creator, guest } = await call();
    (await native(room.roomId)).leave();
    await creator.rest();
    guest.send({ type: 'leave' });
    await guest.closed;
    expect(await creator.take()).toEqual({
      type: 'peer_left',
      participant_id: expect.stringMatching(/^a_/),
    });
    const again = await server.enter(room, 'Again');
    expect(await again.take()).toEqual({
      type: 'joined',
      participant_id: again.id,
      participants: [{ id: expect.stringMatching(/^z_/), name: '小明', is_creator: true }],
    });
    expect(server.registry.get(room.roomId)?.topology).toBe('sfu');
  });

  test('takes pages as they come when others were first', async () => {
    const room = await server.createRoom();
    // A room that exists: no right to open one is needed.
    await server.registry.join(room.roomId, { peerId: 'native', topology: 'sfu', grants: { create: false } });
    const guest = await server.enter(room, 'Guest');
    expect(await guest.take()).toMatchObject({ type: 'joined', participants: [{ name: 'native' }] });
  });

  test('is on the server for whoever comes from elsewhere, also those who would do without', async () => {
    const { room, guest } = await call();
    const pinned = { peerId: 'native', topology: 'p2p' } as const;
    await expect(server.registry.join(room.roomId, pinned)).rejects.toMatchObject({
      code: 'TOPOLOGY_MISMATCH',
    });
    const page = await server.registry.join(room.roomId, { peerId: 'page', preferredTopology: 'p2p' });
    expect(page.room.topology).toBe('sfu');
    await expect.poll(() => guest.messages.map(({ type }) => type)).toContain('peer_left');
  });

  test('moves once for several who come at once, with somebody who is just coming in', async () => {
    const { room, creator } = await call();
    const [, late] = await Promise.all([
      native(room.roomId, 'one'),
      server.enter(room, 'Late'),
      native(room.roomId, 'two'),
    ]);
    const joined = await late.take();
    expect(joined.type).toBe('joined');
    await expect
      .poll(() => creator.messages.filter(({ type }) => type === 'peer_joined').length)
      // The guest twice, each of the others at least once.
      .toBeGreaterThanOrEqual(5);
    const names = creator.messages.flatMap((m) => (m.type === 'peer_joined' ? [m.participant.name] : []));
    expect(new Set(names)).toEqual(new Set(['Guest', 'Native', 'Late']));
    expect(server.registry.get(room.roomId)?.peers.size).toBe(5);
    expect(server.registry.get(room.roomId)?.topology).toBe('sfu');
  });
});

describe('whatever its topology', () => {
  test('a room has as many places as were asked for', async () => {
    const { room } = await call({ max_participants: 3 });
    await native(room.roomId);
    await expect(native(room.roomId, 'more')).rejects.toMatchObject({ code: 'ROOM_FULL' });
    expect(await server.join(room.roomId, room.password)).toMatchObject({
      status: 400,
      body: { code: 'ROOM_FULL' },
    });
    // Its own place may be taken again.
    await expect(native(room.roomId)).rejects.toMatchObject({ code: 'PEER_ID_TAKEN' });

    const full = await call({ max_participants: 2 });
    await expect(native(full.room.roomId)).rejects.toMatchObject({ code: 'ROOM_FULL' });
    // Nobody is disturbed for somebody who is not let in.
    expect(server.registry.get(full.room.roomId)?.topology).toBe('p2p');
    expect(await full.guest.rest()).toEqual([]);
  });

  test.each([{}, { topology: 'p2p' }, { topology: 'sfu' }])(
    'a room ends for everybody (%j)',
    async (body) => {
      const { room, creator, guest } = await call({ ...body, expires_minutes: 1 });
      const peer = 'topology' in body && body.topology === 'p2p' ? undefined : await native(room.roomId);
      await server.clock.pass(60_000);
      for (const page of [creator, guest]) {
        expect(await page.closed).toEqual([4400, 'ROOM_EXPIRED']);
        expect(page.messages.at(-1)).toMatchObject({ type: 'room_closed', code: 'ROOM_EXPIRED' });
      }
      expect(peer?.closed ?? true).toBe(true);
      expect(server.registry.size).toBe(0);
      await expect(native(room.roomId)).rejects.toMatchObject({ code: 'ROOM_EXPIRED' });
    },
  );

  test('the host application may remove somebody, and close the room', async () => {
    const { room, creator, guest } = await call();
    const shared = server.registry.get(room.roomId);
    shared?.peers.get(guest.id)?.remove();
    expect(await guest.closed).toEqual([4403, 'PEER_REMOVED']);
    expect(await creator.take()).toEqual({ type: 'peer_left', participant_id: guest.id });
    shared?.close();
    expect(await creator.take()).toMatchObject({ type: 'room_closed', code: 'ROOM_CLOSED' });
    expect(await creator.closed).toEqual([4410, 'ROOM_CLOSED']);
    const again = await server.enter(room, 'Again');
    expect(await again.take()).toMatchObject({ type: 'joined', participants: [] });
  });

  test('who logged in is the same user in the shared room', async () => {
    const { room, creator, guest } = await call();
    const peers = server.registry.get(room.roomId)?.peers;
    expect(peers?.get(creator.id)?.userId).toBe('alice');
    expect(peers?.get(guest.id)?.userId).toBe(guest.id);
    await server.clock.pass(0);
    const reasons: string[] = [];
    for (const peer of peers?.values() ?? []) peer.once('closed', (reason) => reasons.push(reason));
    guest.send({ type: 'leave' });
    await guest.closed;
    creator.ws.terminate();
    await expect.poll(() => reasons).toEqual(['left', 'disconnected']);
  });

  test('what is sent before one is in is served afterwards', async () => {
    const room = await server.createRoom();
    const { body } = await server.join(room.roomId, room.password);
    const client = server.dial(room.roomId, String(body.data?.['ws_token']));
    client.ws.once('upgrade', () => {
      queueMicrotask(() => {
        client.send(offer('p_nobody'));
        client.send({ type: 'leave' });
      });
    });
    expect(await client.take()).toMatchObject({ type: 'joined' });
    expect(await client.take()).toMatchObject({ type: 'error', code: 'PEER_NOT_FOUND' });
    expect(await client.closed).toEqual([1000, 'left']);
  });
});

describe('a room that was opened peer to peer', () => {
  test('refuses other dialects, and says what to do', async () => {
    const { room, guest } = await call({ topology: 'p2p' });
    for (const wanted of [{ topology: 'sfu' }, { topology: 'p2p' }, {}] as const)
      await expect(server.registry.join(room.roomId, { peerId: 'native', ...wanted })).rejects.toMatchObject({
        code: 'TOPOLOGY_MISMATCH',
        message: expect.stringContaining('without topology'),
      });
    expect(await guest.rest()).toEqual([]);
    expect(server.registry.get(room.roomId)?.topology).toBe('p2p');
  });

  test('does so with nobody in it, too', async () => {
    const room = await server.createRoom({ topology: 'p2p' });
    await expect(native(room.roomId)).rejects.toMatchObject({ code: 'TOPOLOGY_MISMATCH' });
    expect(server.registry.size).toBe(0);
  });
});

describe('on a server that carries no media', () => {
  beforeEach(async () => {
    await server.close();
    server = await p2pServer({ media: 'none' });
  });

  test('a room is peer to peer, and who needs the server is told what is missing', async () => {
    const { room, creator, guest } = await call();
    await expect(native(room.roomId)).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      message: expect.stringContaining("start it without media: 'none'"),
    });
    guest.send(offer(creator.id));
    expect(await creator.take()).toMatchObject({ type: 'offer', from: guest.id });
  });

  test('rooms of the server are not opened at all', async () => {
    const token = await server.user();
    expect(await server.ask('POST', '/api/webrtc/rooms', { token, body: { topology: 'sfu' } })).toMatchObject(
      {
        status: 503,
        body: { success: false, code: 'MEDIA_UNAVAILABLE', message: expect.stringContaining('no media') },
      },
    );
  });
});

test('rooms with a password are known by their id, others are left alone', async () => {
  const room = await server.createRoom();
  expect(await server.rooms.isLocked(room.roomId)).toBe(true);
  expect(await server.rooms.isLocked('ABC347')).toBe(false);
  expect(await server.rooms.isLocked('chat:1')).toBe(false);
  const other = await server.registry.join('ABC347', { peerId: 'native', topology: 'p2p' });
  expect(other.room.topology).toBe('p2p');
});
