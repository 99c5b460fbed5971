import wrtc from '@roamhq/wrtc';
import { createParlor, createToken, type Parlor } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import SimplePeer from 'simple-peer/simplepeer.min.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Reception, SdpCall, TestMedia } from './support/SdpCall.js';

/** Foreign SDP clients in Node, with real codecs: an older libwebrtc, plain and under simple-peer. */

const SECRET = 'a secret that is long enough for HS256';

let parlor: Parlor;
let server: Server;
let url: string;

beforeAll(async () => {
  parlor = await createParlor({
    access: { jwtSecret: SECRET },
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network' },
  });
  server = createServer(parlorNode({ parlor }));
  attachParlor(server, parlor);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(async () => {
  await parlor.close();
  server.close();
});

async function join(chat: number, sessionId: string): Promise<SdpCall> {
  const token = await createToken({ sub: sessionId }, SECRET);
  return SdpCall.join(`${url}/api/v1/chat/${String(chat)}/call?token=${token}`, { roomId: chat, sessionId });
}

/** The client of the source document, on wrtc. */
async function plainClient(chat: number, sessionId: string, media: TestMedia | undefined) {
  const call = await join(chat, sessionId);
  const reception = new Reception(() => {
    call.look();
  });
  const pc = new wrtc.RTCPeerConnection();
  pc.onicecandidate = ({ candidate }: { candidate: object | null }) => {
    if (candidate) call.send({ type: 'ice', payload: candidate });
  };
  pc.ontrack = ({ track }: { track: wrtc.MediaStreamTrack }) => {
    reception.add(track);
  };
  if (media) for (const track of media.stream.getTracks()) pc.addTrack(track, media.stream);
  else for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'recvonly' });
  call.follow(async ({ type, payload }) => {
    if (type !== 'offer' && type !== 'answer') return;
    await pc.setRemoteDescription({ type, sdp: payload?.sdp ?? '' });
    if (type === 'answer') return;
    const answer = await pc.createAnswer();
    await pc.setLocalDescription(answer);
    call.send({ type: 'answer', payload: answer });
  });
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  call.send({ type: 'offer', payload: offer });
  return {
    call,
    reception,
    pc,
    close: () => {
      reception.stop();
      pc.close();
      call.close();
    },
  };
}

async function simplePeer(chat: number, sessionId: string, media: TestMedia) {
  const call = await join(chat, sessionId);
  const reception = new Reception(() => {
    call.look();
  });
  const errors: unknown[] = [];
  const peer = new SimplePeer({ initiator: true, wrtc, stream: media.stream });
  peer.on('signal', (signal) => {
    if ('candidate' in signal) call.send({ type: 'ice', payload: signal.candidate });
    else call.send({ type: signal.type, payload: signal });
  });
  let connected = false;
  peer.on('connect', () => {
    connected = true;
    call.look();
  });
  peer.on('track', (track) => {
    reception.add(track);
  });
  peer.on('error', (error) => errors.push(error));
  call.follow(({ type, payload }) => {
    if (type === 'offer' || type === 'answer') peer.signal({ type, sdp: payload?.sdp ?? '' });
  });
  return {
    call,
    reception,
    errors,
    connected: () => call.until(() => connected || undefined),
    close: () => {
      reception.stop();
      peer.destroy();
      call.close();
    },
  };
}

const PATIENTLY = { timeout: 20_000 };

interface Client {
  call: SdpCall;
  reception: Reception;
}

/** More frames and more sound than there were. */
function seesAndHears({ call, reception }: Client): Promise<unknown> {
  const { frames, loud } = reception;
  return call.until(() => (reception.frames > frames + 10 && reception.loud > loud + 20) || undefined);
}

const errorsOf = ({ call }: Client) => call.messages.filter(({ type }) => type === 'error');

