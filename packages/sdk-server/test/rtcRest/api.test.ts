import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../src/access/tokens.js';
import { sampleAudio, sampleDtls } from '../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../support/requests.js';
import { consume, enterCall } from './call.js';
import { rtcServer, SECRET, type RtcServer, type RtcServerOptions } from './rtcServer.js';

let server: RtcServer;
const start = (options?: RtcServerOptions) => (server = rtcServer(options));
beforeEach(() => {
  start();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const dtlsParameters = sampleDtls();

describe('RTC-03, the source document to the letter', () => {
  test('connects, once', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const { id } = await alice.did('POST', '/rtc/transports', { direction: 'send' });
    const path = `/rtc/transports/${String(id)}/connect`;
    const connected = await alice.ask('POST', path, { body: { dtlsParameters } });
    expect([connected.status, connected.body]).toEqual([200, { connected: true }]);
    const again = await alice.ask('POST', path, {
      body: { dtlsParameters },
      headers: { 'accept-language': 'ja' },
    });
    expect([again.status, again.body]).toEqual([
      409,
      { error: 'ALREADY_CONNECTED', message: 'TransportはすでにDTLS接続済みです。' },
    ]);
  });

  test('takes the body of the document', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const { id } = await alice.did('POST', '/rtc/transports', { direction: 'send' });
    const value = dtlsParameters.fingerprints[0]?.value;
    const body = { dtlsParameters: { role: 'auto', fingerprints: [{ algorithm: 'sha-256', value }] } };
    expect(await alice.did('POST', `/rtc/transports/${String(id)}/connect`, body)).toEqual({
      connected: true,
    });
  });

  test.each(['ja', 'ja-JP,ja;q=0.9,en;q=0.8', '*', ''])(
    'says in Japanese what is missing: no room before no transport (%s)',
    async (language) => {
      const alice = await server.user('alice');
      const ask = () =>
        alice.ask('POST', '/rtc/transports/nothing/connect', {
          body: { dtlsParameters },
          headers: { 'accept-language': language },
        });
      const noRoom = await ask();
      expect([noRoom.status, noRoom.body]).toEqual([
        404,
        { error: 'ROOM_NOT_FOUND', message: '通話ルームが見つかりません。' },
      ]);
      expect(noRoom.headers.get('content-language')).toBe('ja');
      await alice.did('POST', '/rtc/rooms/room/join');
      const noTransport = await ask();
      expect([noTransport.status, noTransport.body]).toEqual([
        404,
        { error: 'TRANSPORT_NOT_FOUND', message: 'Transportが存在しません。' },
      ]);
    },
  );

  test.each([
    ['zh-CN', '找不到通话房间'],
    ['ru', 'Комната звонка не найдена'],
    ['fr-CA', "Salon d'appel introuvable"],
    ['en-GB', 'you are in no room: enter one with POST /rtc/rooms/{roomId}/join'],
    ['de', 'you are in no room: enter one with POST /rtc/rooms/{roomId}/join'],
  ])('has texts in %s', async (language, message) => {
    const alice = await server.user('alice');
    const { body } = await alice.ask('POST', '/rtc/leave', { headers: { 'accept-language': language } });
    expect(body).toEqual({ error: 'ROOM_NOT_FOUND', message });
  });

  test('needs a token that names a user', async () => {
    const anonymous = await server.send(new Request('http://localhost/rtc/transports', { method: 'POST' }));
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect(await anonymous.json()).toEqual({ error: 'UNAUTHORIZED', message: 'ログインしてください。' });
    const nameless = await createToken({ name: 'Nobody' }, SECRET);
    for (const [method, path] of [
      ['POST', '/rtc/rooms/room/join'],
      ['POST', '/rtc/transports'],
      ['GET', '/rtc/events'],
    ] as const) {
      const headers = { authorization: `Bearer ${nameless}` };
      const refused = await server.send(new Request(`http://localhost${path}`, { method, headers }));
      expect([refused.status, await refused.json()]).toMatchObject([401, { error: 'UNAUTHORIZED' }]);
    }
  });
});

