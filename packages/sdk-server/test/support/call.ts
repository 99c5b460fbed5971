import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';
import { rtpCapabilities, type KnownIds } from './requests.js';
import type { TestClient } from './TestClient.js';

interface Joined {
  transports: { send: { id: string }; recv: { id: string } };
  producers: { producerId: string; peerId: string }[];
  resumeToken: string;
}

export interface InCall {
  readonly client: TestClient;
  readonly send: string;
  readonly recv: string;
  readonly audio: string;
  readonly video: string;
  readonly resumeToken: string;
}

/** Joins, connects both transports and publishes audio and video. */
export async function enterCall(client: TestClient): Promise<InCall> {
  const { roomId, peerId } = client;
  const joined = await client.ask<Joined>('joinRoom', {
    roomId,
    peerId,
    rtpCapabilities,
    transports: ['send', 'recv'],
  });
  const { send, recv } = joined.transports;
  for (const { id: transportId } of [send, recv]) {
    await client.ask('connectWebRtcTransport', { transportId, dtlsParameters: sampleDtls() });
  }
  const audio = await client.ask<{ producerId: string }>('produce', {
    kind: 'audio',
    rtpParameters: sampleAudio(),
    appData: { source: 'microphone' },
  });
  const video = await client.ask<{ producerId: string }>('produce', {
    kind: 'video',
    rtpParameters: sampleVideo(),
    appData: { source: 'camera' },
  });
  return {
    client,
    send: send.id,
    recv: recv.id,
    audio: audio.producerId,
    video: video.producerId,
    resumeToken: joined.resumeToken,
  };
}

export async function consume({ client }: InCall, producerId: string): Promise<string> {
  const { consumerId } = await client.ask<{ consumerId: string }>('consume', { producerId });
  await client.ask('resume', { consumerId });
  return consumerId;
}

/** Two in a call that receive each other's video: what `mallory` may and may not touch. */
export async function hostileCall(
  mallory: TestClient,
  bob: TestClient,
): Promise<{ ids: KnownIds; bob: InCall }> {
  const [hers, his] = [await enterCall(mallory), await enterCall(bob)];
  const ids: KnownIds = {
    send: hers.send,
    recv: hers.recv,
    producer: hers.video,
    consumer: await consume(hers, his.video),
    foreignProducer: his.video,
    foreignTransport: his.send,
    foreignConsumer: await consume(his, hers.video),
  };
  return { ids, bob: his };
}