/** Video frames and audio energy of all that a connection receives. */
async function decoded(pc: wrtc.RTCPeerConnection): Promise<{ frames: number; energy: number }> {
  const total = { frames: 0, energy: 0 };
  for (const stat of (await pc.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (stat['type'] !== 'inbound-rtp') continue;
    total.frames += Number(stat['framesDecoded'] ?? 0);
    total.energy += Number(stat['totalAudioEnergy'] ?? 0);
  }
  return total;
}

const heard = ({ call }: Client, wanted: object) =>
  call.until(() =>
    call.messages.find((message) =>
      Object.entries(wanted).every(([key, value]) => (message as Record<string, unknown>)[key] === value),
    ),
  );

async function pair(chat: number) {
  const media = new TestMedia();
  const alice = await plainClient(chat, 'alice', media);
  const bob = await plainClient(chat, 'bob', media);
  await Promise.all([seesAndHears(alice), seesAndHears(bob)]);
  const close = () => {
    alice.close();
    bob.close();
    media.stop();
  };
  return { alice, bob, close };
}

test('an older libwebrtc and simple-peer hold a call, and a third one watches', async () => {
  const media = new TestMedia();
  const plain = await plainClient(1, 'plain', media);
  const simple = await simplePeer(1, 'simple', media);
  await simple.connected();
  await Promise.all([seesAndHears(plain), seesAndHears(simple)]);
  const viewer = await plainClient(1, 'viewer', undefined);
  await seesAndHears(viewer);
  for (const client of [plain, simple, viewer]) {
    expect(errorsOf(client)).toEqual([]);
    client.close();
  }
  expect(simple.errors).toEqual([]);
  media.stop();
});

test('who is muted by the host application is told, and heard again afterwards', async () => {
  const { alice, bob, close } = await pair(2);
  const producers = [...(parlor.rooms.get('chat:2')?.peers.get('alice')?.producers.values() ?? [])];
  expect(producers).toHaveLength(2);
  for (const producer of producers) await producer.pause();
  for (const client of [alice, bob])
    await heard(client, { muted: true, kind: 'audio', participantId: 'alice' });
  const transceivers = () => bob.pc.getTransceivers() as { currentDirection: string | null }[];
  const muted = () => transceivers().filter(({ currentDirection }) => currentDirection === 'inactive').length;
  await expect.poll(muted, PATIENTLY).toBe(2);
  for (const producer of producers) await producer.resume();
  await heard(bob, { muted: false, kind: 'video' });
  // Its sinks do not survive the pause, what it decodes does.
  const before = await decoded(bob.pc);
  await expect
    .poll(async () => (await decoded(bob.pc)).frames, PATIENTLY)
    .toBeGreaterThan(before.frames + 10);
  await expect.poll(async () => (await decoded(bob.pc)).energy, PATIENTLY).toBeGreaterThan(before.energy);
  expect([...errorsOf(alice), ...errorsOf(bob)]).toEqual([]);
  close();
});

test('a path that is lost is looked for by the server, and media goes on', async () => {
  const { alice, bob, close } = await pair(3);
  const transports = parlor.rooms.get('chat:3')?.peers.get('alice')?.transports.values() ?? [];
  const [transport] = transports as Iterable<{ media: { emit(event: string, state: string): void } }>;
  const ufrag = () => /a=ice-ufrag:(\S+)/.exec(alice.pc.currentRemoteDescription?.sdp ?? '')?.[1];
  const before = ufrag();
  // As the worker would say after half a minute without a sign of life.
  transport?.media.emit('stateChanged', 'disconnected');
  await heard(alice, { type: 'state', state: 'disconnected' });
  await expect.poll(ufrag, PATIENTLY).not.toBe(before);
  await expect.poll(() => alice.pc.signalingState, PATIENTLY).toBe('stable');
  await Promise.all([seesAndHears(alice), seesAndHears(bob)]);
  expect([...errorsOf(alice), ...errorsOf(bob)]).toEqual([]);
  close();
});

test('descriptions of absurd size disturb nobody', async () => {
  const { alice, bob, close } = await pair(4);
  const mallory = await join(4, 'mallory');
  const sdp = alice.pc.localDescription?.sdp ?? '';
  const section = sdp.slice(sdp.indexOf('m='));
  for (const [text, code] of [
    [sdp + 'a=x\r\n'.repeat(50_000), 'MESSAGE_TOO_LARGE'],
    [sdp + 'a=x\r\n'.repeat(15_000), 'SDP_INVALID'],
    [sdp.slice(0, sdp.indexOf('m=')) + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(500), 'SDP_INVALID'],
    [sdp + section, 'SDP_INVALID'],
  ] as const) {
    const known = mallory.messages.length;
    mallory.send({ type: 'offer', payload: { type: 'offer', sdp: text } });
    const error = await mallory.until(() =>
      mallory.messages.slice(known).find(({ type }) => type === 'error'),
    );
    expect(error['code']).toBe(code);
  }
  // More than four times what a message may have is not even read to its end (RFC 6455 §7.4.1).
  mallory.send({ type: 'offer', payload: { type: 'offer', sdp: 'x'.repeat(1_100_000) } });
  expect(await mallory.closed).toBe(1009);
  await Promise.all([seesAndHears(alice), seesAndHears(bob)]);
  close();
});
