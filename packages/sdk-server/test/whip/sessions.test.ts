import { describe, expect, test } from 'vitest';
import { FakeBackend, type FakeTransport } from '../../src/media/fake/FakeBackend.js';
import { CAPABILITIES } from '../sdp/capabilities.js';
import { fragmentOf, PUBLISHER_OFFER, refusal, whipServer } from './whipServer.js';

const PATH = '/whip/room';

const transportsOf = (backend: unknown): FakeTransport[] =>
  backend instanceof FakeBackend
    ? [...backend.rooms.values()].flatMap(({ transports }) => [...transports])
    : [];

describe('candidates', () => {
  test('are taken for the present ICE session only', async () => {
    const { ask, open } = whipServer();
    const { location, etag } = await open(PATH, PUBLISHER_OFFER);
    const patch = (ifMatch: string | undefined) =>
      ask('PATCH', location, { body: fragmentOf(PUBLISHER_OFFER), headers: { 'if-match': ifMatch } });
    for (const tag of [etag, '*', '"*"', `"other", ${etag}`]) {
      const { status, headers, body } = await patch(tag);
      expect([status, headers.get('etag'), body], tag).toEqual([204, null, '']);
    }
    expect(refusal(await patch(undefined))).toEqual([428, 'PRECONDITION_REQUIRED']);
    for (const tag of ['"other"', `W/${etag}`, '', etag.replaceAll('"', '')])
      expect(refusal(await patch(tag)), tag).toEqual([412, 'PRECONDITION_FAILED']);
  });

  test('that are malformed, or of another type, are refused', async () => {
    const { ask, open } = whipServer();
    const { location, etag } = await open(PATH, PUBLISHER_OFFER);
    const headers = { 'if-match': etag };
    for (const body of [
      '',
      'hello',
      '{}',
      'a=candidate:1 1 udp',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789abcdefghijklmn',
      'a=ice-ufrag:\u0007abc\r\na=ice-pwd:0123456789abcdefghijklmn',
    ])
      expect(refusal(await ask('PATCH', location, { body, headers })), body).toEqual([400, 'SDP_INVALID']);
    const typed = {
      headers: { ...headers, 'content-type': 'application/sdp' },
      body: fragmentOf(PUBLISHER_OFFER),
    };
    expect(refusal(await ask('PATCH', location, typed))).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
    const long = 'a=end-of-candidates\r\n'.repeat(1000);
    expect(refusal(await ask('PATCH', location, { body: long, headers }))).toEqual([
      413,
      'MESSAGE_TOO_LARGE',
    ]);
  });
});

describe('an ICE restart', () => {
  test('gives new credentials, and a new tag that later requests need', async () => {
    const { ask, open, backend } = whipServer();
    const { location, etag, answer } = await open(PATH, PUBLISHER_OFFER);
    const body = fragmentOf(PUBLISHER_OFFER, 'fresh');
    const restarted = await ask('PATCH', location, { body, headers: { 'if-match': '*' } });
    expect(restarted.status).toBe(200);
    expect(restarted.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
    const fresh = restarted.headers.get('etag') ?? '';
    expect(fresh).not.toBe(etag);
    const ufrag = (text: string) => /a=ice-ufrag:(\S+)/.exec(text)?.[1];
    expect(ufrag(restarted.body)).toBeDefined();
    expect(ufrag(restarted.body)).not.toBe(ufrag(answer));
    const [transport] = transportsOf(backend);
    expect(restarted.body).toContain(`${String(transport?.info.iceCandidates[0]?.port)} typ host`);
    expect(restarted.body).toContain('a=end-of-candidates');

    const trickle = (tag: string) => ask('PATCH', location, { body, headers: { 'if-match': tag } });
    expect((await trickle(etag)).status).toBe(412);
    expect((await trickle(fresh)).status).toBe(204);
  });

  test('happens once, however often it is asked for', async () => {
    const { ask, open } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    const body = fragmentOf(PUBLISHER_OFFER, 'fresh');
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask('PATCH', location, { body, headers: { 'if-match': '*' } })),
    );
    // Whichever of them is read first.
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 204, 204]);
  });
});

describe('a session ends', () => {
  test('when it is deleted, whatever tag the request has', async () => {
    const { ask, open, rooms } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    expect((await ask('DELETE', location, { token: '', headers: { 'if-match': '"old"' } })).status).toBe(200);
    expect(rooms.size).toBe(0);
    expect((await ask('DELETE', location)).status).toBe(404);
  });

  test('when nobody has connected for too long, at first or later', async () => {
    const { open, ask, clock, peers, backend, rooms } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    const [transport] = transportsOf(backend);
    const turn = (state: FakeTransport['state']) => {
      if (!transport) throw new Error('no transport');
      transport.state = state;
      transport.emit('stateChanged', state);
    };
    // The fake one is connected as soon as it knows the client's certificate.
    await clock.pass(60_000);
    expect(peers()).toHaveLength(1);
    turn('disconnected');
    await clock.pass(14_999);
    turn('connected');
    await clock.pass(60_000);
    expect(peers()).toHaveLength(1);
    turn('disconnected');
    await clock.pass(15_000);
    expect(rooms.size).toBe(0);
    expect((await ask('GET', location)).status).toBe(404);
    expect(clock.pending).toBe(0);
  });

  test.each([
    [
      'its transport fails',
      (transport: FakeTransport) => {
        transport.state = 'failed';
        transport.emit('stateChanged', 'failed');
      },
    ],
    [
      'its transport is closed',
      (transport: FakeTransport) => {
        transport.emit('closed');
      },
    ],
  ])('when %s', async (_, act) => {
    const { open, backend, rooms, clock } = whipServer();
    await open(PATH, PUBLISHER_OFFER);
    const [transport] = transportsOf(backend);
    if (transport) act(transport);
    expect(rooms.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('when its room is closed, or its peer removed', async () => {
    const { open, ask, rooms, peers } = whipServer();
    const first = await open(PATH, PUBLISHER_OFFER);
    rooms.get('room')?.close();
    expect((await ask('GET', first.location)).status).toBe(404);
    const second = await open(PATH, PUBLISHER_OFFER);
    peers()[0]?.remove();
    expect((await ask('GET', second.location)).status).toBe(404);
  });

  test('when the room is closed while the offer is answered', async () => {
    const backend = new FakeBackend({ rtpCapabilities: CAPABILITIES });
    const { ask, rooms, errors } = whipServer({
      backend,
      hooks: {
        onPublish: ({ peer }) => {
          peer.room.close();
        },
      },
    });
    const answer = await ask('POST', PATH, { body: PUBLISHER_OFFER });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(refusal(answer)[1]).not.toBe('INTERNAL');
    expect(rooms.size).toBe(0);
    expect(errors).toEqual([]);
  });
});
