import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { createToken } from '../../src/access/tokens.js';
import { signalServer, type SignalTestServer } from './signalServer.js';
import type { SignalClient } from './SignalClient.js';

const OFFER = { type: 'offer', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' };
const ANSWER = { type: 'answer', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' };
const CANDIDATE = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
const SECRET = 'a secret that is long enough for HS256';

let server: SignalTestServer;
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

describe('rooms', () => {
  test('joining answers with the own id and everybody who is there, and tells the others', async () => {
    server = await signalServer();
    const alice = await server.connect();
    expect(await alice.join('general', 'Alice')).toEqual({
      id: alice.id,
      participants: [{ id: alice.id, pseudo: 'Alice' }],
    });
    const bob = await server.connect();
    const everybody = [
      { id: alice.id, pseudo: 'Alice' },
      { id: bob.id, pseudo: 'Bob' },
    ];
    expect(await bob.join('general', 'Bob')).toEqual({ id: bob.id, participants: everybody });
    for (const client of [alice, bob]) expect(await client.sees('Alice', 'Bob')).toEqual(everybody);

    expect(await bob.request('leave-room', { roomName: 'general' })).toEqual({});
    expect(await alice.sees('Alice')).toHaveLength(1);
    expect(await bob.request('leave-room', { roomName: 'general' })).toMatchObject({
      error: { code: 'NOT_JOINED' },
    });
  });

  test('a lost connection is a change, too', async () => {
    server = await signalServer();
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    await alice.sees('Alice', 'Bob');
    await bob.drop();
    await alice.sees('Alice');
  });

  test('joining twice, also at once, is joining once', async () => {
    server = await signalServer();
    const alice = await server.connect();
    const answers = await Promise.all([alice.join('general', 'Alice'), alice.join('general', 'Alice')]);
    answers.push(await alice.join('general', 'Somebody else'));
    expect(answers.map(({ participants }) => participants)).toEqual(
      Array.from({ length: 3 }, () => [{ id: alice.id, pseudo: 'Alice' }]),
    );
  });

  test('a socket can be in several rooms, and each hears of its own', async () => {
    server = await signalServer();
    const alice = await server.join('Alice', { room: 'one' });
    await alice.join('two', 'Alice');
    const bob = await server.join('Bob', { room: 'two' });
    expect(await bob.signal(alice.id, OFFER, 'two')).toEqual({});
    expect(await alice.next('peer-signal')).toMatchObject({ roomName: 'two', pseudo: 'Bob' });
    expect(await alice.signal(bob.id, ANSWER, 'one')).toMatchObject({ error: { code: 'PEER_NOT_FOUND' } });
  });

  test('sixteen rooms are enough for a socket', async () => {
    server = await signalServer();
    const alice = await server.connect();
    const answers = await Promise.all(
      Array.from({ length: 17 }, (_, index) => alice.join(`room ${String(index)}`, 'Alice')),
    );
    expect(answers.filter(({ error }) => error).map(({ error }) => error.code)).toEqual(['LIMIT_REACHED']);
  });

  test('no media worker is asked for', async () => {
    server = await signalServer({
      media: { createRoom: () => Promise.reject(new Error('no worker')), close: () => undefined },
    });
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    expect(await alice.signal(bob.id, OFFER)).toEqual({});
  });

  test('rooms are those of the other protocols, where media goes from browser to browser', async () => {
    server = await signalServer();
    const alice = await server.join('Alice');
    const room = server.parlor.rooms.get('general');
    expect(room?.snapshot).toMatchObject({
      topology: 'p2p',
      peers: [{ id: alice.id, displayName: 'Alice' }],
    });
    room?.peers.get(alice.id)?.remove('be kind');
    expect(await alice.next('room-left')).toEqual({
      roomName: 'general',
      code: 'PEER_REMOVED',
      message: 'be kind',
    });
    expect(server.parlor.rooms.get('general')).toBeUndefined();
    expect(await alice.join('general', 'Alice')).toMatchObject({ id: alice.id });

    // Also where media goes through the server: it plays the others then.
    const served = await server.parlor.rooms.open('through the server', { topology: 'sfu' });
    await served.join({ peerId: 'bob', displayName: 'Bob' });
    expect(await alice.join('through the server', 'Alice')).toMatchObject({
      id: alice.id,
      participants: [{ id: alice.id, pseudo: 'Alice' }, { pseudo: 'Bob' }],
    });
  });

  test('a room that moves to the server keeps those together who are, and shows them the others', async () => {
    server = await signalServer();
    const alice = await server.join('Alice');
    const bob = await server.join('Bob');
    const native = new WebSocket(`${server.url.replace('http', 'ws')}/?roomId=general&peerId=dave`, 'protoo');
    await once(native, 'open');
    const data = { roomId: 'general', peerId: 'dave', displayName: 'Dave', transports: ['send', 'recv'] };
    native.send(JSON.stringify({ request: true, id: 1, method: 'joinRoom', data }));
    await Promise.all([alice.sees('Alice', 'Bob', 'Dave'), bob.sees('Alice', 'Bob', 'Dave')]);
    expect(server.parlor.rooms.get('general')?.topology).toBe('sfu');
    const signal = { type: 'custom', text: 'still here' };
    expect(await alice.signal(bob.id, signal)).toEqual({});
    expect(await bob.next('peer-signal')).toMatchObject({ id: alice.id, signal });
    // Who comes now is played to all by the server.
    const carol = await server.join('Carol');
    await Promise.all([alice, carol].map((one) => one.sees('Alice', 'Bob', 'Carol', 'Dave')));
    bob.socket.disconnect();
    await alice.sees('Alice', 'Carol', 'Dave');
    native.close();
    await alice.sees('Alice', 'Carol');
  });

  test('what is sent right behind join-room waits for it', async () => {
    server = await signalServer();
    const bob = await server.join('Bob');
    const alice = await server.connect();
    const [joined, sent, left] = await Promise.all([
      alice.join('general', 'Alice'),
      alice.signal(bob.id, OFFER),
      alice.request('leave-room', { roomName: 'general' }),
    ]);
    expect([joined.id, sent, left]).toEqual([alice.id, {}, {}]);
    expect(await bob.next('peer-signal')).toMatchObject({ pseudo: 'Alice', signal: OFFER });
  });

  test('rooms end with the server, and say so', async () => {
    server = await signalServer();
    const alice = await server.join('Alice');
    await server.parlor.close();
    expect(await alice.next('room-left')).toMatchObject({ roomName: 'general', code: 'SERVER_CLOSING' });
    // The host's own socket goes on; there is just nobody listening any more.
    expect(alice.socket.connected).toBe(true);
  });
});

describe('signals', () => {
  test('are passed on with the sender that the server knows', async () => {
    server = await signalServer();
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    for (const signal of [OFFER, CANDIDATE, { type: 'candidate', candidate: CANDIDATE }]) {
      const lie = { id: bob.id, roomName: 'general', pseudo: 'Bob', from: bob.id, signal };
      expect(await alice.request('peer-signal', lie)).toEqual({});
      expect(await bob.next('peer-signal')).toEqual({
        id: alice.id,
        roomName: 'general',
        pseudo: 'Alice',
        signal,
      });
    }
  });

  test('keep small values of the application, and nothing else', async () => {
    server = await signalServer();
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    await alice.signal(bob.id, { ...OFFER, callType: 'video', urgent: true });
    expect(await bob.next('peer-signal')).toMatchObject({ signal: { ...OFFER, callType: 'video' } });
    await alice.signal(bob.id, { type: 'raise-hand', hand: 'left' });
    expect(await bob.next('peer-signal')).toMatchObject({ signal: { type: 'raise-hand', hand: 'left' } });
    expect(await alice.signal(bob.id, { ...OFFER, list: [1, 2, 3] })).toMatchObject({
      error: { code: 'BAD_REQUEST', message: expect.stringContaining('signal.list') as string },
    });
    expect(bob.signals()).toHaveLength(2);
  });

  test('stay in their room', async () => {
    server = await signalServer();
    const alice = await server.join('Alice', { room: 'one' });
    const bob = await server.join('Bob', { room: 'two' });
    expect(await alice.signal(bob.id, OFFER, 'one')).toMatchObject({ error: { code: 'PEER_NOT_FOUND' } });
    expect(await alice.signal(bob.id, OFFER, 'two')).toMatchObject({ error: { code: 'NOT_JOINED' } });
    expect(await bob.signal(bob.id, OFFER, 'two')).toMatchObject({ error: { code: 'PEER_NOT_FOUND' } });
    expect(bob.signals()).toEqual([]);
  });

  test('without an acknowledgement, what is wrong is told by an event', async () => {
    server = await signalServer();
    const alice = await server.join('Alice');
    alice.socket.emit('peer-signal', { id: 'gone', roomName: 'general', pseudo: 'Alice', signal: OFFER });
    expect(await alice.next('peer-signal-error')).toEqual({
      event: 'peer-signal',
      code: 'PEER_NOT_FOUND',
      message: expect.stringContaining('gone') as string,
      id: 'gone',
      roomName: 'general',
    });
    alice.socket.emit('join-room');
    expect(await alice.next('peer-signal-error')).toMatchObject({ event: 'join-room', code: 'BAD_REQUEST' });
  });

  test('a flood is refused, and in the end the socket is closed; others notice nothing', async () => {
    server = await signalServer({ socketLimits: { messagesPerSecond: 0.001, messageBurst: 20 } });
    const [alice, bob, eve] = [
      await server.join('Alice'),
      await server.join('Bob'),
      await server.join('Eve'),
    ];
    const ended = eve.ended();
    for (let sent = 0; sent < 200; sent++) {
      eve.socket.emit('peer-signal', { id: bob.id, roomName: 'general', pseudo: 'Eve', signal: CANDIDATE });
    }
    expect(await ended).toBe('io server disconnect');
    const codes = eve.received
      .filter(({ event }) => event === 'peer-signal-error')
      .map(({ data }) => (data as { code: string }).code);
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
    expect(await alice.signal(bob.id, OFFER)).toEqual({});
    for (let passed = 0; passed < 19; passed++) {
      expect(await bob.next('peer-signal')).toMatchObject({ pseudo: 'Eve', signal: CANDIDATE });
    }
    expect(await bob.next('peer-signal')).toMatchObject({ pseudo: 'Alice', signal: OFFER });
  });

  test('a client that does not read is let go, and what waits for it with it', async () => {
    server = await signalServer({ socketLimits: { messagesPerSecond: 1e9, messageBurst: 1e9 } });
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    await alice.sees('Alice', 'Bob');
    const socket = server.io.of('/').sockets.get(bob.id);
    const gone = new Promise((resolve) => socket?.once('disconnect', resolve));
    const stuck = bob.stopReading();
    // More than the kernel keeps for a connection.
    const sdp = 'v=0\r\n'.padEnd(60_000, 'a');
    let sent = 0;
    const codes = new Set<string>();
    while (socket?.connected) {
      const answer = await alice.signal(bob.id, { type: 'offer', sdp });
      if ('error' in answer) codes.add(answer.error.code);
      sent += 1;
      expect(sent).toBeLessThan(5000);
    }
    await gone;
    await alice.sees('Alice');
    expect([...codes]).toEqual([]);
    expect(await alice.signal(bob.id, OFFER)).toMatchObject({ error: { code: 'PEER_NOT_FOUND' } });
    stuck.cut();
  });

  test('a long session description takes more of the allowance', async () => {
    server = await signalServer({ socketLimits: { messagesPerSecond: 0.001, messageBurst: 20 } });
    const [alice, bob] = [await server.join('Alice'), await server.join('Bob')];
    const sdp = 'v=0\r\n'.padEnd(60_000, 'a');
    expect(await alice.signal(bob.id, { type: 'offer', sdp })).toEqual({});
    expect(await alice.signal(bob.id, { type: 'offer', sdp })).toMatchObject({
      error: { code: 'RATE_LIMITED' },
    });
    expect(await alice.signal(bob.id, { type: 'offer', sdp: sdp.repeat(2) })).toMatchObject({
      error: { code: 'RATE_LIMITED' },
    });
  });
});

describe('calls', () => {
  const pair = async () => {
    server = await signalServer();
    return [await server.join('Alice'), await server.join('Bob')] as const;
  };
  const hangup = (from: SignalClient, pseudo: string, reason: string) => ({
    id: from.id,
    roomName: 'general',
    pseudo,
    signal: { type: 'hangup', reason },
  });

  test.each(['reject', 'busy', 'hangup'])('%s ends a call once', async (type) => {
    const [alice, bob] = await pair();
    await alice.signal(bob.id, OFFER);
    for (let time = 0; time < 2; time++) expect(await bob.signal(alice.id, { type })).toEqual({});
    // Over for the caller as well: nothing is said twice, and an answer comes too late.
    expect(await alice.signal(bob.id, { type: 'hangup' })).toEqual({});
    expect(await bob.signal(alice.id, ANSWER)).toMatchObject({ error: { code: 'CALL_NOT_FOUND' } });
    expect(alice.signals()).toEqual([expect.objectContaining({ signal: { type } })]);
    expect(bob.signals()).toHaveLength(1);
    // And the next call is possible.
    await bob.signal(alice.id, OFFER);
    expect(await alice.signal(bob.id, ANSWER)).toEqual({});
  });

  test.each(['ringing', 'answered'])('a lost connection ends a call that is %s', async (phase) => {
    const [alice, bob] = await pair();
    await alice.signal(bob.id, OFFER);
    if (phase === 'answered') await bob.signal(alice.id, ANSWER);
    const expected = hangup(alice, 'Alice', 'connectionLost');
    await alice.drop();
    await bob.next('peer-signal');
    expect(await bob.next('peer-signal')).toEqual(expected);
    await bob.sees('Bob');
  });

  test('leaving the room ends a call', async () => {
    const [alice, bob] = await pair();
    await alice.signal(bob.id, OFFER);
    await bob.signal(alice.id, ANSWER);
    await alice.next('peer-signal');
    await bob.request('leave-room', { roomName: 'general' });
    expect(await alice.next('peer-signal')).toEqual(hangup(bob, 'Bob', 'left'));
    expect(await alice.signal(bob.id, { type: 'hangup' })).toMatchObject({
      error: { code: 'PEER_NOT_FOUND' },
    });
  });

  test('a call taken on one device stops on the others of the same user', async () => {
    server = await signalServer({ access: { jwtSecret: SECRET } });
    const bobs = await createToken({ sub: 'bob', name: 'Bob' }, SECRET);
    const alice = await server.join('Alice', {
      token: await createToken({ sub: 'alice' }, SECRET),
    });
    const laptop = await server.join('me', { token: bobs });
    const phone = await server.join('me', { token: bobs });
    await alice.signal(laptop.id, OFFER);
    await alice.signal(phone.id, OFFER);
    await phone.signal(alice.id, ANSWER);
    await laptop.next('peer-signal');
    expect(await laptop.next('peer-signal')).toEqual(hangup(alice, 'Alice', 'takenElsewhere'));
    expect(alice.signals()).toEqual([
      hangup(laptop, 'Bob', 'takenElsewhere'),
      expect.objectContaining({ id: phone.id, signal: ANSWER }),
    ]);
    expect(await laptop.signal(alice.id, ANSWER)).toMatchObject({ error: { code: 'CALL_NOT_FOUND' } });
  });
});

describe('who may', () => {
  test('the token opens the rooms that it names, wherever it is put', async () => {
    server = await signalServer({ access: { jwtSecret: SECRET } });
    const token = await createToken({ sub: 'a', name: 'Alice', rooms: ['team:*'] }, SECRET);
    for (const options of [
      { auth: { token } },
      { query: { token } },
      { extraHeaders: { authorization: `Bearer ${token}` } },
    ]) {
      const client = await server.connect(options);
      const { participants } = await client.join('team:1', 'not my name');
      expect(participants).toContainEqual({ id: client.id, pseudo: 'Alice' });
      expect(await client.join('private', 'Alice')).toMatchObject({ error: { code: 'ROOM_NOT_ALLOWED' } });
    }
  });

  test('nobody without a token, with a broken or an old one', async () => {
    server = await signalServer({ access: { jwtSecret: SECRET } });
    const old = await new SignJWT({ sub: 'a', exp: 1 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    for (const [token, code] of [
      [undefined, 'UNAUTHORIZED'],
      ['nonsense', 'TOKEN_INVALID'],
      ['with spaces and\nlines', 'UNAUTHORIZED'],
      [{ $ne: null }, 'UNAUTHORIZED'],
      [old, 'TOKEN_EXPIRED'],
    ] as const) {
      const client = await server.connect({ auth: { token } });
      expect(await client.join('general', 'Eve')).toMatchObject({ error: { code } });
      expect(await client.signal('x', OFFER)).toMatchObject({ error: { code: 'NOT_JOINED' } });
    }
  });

  test('the hooks of the host application decide, with the handshake before them', async () => {
    const asked: string[] = [];
    server = await signalServer({
      access: {
        authorize: (request, { room }) => {
          asked.push(`${room} ${request.headers.get('cookie') ?? ''} ${new URL(request.url).pathname}`);
          return { userId: 'u', name: 'Named by the host' };
        },
      },
      hooks: {
        onJoin: ({ room, displayName }) => {
          if (room.id === 'closed') throw new Error(`${displayName}, we are closed`);
        },
      },
    });
    const client = await server.connect({ extraHeaders: { cookie: 'session=1' } });
    expect(await client.join('open', 'x')).toMatchObject({ participants: [{ pseudo: 'Named by the host' }] });
    expect(await client.join('closed', 'x')).toEqual({
      error: { code: 'JOIN_REFUSED', message: 'Named by the host, we are closed' },
    });
    expect(asked).toEqual(['open session=1 /socket.io/', 'closed session=1 /socket.io/']);
  });
});