describe('a call', () => {
  test('goes from joining to leaving', async () => {
    const alice = await server.user('alice', { name: 'Alice' });
    const bob = await server.user('bob');
    const joined = await alice.did('POST', '/rtc/rooms/room/join', { displayName: 'Somebody' });
    expect(joined).toEqual({
      roomId: 'room',
      peerId: 'peer-1',
      rtpCapabilities: server.rooms.get('room')?.rtpCapabilities,
      peers: [],
      producers: [],
      iceServers: [{ urls: ['stun:stun.example.com'] }],
    });
    // The token's name, not what the client says.
    expect(server.rooms.get('room')?.peers.get('peer-1')?.displayName).toBe('Alice');
    const his = await enterCall(bob);
    const again = await alice.did('POST', '/rtc/rooms/room/join');
    expect(again).toMatchObject({
      peerId: 'peer-1',
      peers: [{ id: 'peer-2' }],
      producers: [
        { producerId: his.audio, peerId: 'peer-2', kind: 'audio', appData: { source: 'microphone' } },
        { producerId: his.video, peerId: 'peer-2', kind: 'video', paused: false },
      ],
    });
    expect(await alice.did('GET', '/rtc/rooms/room/producers')).toEqual({ producers: again['producers'] });
    expect(await bob.did('GET', '/rtc/rooms/room/producers')).toEqual({ producers: [] });

    const transport = await alice.did('POST', '/rtc/transports', { direction: 'recv' });
    expect(Object.keys(transport).sort()).toEqual([
      'dtlsParameters',
      'iceCandidates',
      'iceParameters',
      'iceServers',
      'id',
    ]);
    const path = `/rtc/transports/${String(transport['id'])}`;
    const { iceParameters } = await alice.did('POST', `${path}/restart-ice`);
    expect(iceParameters).not.toEqual(transport['iceParameters']);
    const body = { producerId: his.video, rtpCapabilities };
    const consumer = await alice.did('POST', `${path}/consume`, body);
    expect(consumer).toMatchObject({
      producerId: his.video,
      kind: 'video',
      type: 'simple',
      paused: true,
      producerPaused: false,
    });
    expect(consumer).toHaveProperty('rtpParameters.codecs');
    const inCore = () => server.rooms.get('room')?.peers.get('peer-1')?.consumers.get(String(consumer['id']));
    expect(await alice.did('POST', `/rtc/consumers/${String(consumer['id'])}/resume`)).toEqual({
      resumed: true,
    });
    expect(inCore()?.paused).toBe(false);
    expect(await alice.did('POST', `/rtc/consumers/${String(consumer['id'])}/pause`)).toEqual({
      paused: true,
    });
    expect(inCore()?.paused).toBe(true);
    // What the client can receive is remembered.
    expect(await alice.did('POST', `${path}/consume`, { producerId: his.audio })).toMatchObject({
      paused: true,
    });

    const published = () => server.rooms.get('room')?.producers.get(his.audio);
    expect(await bob.did('POST', `/rtc/producers/${his.audio}/pause`)).toEqual({ paused: true });
    expect(published()?.paused).toBe(true);
    expect(await bob.did('POST', `/rtc/producers/${his.audio}/resume`)).toEqual({ resumed: true });
    expect(published()?.paused).toBe(false);
    expect(await alice.did('DELETE', `/rtc/consumers/${String(consumer['id'])}`)).toEqual({ closed: true });
    expect(inCore()).toBeUndefined();
    expect(await bob.did('DELETE', `/rtc/producers/${his.audio}`)).toEqual({ closed: true });
    expect(published()).toBeUndefined();
    expect(await alice.did('DELETE', path)).toEqual({ closed: true });
    expect(await alice.did('POST', '/rtc/leave')).toEqual({ left: true });
    expect((await alice.ask('POST', '/rtc/leave')).status).toBe(404);
    expect([...(server.rooms.get('room')?.peers.keys() ?? [])]).toEqual(['peer-2']);
  });

  test("leaves others' objects alone: they are not found", async () => {
    const [mallory, bob] = [await server.user('mallory'), await server.user('bob')];
    const his = await enterCall(bob);
    const hers = await enterCall(mallory);
    const consumer = await consume(bob, his.recv, hers.video);
    for (const [method, path, error, body] of [
      ['POST', `/rtc/transports/${his.send}/connect`, 'TRANSPORT_NOT_FOUND', { dtlsParameters }],
      [
        'POST',
        `/rtc/transports/${his.send}/produce`,
        'TRANSPORT_NOT_FOUND',
        { kind: 'audio', rtpParameters: sampleAudio() },
      ],
      [
        'POST',
        `/rtc/transports/${his.recv}/consume`,
        'TRANSPORT_NOT_FOUND',
        { producerId: his.video, rtpCapabilities },
      ],
      ['POST', `/rtc/transports/${his.recv}/restart-ice`, 'TRANSPORT_NOT_FOUND', undefined],
      ['DELETE', `/rtc/transports/${his.recv}`, 'TRANSPORT_NOT_FOUND', undefined],
      ['POST', `/rtc/consumers/${consumer}/resume`, 'CONSUMER_NOT_FOUND', undefined],
      ['POST', `/rtc/consumers/${consumer}/pause`, 'CONSUMER_NOT_FOUND', undefined],
      ['DELETE', `/rtc/consumers/${consumer}`, 'CONSUMER_NOT_FOUND', undefined],
      ['POST', `/rtc/producers/${his.video}/pause`, 'PRODUCER_NOT_FOUND', undefined],
      ['POST', `/rtc/producers/${his.video}/resume`, 'PRODUCER_NOT_FOUND', undefined],
      ['DELETE', `/rtc/producers/${his.video}`, 'PRODUCER_NOT_FOUND', undefined],
      // Her own, but not for this.
      [
        'POST',
        `/rtc/transports/${hers.recv}/produce`,
        'TRANSPORT_NOT_FOUND',
        { kind: 'audio', rtpParameters: sampleAudio() },
      ],
      [
        'POST',
        `/rtc/transports/${hers.recv}/consume`,
        'PRODUCER_NOT_FOUND',
        { producerId: hers.video, rtpCapabilities },
      ],
    ] as const) {
      const answer = await mallory.ask(method, path, { body });
      expect([answer.status, answer.body['error']], `${method} ${path}`).toEqual([404, error]);
    }
    expect(server.rooms.get('room')?.producers.get(his.video)?.paused).toBe(false);
    expect(server.rooms.get('room')?.snapshot.producers).toHaveLength(4);
  });

  test('keeps to the rights of the token', async () => {
    const listener = await server.user('listener', { can: { publish: [], create: false } });
    const missing = await listener.ask('POST', '/rtc/rooms/room/join');
    expect([missing.status, missing.body['error']]).toEqual([404, 'ROOM_NOT_FOUND']);
    await server.rooms.open('room');
    await listener.did('POST', '/rtc/rooms/room/join');
    const { id } = await listener.did('POST', '/rtc/transports', { direction: 'send' });
    const refused = await listener.ask('POST', `/rtc/transports/${String(id)}/produce`, {
      body: { kind: 'audio', rtpParameters: sampleAudio() },
    });
    expect([refused.status, refused.body['error']]).toEqual([403, 'FORBIDDEN']);
    const elsewhere = await server.user('guest', { rooms: ['chat:*'] });
    for (const [method, path] of [
      ['POST', '/rtc/rooms/room/join'],
      ['GET', '/rtc/rooms/room/producers'],
      ['GET', '/rtc/rooms/room/usage'],
    ] as const) {
      const answer = await elsewhere.ask(method, path);
      expect([answer.status, answer.body['error']]).toEqual([403, 'ROOM_NOT_ALLOWED']);
    }
    expect(await elsewhere.did('POST', '/rtc/rooms/chat:1/join')).toMatchObject({ roomId: 'chat:1' });
    expect(await elsewhere.did('POST', '/rtc/transports', { direction: 'send' })).toHaveProperty('id');
  });

  test('passes on what the host application says', async () => {
    await server.close();
    start({
      hooks: {
        onJoin: () => {
          throw new Error('今は入れません');
        },
      },
    });
    const alice = await server.user('alice');
    const answer = await alice.ask('POST', '/rtc/rooms/room/join', { headers: { 'accept-language': 'ja' } });
    expect([answer.status, answer.body]).toEqual([403, { error: 'JOIN_REFUSED', message: '今は入れません' }]);
  });

  test('is through the server: not in a room without', async () => {
    await server.rooms.open('mesh', { topology: 'p2p' });
    const alice = await server.user('alice');
    const answer = await alice.ask('POST', '/rtc/rooms/mesh/join');
    expect([answer.status, answer.body['error']]).toEqual([409, 'TOPOLOGY_MISMATCH']);
  });
});

