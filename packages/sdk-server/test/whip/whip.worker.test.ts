import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { MediasoupBackend } from '../../src/media/mediasoup/MediasoupBackend.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { capture, captures } from '../sdp/captures.js';
import { hostileSdp } from '../sdp/hostileSdp.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../support/workers.js';
import { PUBLISHER_OFFER, whipServer, type WhipServer } from './whipServer.js';

/** On a real worker: what real clients offer, and what nobody would. */

let backend: MediasoupBackend;
let watched: WatchedWorkers;
let server: WhipServer;
beforeAll(async () => {
  watched = watchWorkers();
  backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
});
afterAll(() => {
  watched.stop();
  backend.close();
});
beforeEach(() => {
  server = whipServer({ backend });
});
afterEach(() => {
  expect(server.errors).toEqual([]);
  expect(watched.died).toEqual([]);
});

const toReceive = (offer: string) =>
  offer
    .replace(/a=(sendrecv|sendonly|inactive)/g, 'a=recvonly')
    .replace(/a=(ssrc|ssrc-group|simulcast|rid|msid):.*\r\n/g, '');

/** The captures that have one audio and one video section, and the codec in which `PUBLISHER_OFFER` is answered. */
const offers = Object.entries(captures).filter(([, text]) => {
  const { sections } = parseDescription(text);
  if (!text.includes(' VP8/90000')) return false;
  return ['audio', 'video'].every((kind) => sections.filter(({ media }) => media === kind).length === 1);
});

test.each(offers)(
  'a viewer with the codecs of %s gets media under its own payload types',
  async (_, offer) => {
    await server.open('/whip/room', PUBLISHER_OFFER);
    const { location, answer } = await server.open('/whep/room', toReceive(offer));
    const offered = new Map(
      parseDescription(offer).sections.flatMap(({ codecs }) =>
        codecs.map(({ payloadType, mimeType }) => [payloadType, mimeType.toLowerCase()] as const),
      ),
    );
    const viewer = server.peers().find(({ dialect }) => dialect === 'whep');
    const consumed = [...(viewer?.consumers.values() ?? [])].flatMap(
      ({ rtpParameters }) => rtpParameters.codecs,
    );
    expect(consumed.map(({ mimeType }) => mimeType)).toEqual(
      expect.arrayContaining(['audio/opus', 'video/VP8']),
    );
    for (const { payloadType, mimeType } of consumed)
      expect(offered.get(payloadType), mimeType).toBe(mimeType.toLowerCase());
    const answered = parseDescription(answer).sections.flatMap(({ codecs }) => codecs);
    for (const { payloadType } of consumed)
      expect(answered.map((codec) => codec.payloadType)).toContain(payloadType);
    expect((await server.ask('DELETE', location)).status).toBe(200);
    server.rooms.get('room')?.close();
  },
);

test('an encoder of H.264 and a browser of VP8 publish to one viewer, one after the other', async () => {
  const encoder = await server.open('/whip/room', capture('gstreamer-whip-offer'));
  await server.open('/whip/room', PUBLISHER_OFFER);
  await server.open('/whep/room', capture('chromium-whep-offer'));
  const viewer = server.peers().find(({ dialect }) => dialect === 'whep');
  const shown = () => [...(viewer?.consumers.values() ?? [])].map(({ producer }) => producer.peer.id);
  const [first, second] = server.peers();
  expect(shown()).toEqual([first?.id, first?.id]);
  await server.ask('DELETE', encoder.location);
  await expect.poll(shown).toEqual([second?.id, second?.id]);
  server.rooms.get('room')?.close();
});

test('no offer harms the worker', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(hostileSdp, fc.constantFrom('whip', 'whep'), async (offer, name) => {
      const body = name === 'whep' ? toReceive(offer) : offer;
      const { status } = await server.ask('POST', `/${name}/room`, { body });
      expect([201, 400, 422]).toContain(status);
      server.rooms.get('room')?.close();
    }),
    { numRuns: 200 },
  );
  expect((await server.open('/whip/room', PUBLISHER_OFFER)).location).not.toBe('');
  server.rooms.get('room')?.close();
});
