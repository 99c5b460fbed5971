import { describe, expect, test, vi } from 'vitest';
import type { Peer, Producer } from '../../src/core/types.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { capture } from '../sdp/captures.js';
import {
  fragmentOf,
  PUBLISHER_OFFER,
  refusal,
  VIEWER_OFFER,
  whipServer,
  type WhipServer,
} from './whipServer.js';

const PATH = '/whep/room';

let ssrc = 100;
async function publish(peer: Peer, kind: 'audio' | 'video', mimeType?: string): Promise<Producer> {
  if (peer.transports.size === 0) await peer.createTransport({ direction: 'send' });
  const codec = {
    mimeType: mimeType ?? (kind === 'audio' ? 'audio/opus' : 'video/VP8'),
    payloadType: 100,
    clockRate: kind === 'audio' ? 48_000 : 90_000,
  };
  return peer.produce({ kind, rtpParameters: { codecs: [codec], encodings: [{ ssrc: (ssrc += 1) }] } });
}

/** A room that stays, with publishers by name. */
async function roomOf(server: WhipServer) {
  const room = await server.rooms.open('room', { keepWhenEmpty: true });
  const join = (peerId: string) => room.join({ peerId });
  const viewer = (): Peer => {
    const found = server.peers().find(({ dialect }) => dialect === 'whep');
    if (!found) throw new Error('no viewer');
    return found;
  };
  /** `<publisher> <kind>`, what the viewer gets. */
  const shown = () =>
    [...viewer().consumers.values()].map(({ producer }) => `${producer.peer.id} ${producer.kind}`).sort();
  const expectShown = (...wanted: string[]) =>
    vi.waitFor(() => {
      expect(shown()).toEqual(wanted);
    });
  return { room, join, viewer, shown, expectShown };
}

describe('an offer to receive', () => {
  test('is answered with everything that may come, under the client’s payload types, and without SSRCs', async () => {
    const server = whipServer();
    const { answer, headers, location } = await server.open(PATH, VIEWER_OFFER);
    expect(location).toMatch(/^\/whep\/room\/[\w-]{32}$/);
    expect(headers.get('link')).toBe('<stun:stun.example.com>; rel="ice-server"');
    const [audio, video] = parseDescription(answer).sections;
    const listed = (section: typeof audio) =>
      section?.codecs.map(({ mimeType, payloadType }) => `${mimeType} ${String(payloadType)}`);
    expect(audio?.direction).toBe('sendonly');
    expect(listed(audio)).toEqual(['audio/opus 111', 'audio/G722 9', 'audio/PCMU 0', 'audio/PCMA 8']);
    expect(listed(video)).toEqual([
      'video/VP8 96',
      'video/rtx 97',
      'video/VP9 98',
      'video/rtx 99',
      'video/H264 108',
      'video/rtx 109',
    ]);
    expect(answer).not.toMatch(/a=(ssrc|extmap):/);
    expect(audio?.msid?.stream).toBe(video?.msid?.stream);
  });

  test('leaves out what is no media, and answers every section in its place', async () => {
    const { open } = whipServer();
    const data = [
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'c=IN IP4 0.0.0.0',
      'a=mid:2',
      'a=sctp-port:5000',
      '',
    ].join('\r\n');
    const offer = VIEWER_OFFER.replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0 1 2') + data;
    const { answer } = await open(PATH, offer);
    expect(answer.match(/^m=\w+ \d+/gm)).toEqual(['m=audio 9', 'm=video 9', 'm=application 0']);
    expect(answer).toContain('a=group:BUNDLE 0 1\r\n');
  });

  test('of sound alone is good as well', async () => {
    const server = whipServer();
    const { join, expectShown } = await roomOf(server);
    const alice = await join('alice');
    await publish(alice, 'video');
    await publish(alice, 'audio');
    const audioOnly = VIEWER_OFFER.slice(0, VIEWER_OFFER.indexOf('m=video')).replace(
      'BUNDLE 0 1',
      'BUNDLE 0',
    );
    await server.open(PATH, audioOnly);
    await expectShown('alice audio');
  });

  test.each([
    { what: 'to send', asked: { body: PUBLISHER_OFFER }, refused: [422, 'SDP_UNSUPPORTED'] },
    { what: 'without a token', asked: { token: '' }, refused: [401, 'UNAUTHORIZED'] },
    {
      what: 'of another type',
      asked: { headers: { 'content-type': 'text/plain' } },
      refused: [415, 'CONTENT_TYPE_UNSUPPORTED'],
    },
    {
      what: 'in codecs that nobody has',
      asked: { body: VIEWER_OFFER.replace(/VP[89]|H264|AV1/g, 'theora') },
      refused: [422, 'SDP_UNSUPPORTED'],
    },
  ])('$what is refused', async ({ asked, refused }) => {
    const { ask, rooms } = whipServer();
    expect(refusal(await ask('POST', PATH, { body: VIEWER_OFFER, ...asked }))).toEqual(refused);
    expect(rooms.size).toBe(0);
  });

  test('needs the right to subscribe', async () => {
    const { ask, rooms, tokenOf } = whipServer();
    const token = await tokenOf({ sub: 'alice', can: { subscribe: false } });
    expect(refusal(await ask('POST', PATH, { token, body: VIEWER_OFFER }))).toEqual([403, 'FORBIDDEN']);
    expect(rooms.size).toBe(0);
  });
});

