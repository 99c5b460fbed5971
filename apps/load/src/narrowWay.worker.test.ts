import type { ConsumerInfo, RtpCapabilities } from '@parlor/protocol';
import { createParlor, createToken, type Consumer, type Parlor, type Peer } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { RtcpReceivingSession, type Track } from 'node-datachannel';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LoadPeer } from './LoadPeer.js';
import { readSamples } from './media/Sample.js';
import { Ticker } from './media/Ticker.js';
import { isRtcp } from './media/rtp.js';
import { ProtooSocket } from './ProtooSocket.js';
import { Connection } from './webrtc/Connection.js';
import { serverSdp } from './webrtc/sdp.js';

/** What a real worker does when a receiver says that its way down is narrow. */

const secret = 'a secret that is long enough for HS256';
const samples = readSamples(new URL('../media/', import.meta.url));
const settled = { timeout: 60_000, interval: 250 };
const TOP = 2;

let parlor: Parlor;
let server: Server;
let ticker: Ticker;
let closing: (() => unknown)[];

beforeEach(async () => {
  closing = [];
  parlor = await createParlor({
    access: { jwtSecret: secret },
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network' },
  });
  server = createServer(parlorNode({ parlor }));
  attachParlor(server, parlor);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ticker = new Ticker();
});

afterEach(async () => {
  for (const close of closing) await close();
  await parlor.close();
  server.close();
});

async function addressOf(peerId: string) {
  const { port } = server.address() as AddressInfo;
  const token = await createToken({ sub: peerId, rooms: ['room'] }, secret);
  return { url: `ws://127.0.0.1:${String(port)}/`, roomId: 'room', peerId, token };
}

async function publisher(name: string): Promise<void> {
  const publication = { samples, ticker, level: () => 127 };
  const peer = await LoadPeer.join({ address: await addressOf(name), publication });
  closing.push(() => peer.leave());
}

/** Bandwidth as a receiver tells it by REMB (draft-alvestrand-rmcat-remb), which needs times of sending. */
const narrow = ({ codecs = [], headerExtensions = [] }: RtpCapabilities): RtpCapabilities => ({
  codecs: codecs
    .filter(({ mimeType }) => /^(audio\/opus|video\/vp8)$/i.test(mimeType))
    .map((codec) => ({
      ...codec,
      rtcpFeedback: codec.kind === 'video' ? [{ type: 'goog-remb' }, { type: 'nack', parameter: 'pli' }] : [],
    })),
  headerExtensions: headerExtensions.filter(({ uri }) => uri.endsWith('/abs-send-time')),
});

/** A receiver that says how much it can take. */
class NarrowConnection extends Connection {
  packets = { audio: 0, video: 0 };
  readonly #tracks: Track[] = [];

  receive(consumers: readonly ConsumerInfo[]) {
    const sections = consumers.map(({ kind, rtpParameters: { codecs, encodings } }, index) => ({
      mid: String(index),
      kind,
      payloadType: codecs[0]?.payloadType ?? 0,
      codec: kind === 'audio' ? 'opus/48000/2' : 'VP8/90000',
      ssrc: encodings[0]?.ssrc ?? 0,
    }));
    this.pc.onTrack((track) => {
      this.#tracks.push(track);
      track.setMediaHandler(new RtcpReceivingSession());
      const kind = sections[Number(track.mid())]?.kind ?? 'audio';
      track.onMessage((message) => {
        if (!isRtcp(message)) this.packets[kind] += 1;
      });
    });
    this.pc.setRemoteDescription(serverSdp(this.transport, 'sendonly', sections), 'offer');
    return this.describe('answer');
  }

  /** Bits per second, for all videos together. */
  take(bitrate: number): void {
    for (const track of this.#tracks) track.requestBitrate(bitrate);
  }
}

async function viewer(): Promise<{ peer: Peer; socket: ProtooSocket; connection: NarrowConnection }> {
  const socket = await ProtooSocket.open(await addressOf('viewer'));
  closing.push(() => socket.close());
  const { transports, producers, rtpCapabilities } = await socket.request('joinRoom', {
    roomId: 'room',
    peerId: 'viewer',
    topology: 'sfu',
    transports: ['recv'],
  });
  const transport = transports?.recv;
  if (!transport) throw new Error('no transport');
  const { consumers } = await socket.request('subscribe', {
    producerIds: producers.map(({ producerId }) => producerId),
    rtpCapabilities: narrow(rtpCapabilities),
  });
  const connection = new NarrowConnection('viewer', transport);
  closing.push(() => {
    connection.close();
  });
  const dtlsParameters = connection.receive(consumers);
  await socket.request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters });
  await connection.connected;
  const peer = parlor.rooms.get('room')?.peers.get('viewer');
  if (!peer) throw new Error('the viewer is not there');
  return { peer, socket, connection };
}

const layerOf = ({ forwarding }: Consumer): number => forwarding.currentLayers?.spatialLayer ?? -1;

it(
  'gives what there is to what is pinned, less to others, and sound goes on',
  { timeout: 240_000 },
  async () => {
    await publisher('alice');
    await publisher('bob');
    const { peer, socket, connection } = await viewer();
    const videos = [...peer.consumers.values()].filter(({ kind }) => kind === 'video');
    const [first, second] = videos;
    if (!first || !second) throw new Error('there are not two videos');
    await vi.waitFor(() => {
      expect(videos.map(layerOf)).toEqual([TOP, TOP]);
    }, settled);

    for (const [pinned, other] of [
      [first, second],
      [second, first],
    ] as const) {
      await socket.request('setForwarding', { pinned: [pinned.producer.id] });
      await vi.waitFor(async () => {
        const [best, least] = await bitratesOf(pinned);
        // More than the best of one and the least of the other, and less than the best of both.
        connection.take(Math.round(1.25 * (best + least)));
        expect(layerOf(pinned)).toBe(TOP);
        expect(layerOf(other)).toBeLessThan(TOP);
      }, settled);
      const { audio } = connection.packets;
      await vi.waitFor(() => {
        expect(connection.packets.audio).toBeGreaterThan(audio + 20);
      }, settled);
    }
  },
);

/** Of the best layer and of the least, bits per second. */
async function bitratesOf({ producer }: Consumer): Promise<[best: number, least: number]> {
  const bitrates = (await producer.stats()).map(({ bitrate }) => bitrate).sort((a, b) => b - a);
  return [bitrates[0] ?? 0, bitrates.at(-1) ?? 0];
}
