import { isErrorCode, RtpParameters, type MediaKind } from '@parlor/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../src/logger.js';
import { MediasoupBackend } from '../src/media/mediasoup/MediasoupBackend.js';
import { toRtpParameters } from '../src/media/mediasoup/rtpTypes.js';
import { sampleAudio, sampleDtls, sampleVideo } from '../src/testing/rtpSamples.js';
import { absurdDtlsParameters, absurdRtpCapabilities, absurdRtpParameters } from './support/absurdRtp.js';
import { consume, enterCall, type InCall } from './support/call.js';
import type { Frame } from './support/FrameLog.js';
import { anyValue, mutate, mutations, STACK_TEXT } from './support/hostileMessages.js';
import { memoryServer } from './support/memoryServer.js';
import { rtpCapabilities } from './support/requests.js';
import { rtpPacket } from './support/rtpPacket.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from './support/workers.js';

/** Whatever reaches it, the process that carries everybody's calls lives on. */
let backend: MediasoupBackend;
let watched: WatchedWorkers;

beforeAll(async () => {
  watched = watchWorkers();
  backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
});

afterEach(async () => {
  expect(watched.died).toEqual([]);
  expect(watched.workers).toHaveLength(1);
  await watched.workers[0]?.getResourceUsage();
});

afterAll(() => {
  watched.stop();
  backend.close();
});

function expectCoded(answer: Frame): void {
  if (answer.ok) return;
  expect(isErrorCode(answer.code) && answer.code !== 'INTERNAL', JSON.stringify(answer)).toBe(true);
  expect(JSON.stringify(answer)).not.toMatch(STACK_TEXT);
}

/** Two in a call, of which `mallory` is up to something. */
async function inCall(play: (mallory: InCall, bob: InCall) => Promise<void>): Promise<void> {
  const server = memoryServer({ backend, limits: { maxProducersPerPeer: 64 } });
  try {
    const bob = await enterCall(await server.connect('bob'));
    const mallory = await enterCall(await server.connect('mallory'));
    await consume(bob, mallory.video);
    await play(mallory, bob);
    // The others' media is untouched.
    await bob.client.ask('pauseProducer', { producerId: bob.video });
    await bob.client.ask('restartIce', { transportId: bob.recv });
    expect(server.errors).toEqual([]);
    expect(watched.died).toEqual([]);
  } finally {
    server.rooms.get('room')?.close();
  }
}

const kind = fc.constantFrom<MediaKind>('audio', 'video');
const sample = (of: MediaKind) => (of === 'audio' ? sampleAudio() : sampleVideo());
const absurd = kind.chain((of) =>
  fc.record({ kind: fc.constant(of), rtpParameters: absurdRtpParameters(of) }),
);
const mutated = fc
  .record({ of: kind, changes: mutations(3), appData: anyValue, withAppData: fc.nat(9).map((n) => n === 0) })
  .map(({ of, changes, appData, withAppData }) => ({
    kind: of,
    rtpParameters: mutate(sample(of), changes),
    ...(withAppData && { appData }),
  }));

