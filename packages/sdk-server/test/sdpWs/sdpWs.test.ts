import { describe, expect, test } from 'vitest';
import { NEGOTIATION_TIMES } from '../../src/sdp/Negotiator.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { sdpWsServer, type Message, type SdpWsClient, type SdpWsServer } from './sdpWsServer.js';

const { debounce, grace, answer: patience } = NEGOTIATION_TIMES;

const types = (messages: readonly Message[]) => messages.map(({ type }) => type);
const directions = (sdp: string) => parseDescription(sdp).sections.map(({ direction }) => direction);

/** Publishes sound and a picture that arrive at the server. */
async function publish(server: SdpWsServer, client: SdpWsClient, sessionId: string): Promise<void> {
  client.connection.addTrack('audio');
  client.connection.addTrack('video');
  client.offer();
  await server.settled();
  server.flow(sessionId);
  await server.pass(debounce);
}

describe('who may come in', () => {
  const refused = (server: SdpWsServer, options: object) =>
    server.connect('alice', options).then(
      () => 'in',
      ({ code }: { code: string }) => code,
    );

  test('chats and groups are rooms of their own, and a token opens those that it names', async () => {
    const server = sdpWsServer();
    const claims = { rooms: ['chat:1', 'group:*'] };
    expect(await refused(server, { claims })).toBe('in');
    expect(await refused(server, { claims, path: '/api/v1/group/1/call' })).toBe('in');
    expect(await refused(server, { claims, path: '/api/v1/chat/2/call' })).toBe('ROOM_NOT_ALLOWED');
    expect(await refused(server, { token: 'nonsense' })).toBe('TOKEN_INVALID');
    expect(await refused(server, { path: '/api/v1/chat/%ff/call' })).toBe('BAD_REQUEST');
    await expect(server.connect('alice', { path: '/api/v1/other/1/call' })).rejects.toThrow('not taken');
    const chat = await server.join('alice');
    const group = await server.connect('alice', { path: '/api/v1/group/1/call' });
    group.send({ type: 'join' });
    await server.settled();
    expect(chat.news()).toMatchObject([{ type: 'joined', participants: [] }]);
    expect(group.news()).toMatchObject([{ type: 'joined', participants: [] }]);
  });
});

describe('coming and going', () => {
  test('rooms come with the first and go with the last', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice', { name: 'Alice' });
    expect(alice.news()).toMatchObject([
      {
        type: 'joined',
        roomId: 1,
        sessionId: 'alice',
        participants: [],
        iceServers: [{ urls: ['stun:stun.example.com'] }],
      },
    ]);
    const bob = await server.join('bob');
    expect(bob.news()).toMatchObject([
      { type: 'joined', participants: [{ id: 'alice', name: 'Alice', streamId: 'alice' }] },
    ]);
    bob.send({ type: 'leave' });
    await server.settled();
    expect(alice.news()).toMatchObject([
      { type: 'participantJoined', participant: { id: 'bob', name: 'bob' } },
      { type: 'participantLeft', participantId: 'bob' },
    ]);
    alice.disconnect();
    await server.settled();
    expect(server.room()).toBeUndefined();
    expect(server.errors).toEqual([]);
  });

  test('who has left may join again on the same connection', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    await publish(server, alice, 'alice');
    alice.send({ type: 'leave' });
    alice.send({ type: 'ice', payload: { candidate: '' } });
    await server.settled();
    expect(types(alice.news()).at(-1)).toBe('state');
    alice.send({ type: 'join' });
    alice.offer();
    await server.settled();
    expect(types(alice.news())).toEqual(['joined', 'state', 'state', 'answer']);
  });

  test('whoever offers is in, under a name that it is told if it has none', async () => {
    const server = sdpWsServer();
    const alice = await server.connect();
    alice.connection.addTrack('audio');
    alice.offer();
    await server.settled();
    const [joined, ...rest] = alice.news();
    expect(joined).toMatchObject({ type: 'joined', sessionId: expect.stringMatching(/.{10,}/) });
    expect(types(rest)).toEqual(['state', 'state', 'answer']);
  });

  test('the same user with the same session takes its own place', async () => {
    const server = sdpWsServer();
    const first = await server.join('alice');
    const second = await server.join('alice');
    expect(first.closed).toEqual([4409, 'PEER_REPLACED']);
    expect(types(second.news())).toEqual(['joined']);
    const thief = await server.join('alice', { sub: 'somebody else' });
    expect(thief.news()).toMatchObject([{ type: 'error', code: 'PEER_ID_TAKEN' }]);
    expect(second.closed).toBeUndefined();
  });

  test('who is removed, and the end of the room, are told before the connection ends', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    const bob = await server.join('bob');
    server.room()?.peers.get('alice')?.remove('out');
    expect(alice.news().at(-1)).toMatchObject({ type: 'error', code: 'PEER_REMOVED', message: 'out' });
    expect(alice.closed).toEqual([4403, 'PEER_REMOVED']);
    server.room()?.close();
    expect(bob.closed).toEqual([4410, 'ROOM_CLOSED']);
  });

  test('who never joins is let go', async () => {
    const server = sdpWsServer();
    const alice = await server.connect('alice');
    await server.pass(60_000);
    expect(alice.closed).toEqual([4408, 'IDLE_TIMEOUT']);
    const bob = await server.join('bob');
    await server.pass(600_000);
    expect(bob.closed?.[1]).not.toBe('IDLE_TIMEOUT');
  });
});

