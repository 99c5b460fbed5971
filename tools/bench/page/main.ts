import { Room } from '@parlor/sdk-client';
import { JanusClient } from './JanusClient.js';
import { RawClient } from './RawClient.js';
import { roundTripsWaitedFor } from './roundTrips.js';
import type { BenchPage, FirstFrame, ServerAddress } from './types.js';
import { watchSockets } from './watchSockets.js';

const ROOM = 'first-frame';
const BITRATE = 300_000;
const sockets = watchSockets();

const openByHand = {
  raw: (url: string) => RawClient.open(url),
  janus: (url: string) => JanusClient.open(url),
};

async function publish({ kind, url, token }: ServerAddress): Promise<void> {
  const media = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 180, frameRate: 30 },
  });
  if (kind !== 'parlor') {
    const client = await openByHand[kind](url);
    await client.publish(media.getTracks(), { maxBitrate: BITRATE });
    return;
  }
  const room = new Room({ topology: 'sfu' });
  await room.connect(url, token, { room: ROOM });
  for (const track of media.getTracks()) {
    await room.localParticipant.publishTrack(track, {
      simulcast: false,
      source: track.kind === 'video' ? 'camera' : 'microphone',
      videoEncoding: { maxBitrate: BITRATE },
    });
  }
}

/** Resolves when the element shows a frame (HTMLVideoElement.requestVideoFrameCallback). */
const nextFrame = (element: HTMLVideoElement) =>
  new Promise<number>((resolve) =>
    element.requestVideoFrameCallback(() => {
      resolve(performance.now());
    }),
  );

function createVideo(): HTMLVideoElement {
  const element = document.createElement('video');
  element.autoplay = true;
  element.muted = true;
  element.playsInline = true;
  document.body.replaceChildren(element);
  return element;
}

async function firstFrameByHand(
  kind: keyof typeof openByHand,
  { url }: ServerAddress,
): Promise<[number, () => Promise<void>]> {
  const element = createVideo();
  const client = await openByHand[kind](url);
  const tracks = await client.receive();
  element.srcObject = new MediaStream(tracks.filter(({ kind }) => kind === 'video'));
  const close = () => {
    client.close();
    return Promise.resolve();
  };
  return [await nextFrame(element), close];
}

async function parlorFirstFrame({ url, token }: ServerAddress): Promise<[number, () => Promise<void>]> {
  const element = createVideo();
  const room = new Room({ topology: 'sfu' });
  const shown = new Promise<number>((resolve) => {
    room.on('trackSubscribed', (track) => {
      if (track.kind !== 'video') return;
      track.attach(element);
      resolve(nextFrame(element));
    });
  });
  await room.connect(url, token, { room: ROOM });
  return [await shown, () => room.disconnect()];
}

async function firstFrame(server: ServerAddress): Promise<FirstFrame> {
  sockets.take();
  const startedAt = performance.now();
  const [shownAt, close] = await (server.kind === 'parlor'
    ? parlorFirstFrame(server)
    : firstFrameByHand(server.kind, server));
  const roundTrips = roundTripsWaitedFor(sockets.take());
  await close();
  return { ms: shownAt - startedAt, roundTrips };
}

Object.assign(window, { bench: { publish, firstFrame } satisfies BenchPage });
