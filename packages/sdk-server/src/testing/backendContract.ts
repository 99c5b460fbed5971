import assert from 'node:assert/strict';
import type { MediaBackend } from '../core/ports.js';
import { isParlorError } from '../errors.js';
import { sampleAudio, sampleDtls, sampleVideo } from './rtpSamples.js';

export interface ContractCase {
  name: string;
  run(backend: MediaBackend): Promise<void>;
}

/**
 * What every `MediaBackend` does, as cases for any test runner:
 * `for (const { name, run } of backendContract) test(name, () => run(backend))`.
 */
export const backendContract: readonly ContractCase[] = [
  {
    name: 'tells what can be received, with audio and video',
    async run(backend) {
      const room = await backend.createRoom('capabilities');
      const kinds = new Set(room.rtpCapabilities.codecs?.map(({ kind }) => kind));
      assert.deepEqual([...kinds].sort(), ['audio', 'video']);
      const uris = room.rtpCapabilities.headerExtensions?.map(({ uri }) => uri) ?? [];
      assert.ok(
        !uris.some((uri) => uri.includes('abs-capture-time')),
        'abs-capture-time stops layer switching',
      );
      room.close();
    },
  },
  {
    name: 'gives each transport its own id and ICE credentials',
    async run(backend) {
      const room = await backend.createRoom('transports');
      const [a, b] = await Promise.all([
        room.createTransport({ direction: 'send' }),
        room.createTransport({ direction: 'recv' }),
      ]);
      assert.notEqual(a.info.id, b.info.id);
      assert.notEqual(a.info.iceParameters.usernameFragment, b.info.iceParameters.usernameFragment);
      assert.ok(a.info.iceCandidates.length > 0);
      assert.equal(a.info.dtlsParameters.fingerprints.length > 0, true);
      const restarted = await a.restartIce();
      assert.notEqual(restarted.usernameFragment, a.info.iceParameters.usernameFragment);
      room.close();
    },
  },
  {
    name: 'carries a producer to a consumer',
    async run(backend) {
      const room = await backend.createRoom('call');
      const send = await room.createTransport({ direction: 'send' });
      const recv = await room.createTransport({ direction: 'recv' });
      await send.connect(sampleDtls());
      const receiver = room.receiver(room.rtpCapabilities);
      for (const [kind, rtpParameters] of [
        ['audio', sampleAudio()],
        ['video', sampleVideo()],
      ] as const) {
        const producer = await send.produce({ kind, rtpParameters, paused: false });
        const consumer = await recv.consume({ producer, receiver, paused: true });
        assert.equal(consumer.kind, kind);
        assert.ok(consumer.rtpParameters.encodings.length > 0);
        await consumer.resume();
        await consumer.pause();
        await consumer.setPreferredLayers({ spatialLayer: 0 });
        await consumer.setPriority(255);
        await consumer.requestKeyFrame();
        await producer.pause();
        await producer.resume();
        consumer.close();
        producer.close();
      }
      room.close();
    },
  },
  {
    name: 'sends and receives on one transport, in the media section named',
    async run(backend) {
      const room = await backend.createRoom('both');
      const [alice, bob] = await Promise.all([
        room.createTransport({ direction: 'both' }),
        room.createTransport({ direction: 'both' }),
      ]);
      assert.equal(bob.state, 'new');
      await bob.connect(sampleDtls());
      await bob.produce({ kind: 'audio', rtpParameters: sampleAudio(), paused: false });
      const producer = await alice.produce({ kind: 'audio', rtpParameters: sampleAudio(), paused: false });
      const receiver = room.receiver(room.rtpCapabilities);
      const consumer = await bob.consume({ producer, receiver, paused: true, mid: 's1' });
      assert.equal(consumer.rtpParameters.mid, 's1');
      assert.deepEqual(await alice.stats().then(({ bytesReceived }) => bytesReceived), 0);
      room.close();
    },
  },
  {
    name: 'tells figures of what it carries, as long as that is there',
    async run(backend) {
      const room = await backend.createRoom('figures');
      const send = await room.createTransport({ direction: 'send' });
      const recv = await room.createTransport({ direction: 'recv' });
      const producer = await send.produce({ kind: 'audio', rtpParameters: sampleAudio(), paused: false });
      const receiver = room.receiver(room.rtpCapabilities);
      const consumer = await recv.consume({ producer, receiver, paused: false });
      assert.deepEqual(await producer.stats(), []);
      const { ssrc, score, ...sent } = await consumer.stats();
      assert.equal(ssrc, consumer.rtpParameters.encodings[0]?.ssrc);
      assert.ok(score >= 0 && score <= 10);
      assert.deepEqual(sent, {
        bitrate: 0,
        bytes: 0,
        packets: 0,
        packetsLost: 0,
        fractionLost: 0,
        jitter: 0,
      });
      consumer.close();
      producer.close();
      for (const [asking, code] of [
        [() => consumer.stats(), 'CONSUMER_NOT_FOUND'],
        [() => producer.stats(), 'PRODUCER_NOT_FOUND'],
      ] as const)
        await assert.rejects(asking, (error) => isParlorError(error) && error.code === code);
      room.close();
    },
  },
  {
    name: 'takes data channels where they are asked for',
    async run(backend) {
      const room = await backend.createRoom('data');
      const [data, plain] = await Promise.all([
        room.createTransport({ direction: 'both', data: true }),
        room.createTransport({ direction: 'both' }),
      ]);
      assert.ok(data.info.sctpParameters && data.info.sctpParameters.maxMessageSize > 0);
      assert.equal(plain.info.sctpParameters, undefined);
      const streams = await data.openData();
      // Sent as soon as there is a connection.
      for (const streamId of [5, 0]) await streams.send({ streamId, ppid: 51, data: Uint8Array.of(65) });
      await assert.rejects(
        plain.openData(),
        (error) => isParlorError(error) && error.code === 'MEDIA_UNAVAILABLE',
      );
      room.close();
    },
  },
  {
    name: 'sends to a client under its own payload types',
    async run(backend) {
      const room = await backend.createRoom('payload types');
      const send = await room.createTransport({ direction: 'send' });
      const codecs = room.rtpCapabilities.codecs ?? [];
      const own = new Map([
        ['audio/opus', 109],
        ['video/VP8', 120],
      ]);
      const payloadTypes = new Map(
        codecs.flatMap(({ mimeType, preferredPayloadType = -1 }) => {
          const payloadType = own.get(mimeType);
          return payloadType === undefined ? [] : [[preferredPayloadType, payloadType] as const];
        }),
      );
      assert.equal(payloadTypes.size, 2);
      const recv = await room.createTransport({ direction: 'recv', payloadTypes });
      const receiver = room.receiver(room.rtpCapabilities);
      for (const [kind, rtpParameters, payloadType] of [
        ['audio', sampleAudio(), 109],
        ['video', sampleVideo(), 120],
      ] as const) {
        const producer = await send.produce({ kind, rtpParameters, paused: false });
        const consumer = await recv.consume({ producer, receiver, paused: true });
        assert.deepEqual(
          consumer.rtpParameters.codecs.map((codec) => codec.payloadType),
          [payloadType],
        );
      }
      room.close();
    },
  },
  {
    name: 'refuses media that it cannot carry, by a code',
    async run(backend) {
      const room = await backend.createRoom('refusals');
      const send = await room.createTransport({ direction: 'send' });
      const recv = await room.createTransport({ direction: 'recv' });
      const { codecs, ...audio } = sampleAudio();
      const unknown = { ...audio, codecs: codecs.map((codec) => ({ ...codec, mimeType: 'audio/unknown' })) };
      const producing = send.produce({ kind: 'audio', rtpParameters: unknown, paused: false });
      await assert.rejects(producing, (error) => isParlorError(error) && error.code === 'UNSUPPORTED_MEDIA');
      const producer = await send.produce({ kind: 'audio', rtpParameters: sampleAudio(), paused: false });
      const deaf = room.receiver({ codecs: [], headerExtensions: [] });
      await assert.rejects(
        recv.consume({ producer, receiver: deaf, paused: true }),
        (error) => isParlorError(error) && error.code === 'CANNOT_CONSUME',
      );
      room.close();
    },
  },
];
