import wrtc from '@roamhq/wrtc';
import { createToken } from '@parlor/sdk-server';
import SimplePeer from 'simple-peer/simplepeer.min.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerProcess } from '../src/testing/ServerProcess.js';
import { Reception, SdpCall, TestMedia } from './support/SdpCall.js';

/** Foreign SDP clients in Node, with real codecs: an older libwebrtc, plain and under simple-peer. */

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';

let server: ServerProcess;
let url: string;

beforeAll(async () => {
  server = new ServerProcess(['--dev', '--port', '0', '--workers', '1'], { PARLOR_JWT_SECRET });
  ({ url = '' } = await server.logged('listening'));
});

afterAll(async () => {
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

async function join(chat: number, sessionId: string): Promise<SdpCall> {
  const token = await createToken({ sub: sessionId }, PARLOR_JWT_SECRET);
  return SdpCall.join(
    `${url.replace('http', 'ws')}/api/v1/chat/${String(chat)}/call?token=${token}`,
    sessionId,
  );
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

const seesAndHears = ({ call, reception }: { call: SdpCall; reception: Reception }) =>
  call.until(() => (reception.frames > 10 && reception.loud > 20) || undefined);

const errorsOf = ({ call }: { call: SdpCall }) => call.messages.filter(({ type }) => type === 'error');

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
}, 40_000);
