import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { P2pClient } from './P2pClient.js';
import { p2pServer, type P2pServer } from './p2pServer.js';

const MINUTE = 60_000;

let server: P2pServer;
beforeEach(async () => {
  server = await p2pServer();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

/** A room with its creator and two guests in it, who have heard of each other. */
async function call() {
  const room = await server.createRoom();
  const creator = await server.dial(room.roomId, room.token).opened();
  const joined = await creator.take();
  const alice = Object.assign(creator, { id: joined.type === 'joined' ? joined.participant_id : '' });
  const bob = await server.enter(room, '小红');
  const carol = await server.enter(room, 'Carol');
  await Promise.all([bob, carol].map((client) => client.take()));
  for (const client of [alice, bob, carol]) await client.rest();
  return { room, alice, bob, carol };
}

const offer = (to: string) => ({ type: 'offer', to, sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n' });

describe('coming and going', () => {
  test('as in the document: a list for who comes, news for who is there', async () => {
    const room = await server.createRoom();
    const alice = await server.dial(room.roomId, room.token).opened();
    const first = await alice.take();
    expect(first).toEqual({
      type: 'joined',
      participant_id: expect.stringMatching(/^p_[a-z0-9]{8}$/),
      participants: [],
    });
    const bob = await server.enter(room, '小红');
    const participants = [
      { id: first.type === 'joined' ? first.participant_id : '', name: '小明', is_creator: true },
    ];
    expect(await bob.take()).toEqual({ type: 'joined', participant_id: bob.id, participants });
    const participant = { id: bob.id, name: '小红', is_creator: false };
    expect(await alice.take()).toEqual({ type: 'peer_joined', participant });

    bob.send({ type: 'leave' });
    expect(await bob.closed).toEqual([1000, 'left']);
    expect(await alice.take()).toEqual({ type: 'peer_left', participant_id: bob.id });
  });

  test('a lost connection is a departure, too', async () => {
    const { alice, bob, carol } = await call();
    bob.ws.terminate();
    for (const client of [alice, carol])
      expect(await client.take()).toEqual({ type: 'peer_left', participant_id: bob.id });
  });

  test('a second connection with the same token takes the place of the first', async () => {
    const room = await server.createRoom({ max_participants: 2 });
    const alice = await server.dial(room.roomId, room.token, { 'accept-language': 'en' }).opened();
    const bob = await server.enter(room, 'Bob');
    await alice.rest();
    await bob.rest();
    const again = await server.dial(room.roomId, room.token).opened();
    const joined = await again.take();
    expect(joined).toMatchObject({ type: 'joined', participants: [{ id: bob.id }] });
    const code = 'PEER_REPLACED';
    expect(await alice.take()).toMatchObject({
      type: 'error',
      code,
      message: expect.stringContaining('else'),
    });
    expect(await alice.closed).toEqual([4409, code]);
    // The others begin anew with it.
    expect(await bob.rest()).toMatchObject([{ type: 'peer_left' }, { type: 'peer_joined' }]);
  });

  test('places are for those who are connected', async () => {
    const room = await server.createRoom({ max_participants: 2 });
    const tokens = await Promise.all(
      [1, 2, 3].map(async () =>
        String((await server.join(room.roomId, room.password)).body.data?.['ws_token']),
      ),
    );
    const [first, second] = await Promise.all(
      tokens.slice(0, 2).map((token) => server.dial(room.roomId, token).opened()),
    );
    expect(await server.dial(room.roomId, tokens[2]).refusal()).toMatchObject({
      status: 400,
      error: 'ROOM_FULL',
    });
    first?.send({ type: 'leave' });
    await first?.closed;
    await second?.rest();
    await server.dial(room.roomId, tokens[2]).opened();
  });

  test('a room survives that nobody is in', async () => {
    const { room, alice, bob, carol } = await call();
    for (const client of [alice, bob, carol]) client.send({ type: 'leave' });
    await Promise.all([alice.closed, bob.closed, carol.closed]);
    await server.clock.pass(5 * MINUTE);
    const dave = await server.enter(room, 'Dave');
    expect(await dave.take()).toMatchObject({ type: 'joined', participants: [] });
  });
});

describe('signals', () => {
  test('reach whom they are for, with their sender', async () => {
    const { alice, bob, carol } = await call();
    const { sdp } = offer('');
    const candidate = {
      candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
      sdpMLineIndex: 0,
      sdpMid: '0',
      usernameFragment: 'abcd',
    };
    // What else is in a message is nobody's business, least of all who it says it is from.
    alice.send({ ...offer(bob.id), from: carol.id, more: 'x' });
    expect(await bob.take()).toEqual({ type: 'offer', from: alice.id, sdp });
    bob.send({ type: 'answer', to: alice.id, sdp, from: carol.id });
    expect(await alice.take()).toEqual({ type: 'answer', from: bob.id, sdp });
    bob.send({ type: 'candidate', to: alice.id, candidate, from: carol.id });
    expect(await alice.take()).toEqual({ type: 'candidate', from: bob.id, candidate });
    bob.send({ type: 'candidate', to: alice.id, candidate: { candidate: '', sdpMid: null } });
    expect(await alice.take()).toMatchObject({ type: 'candidate', candidate: { candidate: '' } });
    expect(await carol.rest()).toEqual([]);
  });

  test('keep their order', async () => {
    const { alice, bob } = await call();
    for (let i = 0; i < 100; i += 1)
      alice.send({ type: 'candidate', to: bob.id, candidate: { candidate: `candidate:${String(i)}` } });
    for (let i = 0; i < 100; i += 1)
      expect(await bob.take()).toMatchObject({ candidate: { candidate: `candidate:${String(i)}` } });
  });

  test('never leave their room', async () => {
    const { alice, bob } = await call();
    const elsewhere = await server.createRoom();
    const mallory = await server.enter(elsewhere, 'Mallory');
    await mallory.take();
    mallory.send(offer(bob.id));
    expect(await mallory.take()).toMatchObject({ type: 'error', code: 'PEER_NOT_FOUND', to: bob.id });
    expect([await alice.rest(), await bob.rest()]).toEqual([[], []]);
  });

  test('for somebody who has left, or never was: an error with a code', async () => {
    const { alice, bob, carol } = await call();
    bob.send({ type: 'leave' });
    await alice.take();
    for (const to of [bob.id, 'p_nobody00', '__proto__', 'constructor']) {
      alice.send(offer(to));
      expect(await alice.take()).toMatchObject({ type: 'error', code: 'PEER_NOT_FOUND', to });
    }
    expect(await carol.rest()).toEqual([{ type: 'peer_left', participant_id: bob.id }]);
  });

  test.each([
    ['no JSON', '{"type":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no type', '{}'],
    ['a type of the server', '{"type":"joined","participant_id":"x","participants":[]}'],
    ['an unknown type', '{"type":"ring","to":"p_1"}'],
    ['an offer for nobody', '{"type":"offer","sdp":"v=0"}'],
    ['an offer without a description', '{"type":"offer","to":"p_1"}'],
    ['a description that is no text', '{"type":"answer","to":"p_1","sdp":{"type":"answer"}}'],
    ['a candidate that is no object', '{"type":"candidate","to":"p_1","candidate":"candidate:1"}'],
    ['a candidate that is null', '{"type":"candidate","to":"p_1","candidate":null}'],
    ['a negative line', '{"type":"candidate","to":"p_1","candidate":{"candidate":"","sdpMLineIndex":-1}}'],
    ['a description of 65 KiB', JSON.stringify({ type: 'offer', to: 'p_1', sdp: 'x'.repeat(65 * 1024) })],
    ['depth', '['.repeat(100) + ']'.repeat(100)],
  ])('%s: the document’s error, to the sender only', async (_what, text) => {
    const { alice, bob, carol } = await call();
    alice.send(text);
    expect(await alice.take()).toMatchObject({
      type: 'error',
      code: 'invalid_message',
      message: '消息格式无效',
      detail: expect.any(String),
    });
    alice.send(offer(bob.id));
    expect(await bob.take()).toMatchObject({ type: 'offer' });
    expect(await carol.rest()).toEqual([]);
  });

  test('to oneself make no sense', async () => {
    const { alice } = await call();
    alice.send(offer(alice.id));
    expect(await alice.take()).toMatchObject({ code: 'invalid_message' });
  });

  test('in binary frames, and too large ones, are refused', async () => {
    const { alice, bob } = await call();
    alice.ws.send(Buffer.from(JSON.stringify(offer(bob.id))));
    expect(await alice.take()).toMatchObject({ code: 'invalid_message' });
    alice.send('x'.repeat(300 * 1024));
    expect(await alice.take()).toMatchObject({ code: 'MESSAGE_TOO_LARGE', message: '消息过大' });
    expect(await bob.rest()).toEqual([]);
  });
});

describe('a flood of candidates', () => {
  test('is bounded, and ends with the connection of who sends it', async () => {
    await server.close();
    server = await p2pServer({ socketLimits: { messageBurst: 50, messagesPerSecond: 1 } });
    const { alice, bob, carol } = await call();
    const before = bob.messages.length;
    for (let i = 0; i < 1000; i += 1)
      alice.send({ type: 'candidate', to: bob.id, candidate: { candidate: `candidate:${String(i)}` } });
    expect(await alice.closed).toEqual([4429, expect.stringMatching(/^RATE_LIMITED/)]);
    expect(alice.messages.filter((m) => m.type === 'error').map(({ code }) => code)).toContain(
      'RATE_LIMITED',
    );
    expect(await carol.take()).toEqual({ type: 'peer_left', participant_id: alice.id });
    await bob.rest();
    const candidates = bob.messages.slice(before).filter(({ type }) => type === 'candidate');
    expect(candidates.length).toBeGreaterThan(0);
    // The burst, and what the seconds of this test let through.
    expect(candidates.length).toBeLessThan(100);
    expect(bob.ws.readyState).toBe(1);
  });
});

describe('the end of a room', () => {
  const closings = [
    {
      by: 'its creator',
      close: [4410, 'ROOM_CLOSED'],
      reason: '创建者关闭了房间',
      end: ({ roomId, token }: { roomId: string; token: string }) =>
        server.ask('DELETE', `/api/webrtc/rooms/${roomId}`, { token }),
    },
    {
      by: 'time',
      close: [4400, 'ROOM_EXPIRED'],
      reason: '房间已过期',
      end: () => server.clock.pass(120 * MINUTE),
    },
    {
      by: 'the server',
      close: [4503, 'SERVER_CLOSING'],
      reason: '服务器正在关闭',
      end: () => {
        server.rooms.close();
      },
    },
  ];
  test.each(closings)('by $by: everybody is told why', async ({ close, reason, end }) => {
    const { room, alice, bob, carol } = await call();
    await end(room);
    for (const client of [alice, bob, carol]) {
      expect(await client.take()).toEqual({ type: 'room_closed', reason, code: close[1] });
      expect(await client.closed).toEqual(close);
      expect(client.messages.at(-1)).toMatchObject({ type: 'room_closed' });
    }
  });

  test('comes on time and not before', async () => {
    const room = await server.createRoom({ expires_minutes: 3 });
    const bob = await server.enter(room, 'Bob');
    await bob.take();
    await server.clock.pass(3 * MINUTE - 1);
    expect(await bob.rest()).toEqual([]);
    await server.clock.pass(1);
    expect(await bob.take()).toMatchObject({ type: 'room_closed', code: 'ROOM_EXPIRED' });
  });

  test('is the end of its tokens', async () => {
    const room = await server.createRoom();
    const { body } = await server.join(room.roomId, room.password);
    const token = String(body.data?.['ws_token']);
    await server.ask('DELETE', `/api/webrtc/rooms/${room.roomId}`, { token: room.token });
    expect(await server.dial(room.roomId, token).refusal()).toMatchObject({
      status: 404,
      error: 'ROOM_NOT_FOUND',
    });
  });
});

describe('tokens', () => {
  const refusalOf = (client: P2pClient) => client.refusal();

  test('are looked at before the upgrade', async () => {
    const room = await server.createRoom();
    const other = await server.createRoom();
    const foreign = String((await server.join(other.roomId, other.password)).body.data?.['ws_token']);
    const own = String((await server.join(room.roomId, room.password)).body.data?.['ws_token']);
    const [head = '', , signature = ''] = own.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'p_forged00', name: 'x', exp: 4e9 })).toString(
      'base64url',
    );
    for (const [token, status, error] of [
      [undefined, 401, 'UNAUTHORIZED'],
      ['nonsense', 401, 'TOKEN_INVALID'],
      [foreign, 401, 'TOKEN_INVALID'],
      [`${head}.${forged}.${signature}`, 401, 'TOKEN_INVALID'],
      [await server.user({ sub: 'bob' }), 403, 'CREATOR_ONLY'],
    ] as const) {
      expect(await refusalOf(server.dial(room.roomId, token))).toMatchObject({ status, error });
      // A browser does not show the answer to an upgrade: the same address says it.
      const query = token === undefined ? '' : `?token=${token}`;
      expect(await server.ask('GET', `/ws/webrtc/rooms/${room.roomId}${query}`)).toMatchObject({
        status,
        body: { success: false, code: error },
      });
    }
    expect(await server.ask('GET', `/ws/webrtc/rooms/${room.roomId}?token=${own}`)).toMatchObject({
      status: 426,
      body: { code: 'UPGRADE_REQUIRED' },
    });
  });

  test('of guests are good for ten minutes; who is in stays in', async () => {
    const room = await server.createRoom();
    const token = String((await server.join(room.roomId, room.password)).body.data?.['ws_token']);
    await server.clock.pass(10 * MINUTE - 1000);
    const guest = await server.dial(room.roomId, token).opened();
    await guest.take();
    await server.clock.pass(1000);
    expect(await refusalOf(server.dial(room.roomId, token))).toMatchObject({
      status: 401,
      error: 'TOKEN_EXPIRED',
    });
    expect(await guest.rest()).toEqual([]);
  });

  test('of guests open nothing of the REST interface', async () => {
    const room = await server.createRoom();
    const token = String((await server.join(room.roomId, room.password)).body.data?.['ws_token']);
    for (const [method, path] of [
      ['POST', '/api/webrtc/rooms'],
      ['GET', `/api/webrtc/rooms/${room.roomId}`],
      ['DELETE', `/api/webrtc/rooms/${room.roomId}`],
    ] as const)
      expect(await server.ask(method, path, { token })).toMatchObject({
        status: 401,
        body: { code: 'TOKEN_INVALID' },
      });
    expect(await server.join(room.roomId, room.password)).toMatchObject({ status: 200 });
  });
});
