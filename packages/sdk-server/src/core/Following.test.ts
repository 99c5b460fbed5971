import { describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { sampleAudio, sampleDtls, sampleVideo } from '../testing/rtpSamples.js';
import { DEFAULT_LIMITS } from './context.js';
import { Pacer } from './Pacer.js';
import type { PeerImpl } from './PeerImpl.js';
import { RoomRegistry } from './RoomRegistry.js';
import type { Limits } from './types.js';
import type { RoomUpdate } from './updates.js';

const audio = { kind: 'audio' as const, rtpParameters: sampleAudio() };
const video = { kind: 'video' as const, rtpParameters: sampleVideo() };

/** Bob, who follows the room, and Alice, who publishes. */
async function aliceAndBob(limits: Partial<Limits> = {}) {
  const rooms = new RoomRegistry({
    backend: new FakeBackend(),
    hooks: {},
    limits: { ...DEFAULT_LIMITS, ...limits },
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
  });
  const heard: RoomUpdate[] = [];
  const link = { dialect: 'test', send: (update: RoomUpdate) => heard.push(update), end: () => undefined };
  const bob = await rooms.join('room', { peerId: 'bob', link });
  const recv = await bob.createTransport({ direction: 'recv' });
  await bob.subscribe([], { rtpCapabilities: bob.room.rtpCapabilities, follow: true });
  const alice: PeerImpl = await rooms.join('room', { peerId: 'alice' });
  const send = await alice.createTransport({ direction: 'send' });
  const announced = () => heard.filter((update) => update.type === 'newProducer');
  const hears = (count: number) =>
    vi.waitFor(() => {
      expect(announced()).toHaveLength(count);
      return announced();
    });
  return { rooms, alice, bob, recv, send, heard, announced, hears };
}

describe('following a room', () => {
  test('brings the consumer along with the announcement', async () => {
    const { alice, bob, send, recv, hears } = await aliceAndBob();
    const { id } = await alice.produce(video);
    const [first] = await hears(1);
    expect(first).toMatchObject({
      producer: { producerId: id, peerId: 'alice' },
      consumer: { paused: false },
    });
    expect(bob.consumers.size).toBe(1);
    await recv.connect(sampleDtls());
    await send.connect(sampleDtls());
    await Promise.all([alice.produce(audio), alice.produce(video)]);
    const [, sound, picture] = await hears(3);
    expect(sound).toMatchObject({ consumer: { kind: 'audio', paused: false } });
    expect(picture).toMatchObject({ consumer: { kind: 'video', paused: true } });
  });

  test('asking again gives the consumer that is there', async () => {
    const { alice, bob, hears } = await aliceAndBob();
    const { id } = await alice.produce(audio);
    const [first] = await hears(1);
    expect(await bob.subscribe([id])).toEqual([{ producerId: id, consumer: first?.consumer }]);
  });

  test('announces without a consumer what cannot be received', async () => {
    const { alice, bob, hears } = await aliceAndBob({ maxConsumersPerPeer: 1 });
    await alice.produce(audio);
    await hears(1);
    const { id } = await alice.produce(video);
    const [, second] = await hears(2);
    expect(second).toMatchObject({ producer: { producerId: id } });
    expect(second?.consumer).toBeUndefined();
    expect(await bob.subscribe([id])).toMatchObject([{ error: { code: 'LIMIT_REACHED' } }]);
  });

  test('is silent about what ended before it could be announced, and leaves nothing of it', async () => {
    const { alice, bob, send, announced, hears } = await aliceAndBob();
    const gone = await alice.produce(audio);
    gone.close();
    await alice.produce(video);
    await hears(1);
    expect(announced()).toMatchObject([{ producer: { kind: 'video' } }]);
    expect(bob.consumers.size).toBe(1);
    send.close();
    expect(bob.consumers.size).toBe(0);
  });

  test('ends when the peer says so', async () => {
    const { alice, bob, hears } = await aliceAndBob();
    await bob.subscribe([], { follow: false });
    await alice.produce(audio);
    const [first] = await hears(1);
    expect(first?.consumer).toBeUndefined();
    expect(bob.consumers.size).toBe(0);
  });
});
