import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createToken, type TokenClaims } from '../src/index.js';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { sampleAudio, sampleDtls } from '../src/testing/rtpSamples.js';
import { consume, enterCall } from './support/call.js';
import { memoryServer } from './support/memoryServer.js';
import { rtpCapabilities } from './support/requests.js';
import { socketServer, type SocketServer } from './support/socketServer.js';

const jwtSecret = 'a secret that is as long as it has to be';

describe('tokens', () => {
  let server: SocketServer;
  beforeEach(async () => {
    server = await socketServer({ media: new FakeBackend(), access: { jwtSecret } });
  });
  afterEach(() => server.close());

  const sign = (claims: TokenClaims = { sub: 'alice' }, secret = jwtSecret) => createToken(claims, secret);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  /** What a plain GET to the socket's address says, which is why the upgrade was refused. */
  const reason = async (token?: string, roomId = 'room') => {
    const query = new URLSearchParams({ roomId, peerId: 'alice', ...(token !== undefined && { token }) });
    const response = await fetch(`${server.url}/ws?${query.toString()}`);
    return { status: response.status, ...((await response.json()) as { error: string }) };
  };

  test.each([
    { what: 'none', token: () => undefined, code: 'UNAUTHORIZED' },
    { what: 'not a token', token: () => 'hello', code: 'TOKEN_INVALID' },
    {
      what: 'signed by somebody else',
      token: () => sign({}, 'another secret of more than 32 bytes'),
      code: 'TOKEN_INVALID',
    },
    {
      what: 'changed after signing',
      token: async () => {
        const [head, , signature] = (await sign()).split('.');
        return `${String(head)}.${encode({ sub: 'mallory', exp: inAnHour })}.${String(signature)}`;
      },
      code: 'TOKEN_INVALID',
    },
    {
      // RFC 8725 §2.1
      what: 'with no signature at all',
      token: () => `${encode({ alg: 'none' })}.${encode({ sub: 'mallory', exp: inAnHour })}.`,
      code: 'TOKEN_INVALID',
    },
    {
      what: 'for another room',
      token: () => sign({ rooms: ['lobby', 'team:*'] }),
      code: 'ROOM_NOT_ALLOWED',
      status: 403,
    },
  ])('$what: refused', async ({ token, code, status = 401 }) => {
    const shown = await token();
    expect(await reason(shown)).toMatchObject({ status, error: code });
    const options = shown === undefined ? {} : { token: shown };
    await expect(server.connect('alice', options)).rejects.toThrow(
      `Unexpected server response: ${String(status)}`,
    );
    expect(server.parlor.rooms.size).toBe(0);
  });

  test('expired: refused, and the code says so', async () => {
    const { SignJWT } = await import('jose');
    const token = await new SignJWT({ sub: 'alice' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(Date.now() / 1000) - 60)
      .sign(new TextEncoder().encode(jwtSecret));
    expect(await reason(token)).toMatchObject({ status: 401, error: 'TOKEN_EXPIRED' });
  });

  test('the rooms of a token may be patterns, and it opens nothing else', async () => {
    const token = await sign({ rooms: ['team:*'] });
    expect(await reason(token, 'team:1')).toMatchObject({ error: 'UPGRADE_REQUIRED' });
    expect(await reason(token, 'steam:1')).toMatchObject({ error: 'ROOM_NOT_ALLOWED' });
    // What a room has is nobody's business who may not enter it.
    const response = await fetch(`${server.url}/rooms/other`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(403);
  });

  test('the name in the token is the one that others see', async () => {
    const alice = await server.connect('alice', { token: await sign({ sub: 'alice', name: 'Alice' }) });
    expect(await alice.join({ displayName: 'The Boss' })).toMatchObject({ data: { displayName: 'Alice' } });
  });

  test('a socket joins the room and as the peer of its address only', async () => {
    const token = await sign({ rooms: ['room'] });
    const alice = await server.connect('alice', { token });
    for (const data of [
      { roomId: 'another', peerId: 'alice' },
      { roomId: 'room', peerId: 'bob' },
    ]) {
      expect(await alice.request('joinRoom', data)).toMatchObject({ ok: false, code: 'BAD_REQUEST' });
    }
    expect(server.parlor.rooms.size).toBe(0);
  });

  test('a peer id is its user’s: others cannot take it, the same user takes it over', async () => {
    const alice = await server.connect('desk', { token: await sign({ sub: 'alice' }) });
    await alice.join();
    const mallory = await server.connect('desk', { token: await sign({ sub: 'mallory' }) });
    expect(await mallory.join()).toMatchObject({ code: 'PEER_ID_TAKEN' });
    expect(alice.closeFrame).toBeUndefined();
    const again = await server.connect('desk', { token: await sign({ sub: 'alice' }) });
    expect(await again.join()).toMatchObject({ ok: true });
    expect(await alice.closed).toEqual([4000, 'PEER_REPLACED']);
  });
});

describe('resume tokens', () => {
  test('prove who one is, for one peer in one room, to whoever follows on it', async () => {
    const server = memoryServer();
    const connect = async (peerId: string, roomId = 'room') => server.connect(peerId, { roomId });
    const token = (answer: { data?: Record<string, unknown> }) => String(answer.data?.['resumeToken']);
    const first = token(await (await connect('alice')).join());
    const bobs = token(await (await connect('bob')).join());
    const elsewhere = token(await (await connect('alice', 'another')).join());
    for (const resumeToken of [bobs, elsewhere, '', first.slice(0, -1), `${first}x`]) {
      expect(await (await connect('alice')).join({ resumeToken })).toMatchObject({ code: 'PEER_ID_TAKEN' });
    }
    const second = token(await (await connect('alice')).join({ resumeToken: first }));
    expect(second).not.toBe(first);
    // The answer may have been lost on its way: its client has nothing but the one before.
    for (const resumeToken of [first, second])
      expect(await (await connect('alice')).join({ resumeToken })).toMatchObject({ ok: true });
    // Somebody who comes after she has left is not her, whatever she has had.
    const alice = await connect('alice');
    await alice.join({ resumeToken: second });
    await alice.request('leave');
    await (await connect('alice')).join();
    for (const resumeToken of [first, second])
      expect(await (await connect('alice')).join({ resumeToken })).toMatchObject({ code: 'PEER_ID_TAKEN' });
  });
});

describe('objects of somebody else', () => {
  test.each(['the same room', 'another room'])(
    'from %s are not found, and nothing happens to them',
    async (where) => {
      const server = memoryServer();
      const alice = await enterCall(await server.connect('alice'));
      const bob = await enterCall(await server.connect('bob'));
      const consumerId = await consume(bob, alice.video);
      const roomId = where === 'the same room' ? 'room' : 'elsewhere';
      const mallory = await enterCall(await server.connect('mallory', { roomId }));
      const before = [alice, bob].map(({ client }) => client.log.frames.length);

      const dtlsParameters = sampleDtls();
      const audio = { kind: 'audio', rtpParameters: sampleAudio() };
      for (const transportId of [alice.send, alice.recv]) {
        for (const [method, data] of [
          ['connectWebRtcTransport', { transportId, dtlsParameters }],
          ['restartIce', { transportId }],
          ['getTransportStats', { transportId }],
          ['closeTransport', { transportId }],
          ['produce', { transportId, ...audio }],
        ] as const) {
          expect(await mallory.client.request(method, data), method).toMatchObject({
            code: 'TRANSPORT_NOT_FOUND',
          });
        }
      }
      for (const method of ['pauseProducer', 'resumeProducer', 'closeProducer']) {
        const answer = await mallory.client.request(method, { producerId: alice.video });
        expect(answer, method).toMatchObject({ code: 'PRODUCER_NOT_FOUND' });
      }
      for (const method of ['pause', 'resume', 'closeConsumer', 'requestKeyFrame', 'setPreferredLayers']) {
        const answer = await mallory.client.request(method, { consumerId, spatialLayer: 0 });
        expect(answer, method).toMatchObject({ code: 'CONSUMER_NOT_FOUND' });
      }
      if (roomId === 'elsewhere') {
        const one = await mallory.client.request('consume', { producerId: alice.video, rtpCapabilities });
        expect(one).toMatchObject({ code: 'PRODUCER_NOT_FOUND' });
        const many = await mallory.client.request('subscribe', { producerIds: [alice.video, alice.audio] });
        expect(many.data).toMatchObject({
          consumers: [],
          failed: [{ code: 'PRODUCER_NOT_FOUND' }, { code: 'PRODUCER_NOT_FOUND' }],
        });
        const message = await mallory.client.request('sendMessage', { to: 'alice', topic: 'x', payload: 1 });
        expect(message).toMatchObject({ code: 'PEER_NOT_FOUND' });
      }
      expect([alice, bob].map(({ client }) => client.log.frames.length)).toEqual(before);
      expect(server.rooms.get('room')?.peers.get('bob')?.consumers.get(consumerId)).toMatchObject({
        paused: false,
      });
    },
  );

  test('among one’s own: passed over, and only one’s own is touched', async () => {
    const server = memoryServer();
    const alice = await enterCall(await server.connect('alice'));
    const bob = await enterCall(await server.connect('bob'));
    const foreign = await consume(bob, alice.video);
    const own = await consume(alice, bob.video);
    const consumerOf = (peerId: string, id: string) =>
      server.rooms.get('room')?.peers.get(peerId)?.consumers.get(id);
    const before = consumerOf('bob', foreign)?.paused;
    for (const method of ['resume', 'pause', 'closeConsumer']) {
      expect(await alice.client.request(method, { consumerIds: [own, foreign] })).toMatchObject({ ok: true });
    }
    expect(consumerOf('alice', own)).toBeUndefined();
    expect(consumerOf('bob', foreign)).toMatchObject({ closed: false, paused: before });
  });
});