describe('a media worker survives', () => {
  test('absurd publications and those who consume them', { timeout: 60_000 }, async () => {
    let published = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(absurd, mutated), { minLength: 1, maxLength: 20 }), (publications) =>
        inCall(async (mallory, bob) => {
          // Their MIDs would be in the way of those to come.
          for (const producerId of [mallory.audio, mallory.video]) {
            await mallory.client.ask('closeProducer', { producerId });
          }
          for (const publication of publications) {
            const answer = await mallory.client.request('produce', publication);
            expectCoded(answer);
            if (!answer.ok) continue;
            published += 1;
            const producerId = answer.data?.['producerId'];
            await bob.client.ask('subscribe', { producerIds: [producerId] });
            await mallory.client.ask('closeProducer', { producerId });
          }
        }),
      ),
      { numRuns: 80 },
    );
    // Else this would have tested the validation alone.
    expect(published).toBeGreaterThan(50);
  });

  test('absurd capabilities', { timeout: 60_000 }, async () => {
    const capabilities = fc.oneof(
      absurdRtpCapabilities,
      mutations(4).map((changes) => mutate(rtpCapabilities, changes)),
    );
    let consumed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(capabilities, { minLength: 1, maxLength: 20 }), (all) =>
        inCall(async (mallory, bob) => {
          for (const one of all) {
            const answer = await mallory.client.request('consume', {
              producerId: bob.video,
              rtpCapabilities: one,
            });
            expectCoded(answer);
            if (!answer.ok) continue;
            consumed += 1;
            const consumerId = answer.data?.['consumerId'];
            await mallory.client.ask('resume', { consumerId });
            await mallory.client.ask('closeConsumer', { consumerId });
          }
        }),
      ),
      { numRuns: 60 },
    );
    expect(consumed).toBeGreaterThan(10);
  });

  test('absurd DTLS parameters', { timeout: 60_000 }, async () => {
    const parameters = fc.oneof(
      absurdDtlsParameters,
      mutations(3).map((changes) => mutate(sampleDtls(), changes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parameters, { minLength: 1, maxLength: 20 }), (all) =>
        inCall(async ({ client }) => {
          for (const dtlsParameters of all) {
            const { id: transportId } = await client.ask<{ id: string }>('createWebRtcTransport', {
              direction: 'send',
            });
            expectCoded(await client.request('connectWebRtcTransport', { transportId, dtlsParameters }));
            await client.ask('closeTransport', { transportId });
          }
        }),
      ),
      { numRuns: 30 },
    );
  });

  test('absurd layers', { timeout: 60_000 }, async () => {
    const layer = fc.oneof(fc.integer({ min: 0, max: 8 }), anyValue);
    const layers = fc.record({ spatialLayer: layer, temporalLayer: layer }, { requiredKeys: [] });
    await inCall(async (mallory, bob) => {
      const consumerIds = [await consume(mallory, bob.video), await consume(mallory, bob.audio)];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...consumerIds), layers, async (consumerId, wanted) => {
          expectCoded(await mallory.client.request('setPreferredLayers', { consumerId, ...wanted }));
          expectCoded(await mallory.client.request('requestKeyFrame', { consumerId }));
        }),
        { numRuns: 300 },
      );
    });
  });

  test('packets under the most absurd parameters that pass validation', { timeout: 60_000 }, async () => {
    const [router] = await openRouter();
    let delivered = 0;
    await fc.assert(
      fc.asyncProperty(
        absurd,
        fc.infiniteStream(fc.uint8Array({ maxLength: 40 })),
        async (publication, bytes) => {
          const { success, data } = RtpParameters.safeParse(publication.rtpParameters);
          if (!success) return;
          const [from, to] = await Promise.all([
            router.createDirectTransport(),
            router.createDirectTransport(),
          ]);
          try {
            const producer = await from
              .produce({ kind: publication.kind, rtpParameters: toRtpParameters(data) })
              .catch(() => undefined);
            if (!producer) return;
            await to
              .consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities })
              .catch(() => undefined);
            const ids = (data.headerExtensions ?? []).map(({ id }) => id);
            for (const [index, encoding] of data.encodings.entries()) {
              for (const { payloadType } of data.codecs) {
                producer.send(
                  rtpPacket({
                    ssrc: encoding.ssrc ?? 5000 + index,
                    payloadType,
                    sequence: index,
                    payload: Buffer.from(bytes.next().value ?? []),
                    extensions: new Map(
                      ids.map((id) => [id, Buffer.from((bytes.next().value ?? []).slice(0, 16))]),
                    ),
                  }),
                );
                delivered += 1;
              }
            }
            await producer.getStats();
          } finally {
            from.close();
            to.close();
          }
        },
      ),
      { numRuns: 600 },
    );
    expect(delivered).toBeGreaterThan(300);
  });
});

/** A room's router, to reach it below the protocol. */
async function openRouter() {
  const before = new Set(watched.routers);
  await backend.createRoom('packets');
  const opened = [...watched.routers].filter((router) => !before.has(router));
  if (!opened[0]) throw new Error('the room has no router');
  return [opened[0]] as const;
}