describe('messages', () => {
  test('payloads as text are answered as text, and room ids as they are written', async () => {
    const server = sdpWsServer();
    const alice = await server.connect('alice', { roomId: '1' });
    alice.connection.addTrack('audio');
    alice.send({ type: 'offer', payload: JSON.stringify({ type: 'offer', sdp: alice.connection.offer() }) });
    await server.settled();
    const answer = alice.news().at(-1);
    expect(answer).toMatchObject({ type: 'answer', roomId: '1' });
    expect(JSON.parse(String(answer?.payload))).toMatchObject({ type: 'answer' });
  });

  test('what is not JSON is ignored and logged, what makes no sense is named', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    alice.news();
    alice.write('{');
    alice.write('hello');
    expect(alice.news()).toEqual([]);
    expect(server.log.filter(([message]) => message === 'not JSON: ignored')).toHaveLength(2);
    for (const [message, code] of [
      [{ type: 'sing' }, 'BAD_REQUEST'],
      [{ type: 'offer' }, 'BAD_REQUEST'],
      [{ type: 'offer', payload: 'hello' }, 'BAD_REQUEST'],
      [{ type: 'offer', payload: { sdp: 'hello' } }, 'SDP_INVALID'],
      [{ type: 'join' }, 'ALREADY_JOINED'],
      [{ type: 'ice', payload: { candidate: 'hello' } }, 'BAD_REQUEST'],
      [{ type: 'ice', roomId: 2, payload: null }, 'BAD_REQUEST'],
    ] as const) {
      alice.send(message);
      await server.settled();
      expect(alice.news().filter(({ type }) => type === 'error')).toMatchObject([{ code }]);
    }
    alice.write('null');
    expect(alice.news()).toMatchObject([{ type: 'error', code: 'BAD_REQUEST' }]);
    const bob = await server.connect('bob');
    bob.send({ type: 'answer', payload: { sdp: 'x' } });
    expect(bob.news()).toMatchObject([{ type: 'error', code: 'NOT_JOINED' }]);
    expect(server.errors).toEqual([]);
  });

  test('candidates are looked at and counted, and nothing is done with them', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    alice.news();
    const candidate = 'candidate:1 1 UDP 2113667326 192.168.1.100 54400 typ host';
    alice.send({ type: 'ice', payload: { candidate, sdpMLineIndex: 0, sdpMid: '0' } });
    alice.send({
      type: 'ice',
      payload: JSON.stringify({ candidate: 'candidate:a 1 tcp 9 x-y.local 9 typ host tcptype active' }),
    });
    alice.send({ type: 'ice', payload: { candidate: '' } });
    alice.send({ type: 'ice' });
    expect(alice.news()).toEqual([]);
    for (let count = 0; count < 1000; count += 1) alice.send({ type: 'ice', payload: { candidate } });
    expect(new Set(alice.news().map(({ code }) => code))).toEqual(new Set(['RATE_LIMITED']));
    await publish(server, alice, 'alice');
    alice.send({ type: 'ice', payload: { candidate } });
    expect(types(alice.news())).not.toContain('error');
  });
});

