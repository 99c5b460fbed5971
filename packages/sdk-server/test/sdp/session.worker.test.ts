import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Peer, Room } from '../../src/core/types.js';
import { isParlorError } from '../../src/errors.js';
import { silentLogger } from '../../src/logger.js';
import { MediasoupBackend } from '../../src/media/mediasoup/MediasoupBackend.js';
import type { Description } from '../../src/sdp/description.js';
import { peerPort } from '../../src/sdp/MediaPort.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { SdpSession } from '../../src/sdp/SdpSession.js';
import { memoryServer } from '../support/memoryServer.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../support/workers.js';
import { capture, captures } from './captures.js';
import { hostileSdp } from './hostileSdp.js';
import { SdpClient } from './SdpClient.js';

/** Descriptions of real clients, and of nobody, against the real worker. */
let backend: MediasoupBackend;
let watched: WatchedWorkers;
let rooms: ReturnType<typeof memoryServer>['rooms'];

beforeAll(async () => {
  watched = watchWorkers();
  backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
  ({ rooms } = memoryServer({ backend }));
});

afterAll(() => {
  expect(watched.died).toEqual([]);
  watched.stop();
  backend.close();
});

const parse = (text: string): Description => parseDescription(text, { maxLength: 1e6, maxSections: 500 });

interface Seat {
  peer: Peer;
  session: SdpSession;
}

let seats = 0;

async function seat(room: Room): Promise<Seat> {
  const peer = await room.join({ peerId: `peer ${String((seats += 1))}` });
  const transport = await peer.createTransport({ direction: 'both', data: true });
  const openData = async () => {
    await transport.openData();
  };
  return { peer, session: new SdpSession({ ...peerPort(peer, transport), openData }) };
}

async function inRoom(play: (room: Room) => Promise<void>): Promise<void> {
  const room = await rooms.open(`room ${String((seats += 1))}`, { keepWhenEmpty: true });
  try {
    await play(room);
  } finally {
    room.close();
  }
}

describe('offers of real clients', () => {
  for (const [name, sdp] of Object.entries(captures)) {
    // Its sections are those of an earlier offer of the server.
    const text = name === 'firefox-reoffer' ? sdp.replaceAll(/\bs(\d)\b/g, '$1') : sdp;
    test(`${name}: what it sends is produced, and sent to a second one of its kind`, () =>
      inRoom(async (room) => {
        const publisher = await seat(room);
        const { refused, sdp: answer } = await publisher.session.handleOffer(parse(text));
        expect(refused).toEqual([]);
        const answered = parse(answer).sections;
        const sending = parse(text).sections.filter(
          ({ media, direction }) => media !== 'application' && /^send/.test(direction),
        );
        expect(answered.filter(({ direction }) => direction === 'recvonly')).toHaveLength(sending.length);
        expect(publisher.peer.producers.size).toBe(sending.length);

        const other = await seat(room);
        await other.session.handleOffer(parse(text.replaceAll('sendonly', 'sendrecv')));
        for (const producer of publisher.peer.producers.values()) other.session.want(producer);
        const offer = await other.session.createOffer();
        expect(offer.refused).toEqual([]);
        expect(other.peer.consumers.size).toBe(sending.length);
      }));
  }

  test('simulcast is produced in all its layers', () =>
    inRoom(async (room) => {
      const publisher = await seat(room);
      await publisher.session.handleOffer(parse(capture('chromium-whip-offer')));
      const viewer = await seat(room);
      const client = new SdpClient();
      client.addTrack('video', { sends: false });
      await viewer.session.handleOffer(parse(client.offer()));
      for (const producer of publisher.peer.producers.values()) viewer.session.want(producer);
      await viewer.session.createOffer();
      expect([...viewer.peer.consumers.values()].map(({ type }) => type).sort()).toEqual([
        'simple',
        'simulcast',
      ]);
    }));
});

test('a room of forty tracks is offered and answered in one go', () =>
  inRoom(async (room) => {
    const viewer = await seat(room);
    const client = new SdpClient();
    client.addTrack('audio');
    await viewer.session.handleOffer(parse(client.offer()));
    for (let number = 2; number < 22; number += 1) {
      const { peer, session } = await seat(room);
      const publisher = new SdpClient(number);
      publisher.addTrack('audio');
      publisher.addTrack('video');
      await session.handleOffer(parse(publisher.offer()));
      for (const producer of peer.producers.values()) viewer.session.want(producer);
    }
    const { sdp, refused } = await viewer.session.createOffer();
    expect(refused).toEqual([]);
    const offer = parse(sdp ?? '');
    expect(offer.sections).toHaveLength(41);
    expect(new Set(offer.sections.flatMap(({ ssrcs }) => ssrcs)).size).toBeGreaterThanOrEqual(40);
    await viewer.session.handleAnswer(parseDescription(client.answer(sdp ?? ''), viewer.session.limits));
    expect([...viewer.peer.consumers.values()].filter(({ paused }) => paused)).toEqual([]);
  }));

test('no description harms the worker', async () => {
  await inRoom(async (room) => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileSdp, { minLength: 1, maxLength: 3 }), async (texts) => {
        const { peer, session } = await seat(room);
        for (const text of texts) {
          try {
            await session.handleOffer(parse(text));
          } catch (error) {
            if (!isParlorError(error)) throw error;
          }
        }
        peer.leave();
      }),
      { numRuns: 300 },
    );
    expect(watched.died).toEqual([]);
    await watched.workers[0]?.getResourceUsage();
  });
}, 60_000);
