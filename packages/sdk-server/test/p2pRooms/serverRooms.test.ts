import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { p2pServer } from './p2pServer.js';

type Server = Awaited<ReturnType<typeof p2pServer>>;

let server: Server;
beforeEach(async () => {
  server = await p2pServer();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const createRoom = (body: object = {}) => server.createRoom({ topology: 'sfu', ...body });

describe('a room whose media goes through the server', () => {
  test('is the room of that id that all dialects share', async () => {
    const room = await createRoom();
    const guest = await server.enter(room, 'Guest');
    expect(await guest.take()).toEqual({ type: 'joined', participant_id: guest.id, participants: [] });
    const shared = server.registry.get(room.roomId);
    expect(shared?.snapshot).toMatchObject({
      topology: 'sfu',
      peers: [{ id: guest.id, displayName: 'Guest' }],
    });
    const native = await shared?.join({ peerId: 'native', displayName: 'Native' });
    expect(await guest.take()).toMatchObject({
      type: 'peer_joined',
      participant: { name: 'Native', is_creator: false },
    });
    // The server plays the newcomer, who connects.
    expect(await guest.take()).toMatchObject({ type: 'offer' });
    native?.leave();
    expect(await guest.take()).toMatchObject({ type: 'peer_left' });
  });

  test('shows its creator to the others, and who is there to its creator', async () => {
    const room = await createRoom();
    const creator = await server.dial(room.roomId, room.token).opened();
    await creator.take();
    const guest = await server.enter(room, 'Guest');
    expect(await guest.take()).toMatchObject({ participants: [{ name: '小明', is_creator: true }] });
    const { body } = await server.ask('GET', `/api/webrtc/rooms/${room.roomId}`, { token: room.token });
    expect(body.data?.['participants']).toMatchObject([
      { is_creator: true },
      { id: guest.id, name: 'Guest' },
    ]);
  });

  test('has as many places as were asked for, whatever the dialect', async () => {
    const room = await createRoom({ max_participants: 2 });
    const guest = await server.enter(room, 'Guest');
    await guest.take();
    await server.registry.get(room.roomId)?.join({ peerId: 'native' });
    expect(await server.join(room.roomId, room.password)).toMatchObject({
      status: 400,
      body: { code: 'ROOM_FULL' },
    });
  });

  test('ends for everybody when its creator closes it', async () => {
    const room = await createRoom();
    const guest = await server.enter(room, 'Guest');
    await guest.take();
    const native = await server.registry.get(room.roomId)?.join({ peerId: 'native' });
    await server.ask('DELETE', `/api/webrtc/rooms/${room.roomId}`, { token: room.token });
    const [code, reason] = await guest.closed;
    expect([code, reason]).toEqual([4410, 'ROOM_CLOSED']);
    expect(guest.messages.at(-1)).toMatchObject({ type: 'room_closed', code: 'ROOM_CLOSED' });
    expect(native?.closed).toBe(true);
    expect(server.registry.size).toBe(0);
  });

  test('takes a participant who comes again in the place of the former connection', async () => {
    const room = await createRoom();
    const { body } = await server.join(room.roomId, room.password);
    const token = String(body.data?.['ws_token']);
    const first = await server.dial(room.roomId, token).opened();
    await first.take();
    const second = await server.dial(room.roomId, token).opened();
    expect(await second.take()).toMatchObject({ type: 'joined', participants: [] });
    expect(await first.closed).toEqual([4409, 'PEER_REPLACED']);
    expect(server.registry.get(room.roomId)?.peers.size).toBe(1);
  });

  test('tells who is removed by the host application', async () => {
    const room = await createRoom();
    const guest = await server.enter(room, 'Guest');
    await guest.take();
    server.registry.get(room.roomId)?.peers.get(guest.id)?.remove();
    expect(await guest.closed).toEqual([4403, 'PEER_REMOVED']);
  });

  test('lets go of its media when it has been empty for a while', async () => {
    const room = await createRoom();
    const guest = await server.enter(room, 'Guest');
    await guest.take();
    guest.send({ type: 'leave' });
    await guest.closed;
    await server.clock.pass(3 * 60_000);
    expect(server.registry.size).toBe(0);
    const again = await server.enter(room, 'Guest');
    expect(await again.take()).toMatchObject({ type: 'joined' });
  });

  test('refuses signals to nobody, and offers that are none', async () => {
    const room = await createRoom();
    const guest = await server.enter(room, 'Guest');
    await guest.take();
    for (const type of ['offer', 'answer']) guest.send({ type, to: 'p_nobody', sdp: 'v=0' });
    guest.send({ type: 'candidate', to: 'p_nobody', candidate: { candidate: '' } });
    for (let i = 0; i < 3; i++)
      expect(await guest.take()).toMatchObject({ type: 'error', code: 'PEER_NOT_FOUND', to: 'p_nobody' });
    await server.registry.get(room.roomId)?.join({ peerId: 'native' });
    const joined = await guest.take();
    const id = joined.type === 'peer_joined' ? joined.participant.id : '';
    expect(await guest.take()).toMatchObject({ type: 'offer', from: id });
    guest.send({ type: 'answer', to: id, sdp: 'nonsense' });
    expect(await guest.take()).toMatchObject({ type: 'error', code: 'SDP_INVALID', to: id });
  });
});