describe('media', () => {
  test('others are offered when their media has come, with what they are called', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    await publish(server, alice, 'alice');
    const bob = await server.join('bob');
    bob.connection.addTrack('audio');
    bob.offer();
    await server.settled();
    await server.pass(debounce);
    expect(directions(bob.sdp('offer'))).toEqual(['recvonly', 'sendonly', 'sendonly']);
    expect(parseDescription(bob.sdp('offer')).sections[1]?.msid?.stream).toBe('alice');
    bob.answer();
    await server.settled();
    await server.pass(debounce);
    alice.news();
    expect(types(alice.messages)).not.toContain('offer');
    server.flow('bob');
    await server.pass(debounce);
    expect(types(alice.news())).toEqual(['offer']);
    expect(server.errors).toEqual([]);
  });

  test('a muted track is told and offered as inactive', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    await publish(server, alice, 'alice');
    const bob = await server.join('bob');
    bob.connection.addTrack('audio');
    bob.offer();
    await server.settled();
    await server.pass(debounce);
    bob.answer();
    await server.settled();
    await server.pass(debounce);
    bob.news();
    const [microphone] = server.room()!.peers.get('alice')!.producers.values();
    await microphone!.pause();
    await server.pass(debounce);
    expect(bob.news()).toMatchObject([
      { type: 'muted', muted: true, participantId: 'alice', streamId: 'alice', kind: 'audio' },
      { type: 'offer' },
    ]);
    expect(directions(bob.sdp('offer'))).toEqual(['recvonly', 'inactive', 'sendonly']);
    const carol = await server.join('carol');
    expect(carol.news()).toMatchObject([
      { type: 'joined' },
      { type: 'muted', muted: true, participantId: 'alice' },
    ]);
    bob.answer();
    await server.settled();
    await microphone!.resume();
    await server.pass(debounce);
    expect(directions(bob.sdp('offer'))).toEqual(['recvonly', 'sendonly', 'sendonly']);
  });

  test('tracks that cannot be played are named with whose they are', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice', { name: 'Alice' });
    await publish(server, alice, 'alice');
    const bob = await server.join('bob');
    bob.connection.addTrack('video');
    const sdp = bob.connection
      .offer()
      .replace('96 97 98 99', '98 99')
      .replace(/a=(rtpmap|fmtp):9[67] .*\r\n/g, '');
    bob.send({ type: 'offer', payload: { type: 'offer', sdp } });
    await server.settled();
    await server.pass(debounce);
    const errors = bob.news().filter(({ type }) => type === 'error');
    expect(errors).toMatchObject([
      { code: 'CANNOT_CONSUME', track: { participantId: 'alice', streamId: 'alice', kind: 'video' } },
    ]);
    expect(errors[0]?.['message']).toContain('video of Alice cannot be played');
  });

  test('who may not publish hears it, and who may not receive gets nothing', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    await publish(server, alice, 'alice');
    const viewer = await server.join('viewer', { can: { publish: [] } });
    viewer.connection.addTrack('audio');
    viewer.offer();
    await server.settled();
    await server.pass(debounce);
    expect(viewer.news()).toMatchObject([
      { type: 'joined' },
      { type: 'state' },
      { type: 'state' },
      { type: 'answer' },
      { type: 'error', code: 'FORBIDDEN', mid: '0' },
      { type: 'offer' },
    ]);
    const deaf = await server.join('deaf', { can: { subscribe: false } });
    deaf.connection.addTrack('audio');
    deaf.offer();
    await server.settled();
    await server.pass(debounce);
    expect(types(deaf.news())).toEqual(['joined', 'state', 'state', 'answer']);
  });

  test('a client that waits is offered sections for what it may send', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    const listener = await server.join('listener', { can: { publish: ['audio'] } });
    await server.pass(grace);
    expect(directions(alice.sdp('offer'))).toEqual(['recvonly', 'recvonly']);
    expect(directions(listener.sdp('offer'))).toEqual(['recvonly']);
  });

  test('a client that never answers is let go, and nobody else notices', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    const bob = await server.join('bob');
    await publish(server, bob, 'bob');
    await server.pass(grace);
    await server.pass(patience);
    expect(alice.closed).toEqual([4408, 'ANSWER_TIMEOUT']);
    expect(alice.messages.at(-1)).toMatchObject({ type: 'error', code: 'ANSWER_TIMEOUT' });
    expect(bob.closed).toBeUndefined();
    expect([...server.room()!.peers.keys()]).toEqual(['bob']);
  });

  test('states are told and logged; what is lost is looked for, and made anew on another connection', async () => {
    const server = sdpWsServer();
    const alice = await server.join('alice');
    await publish(server, alice, 'alice');
    const states = () =>
      alice
        .news()
        .filter(({ type }) => type === 'state')
        .map(({ state }) => state);
    expect(states()).toEqual(['new', 'connected']);
    const [transport] = server.room()!.peers.get('alice')!.transports.values();
    const { media } = transport as unknown as {
      media: { state: string; emit(event: string, state?: string): void };
    };
    media.state = 'disconnected';
    media.emit('stateChanged', 'disconnected');
    await server.pass(debounce);
    expect(types(alice.news())).toEqual(['state', 'offer']);
    media.emit('closed');
    await server.pass(patience);
    expect(states()).toEqual(['closed']);
    expect(alice.closed).toBeUndefined();
    alice.offer();
    await server.settled();
    expect(types(alice.news())).toEqual(['state', 'state', 'answer']);
    expect(
      server.log
        .filter(([message]) => message === 'connection of an SDP client')
        .map(([, { state }]) => state),
    ).toEqual(['new', 'connected', 'disconnected', 'closed', 'new', 'connected']);
    expect(server.errors).toEqual([]);
  });
});
