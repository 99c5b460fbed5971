import { describe, expect, test } from 'vitest';
import type { TokenClaims } from '../../src/access/tokens.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { capture } from '../sdp/captures.js';
import { PUBLISHER_OFFER, refusal, VIEWER_OFFER, whipServer } from './whipServer.js';

const PATH = '/whip/room';

/** Credentials, certificate and DTLS role for all sections, no trickle ICE, ports that are real. */
const LIBDATACHANNEL_OFFER = [
  'v=0',
  'o=rtc 3767197920 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'a=group:LS 0 1',
  'a=msid-semantic:WMS *',
  'a=setup:actpass',
  'a=ice-ufrag:PFwy',
  'a=ice-pwd:pFwyPFwyPFwyPFwyPFwyPF',
  'a=ice-options:ice2',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => '0A').join(':')}`,
  'm=audio 51234 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 192.0.2.7',
  'a=mid:0',
  'a=sendonly',
  'a=ssrc:2743 cname:obs',
  'a=ssrc:2743 msid:obs obs-audio',
  'a=msid:obs obs-audio',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1',
  'a=candidate:1 1 UDP 2122317823 192.0.2.7 51234 typ host',
  'a=end-of-candidates',
  'm=video 51234 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 192.0.2.7',
  'a=mid:1',
  'a=sendonly',
  'a=ssrc:2744 cname:obs',
  'a=ssrc:2744 msid:obs obs-video',
  'a=msid:obs obs-video',
  'a=rtcp-mux',
  'a=rtpmap:96 H264/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:96 goog-remb',
  'a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1',
  '',
].join('\r\n');

describe('an offer', () => {
  test('makes a peer of its room that publishes what is in it', async () => {
    const { ask, peers, tokenOf, errors } = whipServer();
    const token = await tokenOf({ sub: 'alice' });
    const { status, headers, body } = await ask('POST', `${PATH}?name=Studio`, {
      token,
      body: PUBLISHER_OFFER,
    });
    expect(status).toBe(201);
    expect(headers.get('content-type')).toBe('application/sdp');
    expect(headers.get('location')).toMatch(/^\/whip\/room\/[\w-]{32}$/);
    expect(headers.get('etag')).toMatch(/^"[\w-]{12}"$/);
    expect(headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect(headers.get('link')).toBe('<stun:stun.example.com>; rel="ice-server"');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const [peer, ...others] = peers();
    expect(others).toEqual([]);
    expect(peer).toMatchObject({ displayName: 'Studio', userId: 'alice', dialect: 'whip' });
    expect([...(peer?.producers.values() ?? [])].map(({ kind, appData }) => [kind, appData])).toEqual([
      ['audio', { source: 'microphone' }],
      ['video', { source: 'camera' }],
    ]);
    const [audio, video] = parseDescription(body).sections;
    expect(audio).toMatchObject({ media: 'audio', direction: 'recvonly', rejected: false });
    expect(video).toMatchObject({ media: 'video', direction: 'recvonly', rejected: false });
    expect(body).toContain('a=simulcast:recv');
    expect(errors).toEqual([]);
  });

  test('of an encoder is answered too, in the codecs that it has', async () => {
    const { open, peers } = whipServer();
    const { answer } = await open(PATH, capture('gstreamer-whip-offer'));
    expect(parseDescription(answer).sections.map(({ direction }) => direction)).toEqual([
      'recvonly',
      'recvonly',
    ]);
    expect(peers()[0]?.producers.size).toBe(2);
  });

  test('as libdatachannel writes it, which OBS is made with, is answered in H.264', async () => {
    const { open, peers } = whipServer();
    const { answer } = await open(PATH, LIBDATACHANNEL_OFFER);
    const [audio, video] = parseDescription(answer).sections;
    expect(audio?.codecs.map(({ payloadType }) => payloadType)).toEqual([111]);
    expect(video?.codecs).toMatchObject([
      { mimeType: 'video/H264', payloadType: 96, parameters: { 'profile-level-id': '42e01f' } },
    ]);
    expect(peers()[0]?.producers.size).toBe(2);
  });

  test('is shown under the name in the token', async () => {
    const { ask, peers, tokenOf } = whipServer();
    const token = await tokenOf({ sub: 'alice', name: 'Alice' });
    await ask('POST', `${PATH}?name=Mallory`, { token, body: PUBLISHER_OFFER });
    expect(peers()[0]?.displayName).toBe('Alice');
  });

  test('is answered with the base path in Location', async () => {
    const { ask } = whipServer({ basePath: '/rtc' });
    const { headers } = await ask('POST', '/rtc/whip/a%20room', { body: PUBLISHER_OFFER });
    const location = headers.get('location') ?? '';
    expect(location).toMatch(/^\/rtc\/whip\/a%20room\/[\w-]{32}$/);
    expect((await ask('DELETE', location)).status).toBe(200);
  });

  test('comes with the ICE servers, credentials included', async () => {
    const iceServers = [
      { urls: ['stun:stun.example.com'] },
      {
        urls: ['turn:turn.example.com?transport=udp', 'turns:turn.example.com'],
        username: '17:a"b',
        credential: 'x\\=',
      },
      { urls: 'turn:turn.example.org', username: '17:小明', credential: 'y' },
    ];
    const { open } = whipServer({ iceServers });
    const { headers } = await open(PATH, PUBLISHER_OFFER);
    const credentials = 'username="17:a\\"b"; credential="x\\\\="; credential-type="password"';
    expect(headers.get('link')).toBe(
      [
        '<stun:stun.example.com>; rel="ice-server"',
        `<turn:turn.example.com?transport=udp>; rel="ice-server"; ${credentials}`,
        `<turns:turn.example.com>; rel="ice-server"; ${credentials}`,
        `<turn:turn.example.org>; rel="ice-server"; username*=UTF-8''17%3A%E5%B0%8F%E6%98%8E; credential="y"; credential-type="password"`,
      ].join(', '),
    );
  });
});

describe('refusals', () => {
  const withVideoTwice = PUBLISHER_OFFER.replace('m=audio', 'm=video');
  test.each([
    { what: 'without a token', asked: { token: '' }, refused: [401, 'UNAUTHORIZED'] },
    { what: 'with something that is no token', asked: { token: 'x' }, refused: [401, 'TOKEN_INVALID'] },
    {
      what: 'of another type',
      asked: { headers: { 'content-type': 'application/json' } },
      refused: [415, 'CONTENT_TYPE_UNSUPPORTED'],
    },
    {
      what: 'of no type',
      asked: { headers: { 'content-type': undefined } },
      refused: [415, 'CONTENT_TYPE_UNSUPPORTED'],
    },
    {
      what: 'whose answer is not wanted',
      asked: { headers: { accept: 'text/html, application/sdp;q=0' } },
      refused: [406, 'NOT_ACCEPTABLE'],
    },
    { what: 'without a body', asked: { body: '' }, refused: [400, 'SDP_INVALID'] },
    { what: 'that is no description', asked: { body: 'hello' }, refused: [400, 'SDP_INVALID'] },
    {
      what: 'that is far too long',
      asked: { body: `${PUBLISHER_OFFER}${'a=x\r\n'.repeat(20_000)}` },
      refused: [413, 'MESSAGE_TOO_LARGE'],
    },
    { what: 'to receive', asked: { body: VIEWER_OFFER }, refused: [422, 'SDP_UNSUPPORTED'] },
    { what: 'of two videos', asked: { body: withVideoTwice }, refused: [422, 'SDP_UNSUPPORTED'] },
    {
      what: 'in codecs that nobody has',
      asked: { body: PUBLISHER_OFFER.replace(/opus|G722|PCM[UA]/g, 'speex') },
      refused: [422, 'SDP_UNSUPPORTED'],
    },
  ])('an offer $what', async ({ asked, refused }) => {
    const { ask, rooms, errors } = whipServer();
    const answer = await ask('POST', PATH, { body: PUBLISHER_OFFER, ...asked });
    expect(refusal(answer)).toEqual(refused);
    expect(rooms.size).toBe(0);
    expect(errors).toEqual([]);
  });

  const claims: { what: string; claims: TokenClaims; refused: [number, string] }[] = [
    { what: 'another room', claims: { rooms: ['other'] }, refused: [403, 'ROOM_NOT_ALLOWED'] },
    { what: 'no publishing', claims: { can: { publish: [] } }, refused: [403, 'FORBIDDEN'] },
    { what: 'no video', claims: { can: { publish: ['audio'] } }, refused: [403, 'FORBIDDEN'] },
    { what: 'no new rooms', claims: { can: { create: false } }, refused: [404, 'ROOM_NOT_FOUND'] },
  ];
  test.each(claims)('a token for $what', async ({ claims: claimed, refused }) => {
    const { ask, rooms, tokenOf } = whipServer();
    const token = await tokenOf({ sub: 'alice', ...claimed });
    expect(refusal(await ask('POST', PATH, { token, body: PUBLISHER_OFFER }))).toEqual(refused);
    expect(rooms.size).toBe(0);
  });

  test('what the host application refuses leaves nobody in the room', async () => {
    const refuse = () => {
      throw new Error('not today');
    };
    const { ask, rooms } = whipServer({ hooks: { onPublish: refuse } });
    expect(refusal(await ask('POST', PATH, { body: PUBLISHER_OFFER }))).toEqual([403, 'PUBLISH_REFUSED']);
    expect(rooms.size).toBe(0);
  });

  test('a P2P room', async () => {
    const { ask, rooms } = whipServer();
    await rooms.open('room', { topology: 'p2p', keepWhenEmpty: true });
    expect(refusal(await ask('POST', PATH, { body: PUBLISHER_OFFER }))).toEqual([409, 'TOPOLOGY_MISMATCH']);
  });

  test('other methods, with those that there are', async () => {
    const { ask, open } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    const put = await ask('PUT', PATH, { body: PUBLISHER_OFFER });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'OPTIONS, GET, HEAD, POST']);
    const post = await ask('POST', location, { body: PUBLISHER_OFFER });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'OPTIONS, GET, HEAD, PATCH, DELETE']);
  });

  test('sessions that are not there', async () => {
    const { ask } = whipServer();
    for (const method of ['GET', 'DELETE'])
      expect(refusal(await ask(method, `${PATH}/nothing`))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await ask('PATCH', `${PATH}/nothing`, { body: 'a=end-of-candidates' }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });
});

describe('an address', () => {
  test('has no representation', async () => {
    const { ask, open } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    for (const path of [PATH, location]) {
      for (const method of ['GET', 'HEAD']) {
        const { status, body } = await ask(method, path, { token: '' });
        expect([status, body]).toEqual([204, '']);
      }
    }
  });

  test('says what it takes, to pages of other origins too', async () => {
    const { ask, open } = whipServer();
    const { location } = await open(PATH, PUBLISHER_OFFER);
    const preflight = {
      token: '',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, if-match',
      },
    };
    for (const asked of [preflight, { token: '' }]) {
      const endpoint = await ask('OPTIONS', PATH, asked);
      expect(endpoint.status).toBeLessThan(300);
      expect(endpoint.headers.get('accept-post')).toBe('application/sdp');
      const session = await ask('OPTIONS', location, asked);
      expect(session.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    }
    const { headers } = await ask('OPTIONS', PATH, preflight);
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, if-match');
  });
});