describe('a viewer is shown', () => {
  test('who publishes video first, and then whoever is next, in the same place', async () => {
    const server = whipServer();
    const { join, viewer, expectShown } = await roomOf(server);
    await server.open(PATH, VIEWER_OFFER);
    const [alice, bob] = [await join('alice'), await join('bob')];
    await publish(alice, 'audio');
    await publish(alice, 'video');
    await publish(bob, 'audio');
    await publish(bob, 'video');
    await expectShown('alice audio', 'alice video');
    const mids = () => [...viewer().consumers.values()].map(({ rtpParameters }) => rtpParameters.mid).sort();
    expect(mids()).toEqual(['0', '1']);
    alice.leave();
    await expectShown('bob audio', 'bob video');
    expect(mids()).toEqual(['0', '1']);
    bob.leave();
    await expectShown();
    const carol = await join('carol');
    await publish(carol, 'video');
    await expectShown('carol video');
    expect([...viewer().consumers.values()].every(({ paused }) => !paused)).toBe(true);
    expect(server.errors).toEqual([]);
  });

  test('who is there already, when the answer comes', async () => {
    const server = whipServer();
    const { join, shown } = await roomOf(server);
    const alice = await join('alice');
    await publish(alice, 'video');
    await publish(alice, 'audio');
    await server.open(PATH, VIEWER_OFFER);
    expect(shown()).toEqual(['alice audio', 'alice video']);
  });

  test('somebody with sound alone, until somebody has video', async () => {
    const server = whipServer();
    const { join, expectShown } = await roomOf(server);
    await server.open(PATH, VIEWER_OFFER);
    const [alice, bob] = [await join('alice'), await join('bob')];
    await publish(alice, 'audio');
    await expectShown('alice audio');
    const video = await publish(bob, 'video');
    await expectShown('bob video');
    video.close();
    await expectShown('alice audio');
  });

  test('the participant asked for and nobody else, whenever that one comes', async () => {
    const server = whipServer();
    const { join, expectShown } = await roomOf(server);
    await server.open(`${PATH}?peer=bob`, VIEWER_OFFER);
    await publish(await join('alice'), 'video');
    const bob = await join('bob');
    await publish(bob, 'video');
    await expectShown('bob video');
    bob.leave();
    await expectShown();
    await publish(await join('bob'), 'audio');
    await expectShown('bob audio');
  });

  test('nobody whose codec it does not have', async () => {
    const server = whipServer();
    const { join, expectShown } = await roomOf(server);
    const offer = VIEWER_OFFER.replaceAll('VP9', 'theora');
    await server.open(PATH, offer);
    await publish(await join('alice'), 'video', 'video/VP9');
    await publish(await join('bob'), 'video');
    await expectShown('bob video');
  });

  test('nothing while nobody publishes, whoever else watches', async () => {
    const server = whipServer();
    const { room } = await roomOf(server);
    await server.open(PATH, VIEWER_OFFER);
    await server.open(PATH, capture('chromium-whep-offer'));
    expect(room.producers.size).toBe(0);
    expect(server.peers().every(({ consumers }) => consumers.size === 0)).toBe(true);
  });
});

describe('a viewer’s session', () => {
  test('restarts ICE and is deleted like a publisher’s', async () => {
    const server = whipServer();
    const { location, etag } = await server.open(PATH, VIEWER_OFFER);
    const body = fragmentOf(VIEWER_OFFER, 'fresh');
    const restarted = await server.ask('PATCH', location, { body, headers: { 'if-match': '*' } });
    expect(restarted.status).toBe(200);
    expect(restarted.headers.get('etag')).not.toBe(etag);
    expect((await server.ask('DELETE', location)).status).toBe(200);
    expect(server.rooms.size).toBe(0);
  });

  test('takes no more changes once it has ended', async () => {
    const server = whipServer();
    const { join, room } = await roomOf(server);
    const { location } = await server.open(PATH, VIEWER_OFFER);
    await publish(await join('alice'), 'video');
    await server.ask('DELETE', location);
    await publish(await join('bob'), 'video');
    expect([...room.peers.keys()]).toEqual(['alice', 'bob']);
    expect(server.errors).toEqual([]);
  });
});