describe('requests that make no sense', () => {
  test('are refused with a code and with what is wrong', async () => {
    const alice = await server.user('alice');
    const { send, recv } = await enterCall(alice);
    const deep = '['.repeat(100) + ']'.repeat(100);
    for (const [path, body, error] of [
      ['/rtc/transports', {}, 'BAD_REQUEST'],
      ['/rtc/transports', { direction: 'both' }, 'BAD_REQUEST'],
      ['/rtc/transports', '{', 'INVALID_JSON'],
      ['/rtc/transports', '[]', 'BAD_REQUEST'],
      ['/rtc/transports', `{"direction":${deep}}`, 'BAD_REQUEST'],
      ['/rtc/rooms/%00/join', {}, 'BAD_REQUEST'],
      ['/rtc/rooms/%E0%A4%A/join', {}, 'BAD_REQUEST'],
      [`/rtc/rooms/${'x'.repeat(200)}/join`, {}, 'BAD_REQUEST'],
      ['/rtc/rooms/room/join', { displayName: 5 }, 'BAD_REQUEST'],
      [`/rtc/transports/${send}/connect`, { dtlsParameters: { fingerprints: [] } }, 'BAD_REQUEST'],
      [`/rtc/transports/${send}/produce`, { kind: 'smell' }, 'BAD_REQUEST'],
      [`/rtc/transports/${recv}/consume`, { producerId: '' }, 'BAD_REQUEST'],
    ] as const) {
      const answer = await alice.ask('POST', path, { body });
      expect([answer.status, answer.body['error']], path).toEqual([400, error]);
    }
    const large = await alice.ask('POST', '/rtc/transports', { body: 'x'.repeat(300_000) });
    expect([large.status, large.body['error']]).toEqual([413, 'MESSAGE_TOO_LARGE']);
    const named = await alice.ask('POST', '/rtc/transports', {
      body: { direction: 'up' },
      headers: { 'accept-language': 'ja' },
    });
    expect(named.body['message']).toMatch(/^リクエストが正しくありません。 \(body\.direction: /);
  });

  test('are told which methods there are', async () => {
    const alice = await server.user('alice');
    const answer = await alice.ask('GET', '/rtc/transports');
    expect([answer.status, answer.body['error'], answer.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'POST',
    ]);
  });

  test('elsewhere are not ours', async () => {
    await expect(server.send(new Request('http://localhost/rtc/nothing'))).rejects.toThrow("is nobody's");
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string) => ({ 'idempotency-key': key });

  test('a request that is repeated is carried out once', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const body = { direction: 'send' };
    const ask = () => alice.ask('POST', '/rtc/transports', { body, headers: keyed('one') });
    const both = await Promise.all([ask(), ask()]);
    const [first, second] = both;
    expect(second?.body).toEqual(first?.body);
    expect(both.map(({ headers }) => headers.get('idempotent-replayed')).sort()).toEqual(
      ['true', null].sort(),
    );
    expect(server.rooms.get('room')?.peers.get('peer-1')?.transports.size).toBe(1);
    const path = `/rtc/transports/${String(first?.body['id'])}/connect`;
    for (let times = 0; times < 2; times += 1) {
      const answer = await alice.ask('POST', path, { body: { dtlsParameters }, headers: keyed('one') });
      expect([answer.status, answer.body]).toEqual([200, { connected: true }]);
    }
    const other = await alice.ask('POST', '/rtc/transports', {
      body: { direction: 'recv' },
      headers: keyed('one'),
    });
    expect([other.status, other.body['error']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const bob = await server.user('bob');
    expect((await bob.ask('POST', '/rtc/transports', { body, headers: keyed('one') })).status).toBe(404);
  });

  test('is forgotten after ten minutes; refusals are repeated, failures of the server are not', async () => {
    const alice = await server.user('alice');
    const join = (key: string) => alice.ask('POST', '/rtc/rooms/room/join', { headers: keyed(key) });
    const create = (key: string) =>
      alice.ask('POST', '/rtc/transports', { body: { direction: 'send' }, headers: keyed(key) });
    expect((await create('early')).status).toBe(404);
    await join('join');
    expect((await create('early')).status).toBe(404);
    await server.clock.pass(10 * 60_000 - 1);
    expect((await create('early')).headers.get('idempotent-replayed')).toBe('true');
    await server.clock.pass(1);
    await join('again');
    expect((await create('early')).status).toBe(200);

    const media = server.backend.rooms.get('room');
    if (!media) throw new Error('no room');
    const { createTransport } = media;
    media.createTransport = () => Promise.reject(new Error('the worker is confused'));
    expect((await create('unlucky')).status).toBe(500);
    expect(server.errors.splice(0)).toHaveLength(1);
    media.createTransport = createTransport;
    expect((await create('unlucky')).status).toBe(200);
  });

  test.each(['', 'x'.repeat(256)])('must be a key: "%s"', async (key) => {
    const alice = await server.user('alice');
    const answer = await alice.ask('POST', '/rtc/rooms/room/join', { headers: keyed(key) });
    expect([answer.status, answer.body['error']]).toEqual([400, 'BAD_REQUEST']);
  });

  test('answers are kept for the last that asked', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    for (let count = 0; count < 65; count += 1)
      await alice.ask('POST', '/rtc/leave', { headers: keyed(String(count)) });
    const replayed = async (key: string) =>
      (await alice.ask('POST', '/rtc/leave', { headers: keyed(key) })).headers.get('idempotent-replayed');
    expect(await replayed('64')).toBe('true');
    expect(await replayed('0')).toBeNull();
  });
});
