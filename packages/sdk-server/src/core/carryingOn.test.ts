import { beforeEach, describe, expect, test } from 'vitest';
import { sampleAudio, sampleVideo } from '../testing/rtpSamples.js';
import { meeting, type Guest } from './topology/testing/meeting.js';

let stage: ReturnType<typeof meeting>;
let alice: Guest;
let bob: Guest;
beforeEach(async () => {
  stage = meeting();
  alice = await stage.join('alice', { topology: 'sfu', paths: true });
  bob = await stage.join('bob', { topology: 'sfu', paths: true });
});
/** What is asked for in turns of the event loop has happened. */
const settled = () => stage.clock.pass(0);

describe('a publication goes on by another transport', () => {
  test('under its id; who follows gets a consumer, who does not hears of it', async () => {
    const raw = await stage.join('raw', { topology: 'sfu' });
    const carol = await stage.join('carol', { topology: 'sfu', paths: true });
    const producer = await alice.sends();
    await bob.follows([producer.id]);
    await raw.follows([producer.id]);
    const former = producer.media;
    const before = bob.peer.consumersByProducer.get(producer.id);
    await alice.carriesOn(producer.id);
    await settled();
    expect([former, producer.media]).toMatchObject([{ closed: true }, { id: producer.id, closed: false }]);
    const after = bob.peer.consumersByProducer.get(producer.id);
    expect([before?.closed, after?.closed]).toEqual([true, false]);
    expect(bob.types('producerMoved')).toMatchObject([{ producerId: producer.id, consumer: after }]);
    expect(carol.types('producerMoved')).toEqual([
      { type: 'producerMoved', producerId: producer.id, peerId: 'alice' },
    ]);
    // A client that does not know of paths sees it end and begin.
    expect(raw.told.slice(-2)).toMatchObject([
      { type: 'producerClosed', producerId: producer.id },
      {
        type: 'newProducer',
        producer: producer.info,
        consumer: raw.peer.consumersByProducer.get(producer.id),
      },
    ]);
    expect([bob, carol].flatMap((guest) => guest.types('producerClosed'))).toEqual([]);
    expect(stage.room().producers.size).toBe(1);
  });

  test('which may have been closed before: until then it is on its way', async () => {
    const raw = await stage.join('raw', { topology: 'sfu' });
    const producer = await alice.sends();
    for (const transport of alice.peer.transports.values()) transport.close();
    expect([producer.closed, producer.pending, producer.info.pending]).toEqual([false, true, true]);
    expect(raw.types('producerClosed')).toHaveLength(1);
    await producer.pause();
    const late = await stage.join('late', { topology: 'sfu', paths: true });
    const [result] = await late.follows([producer.id]);
    expect(result).toMatchObject({ error: { code: 'PRODUCER_PENDING' } });
    await alice.carriesOn(producer.id);
    await settled();
    expect(producer.media).toMatchObject({ id: producer.id, paused: true });
    expect(late.types('producerMoved')).toHaveLength(1);
    // It had gone for them, so the pause was none of their business.
    expect(raw.told.map(({ type }) => type)).toEqual([
      'newProducer',
      'producerClosed',
      'peerJoined',
      'newProducer',
    ]);
  });

  test('and is paused as it is in the room by then', async () => {
    const producer = await alice.sends();
    const { id: transportId } = await alice.peer.createTransport({ direction: 'send' });
    const transport = alice.peer.transports.get(transportId);
    if (!transport) throw new Error('no transport');
    const produce = transport.media.produce.bind(transport.media);
    transport.media.produce = async (options) => {
      expect(options.paused).toBe(false);
      await producer.pause();
      return produce(options);
    };
    await alice.peer.carryOn(producer.id, { kind: 'audio', rtpParameters: sampleAudio(), transportId });
    expect([producer.paused, producer.media]).toMatchObject([true, { paused: true }]);
  });

  test('asked for twice at once: the last one counts, and nothing is left of the first', async () => {
    const producer = await alice.sends();
    await Promise.all([alice.carriesOn(producer.id), alice.carriesOn(producer.id)]);
    const here = [...alice.peer.transports.values()].map(({ producers }) => producers.size);
    expect(here.sort()).toEqual([0, 0, 1]);
    const media = [...stage.media().transports].flatMap(({ producers }) => [...producers]);
    expect(media.filter(({ closed }) => !closed)).toEqual([producer.media]);
  });

  test('or ends, when it is closed meanwhile', async () => {
    const producer = await alice.sends();
    const carrying = alice.carriesOn(producer.id);
    await settled();
    producer.close();
    await carrying.catch(() => undefined);
    expect([producer.media, stage.room().producers.size]).toEqual([undefined, 0]);
  });

  test("is refused for what is not one's own, another kind, and a transport that is not there", async () => {
    const producer = await alice.sends();
    const to = (guest: Guest, id: string, more = {}) =>
      guest.peer.carryOn(id, { kind: 'audio', rtpParameters: sampleAudio(), ...more });
    await expect(to(bob, producer.id)).rejects.toMatchObject({ code: 'PRODUCER_NOT_FOUND' });
    await expect(to(alice, 'unknown')).rejects.toMatchObject({ code: 'PRODUCER_NOT_FOUND' });
    await expect(
      to(alice, producer.id, { kind: 'video', rtpParameters: sampleVideo() }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(to(alice, producer.id, { transportId: 'gone' })).rejects.toMatchObject({
      code: 'TRANSPORT_NOT_FOUND',
    });
    expect(producer.media).toMatchObject({ closed: false });
  });
});

test('a client that does not know of paths loses its publications with their transport', async () => {
  const raw = await stage.join('raw', { topology: 'sfu' });
  const producer = await raw.sends();
  for (const transport of raw.peer.transports.values()) transport.close();
  expect(producer.closed).toBe(true);
  expect(alice.types('producerClosed')).toHaveLength(1);
});

test('what was announced from browser to browser comes to the server under its id', async () => {
  stage = meeting();
  alice = await stage.join('alice');
  bob = await stage.join('bob');
  const producer = await alice.announces();
  const raw = await stage.join('raw', {});
  expect(producer.info).toMatchObject({ pending: true });
  expect(raw.told).toEqual([]);
  await bob.follows();
  // Not heard yet, that media goes another way: taken, and on its way like the first.
  const second = await bob.announces();
  expect(second.pending).toBe(true);
  await expect(raw.announces()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(alice.told.at(-1)).toMatchObject({ type: 'newProducer', producer: { pending: true } });
  await alice.carriesOn(producer.id);
  await settled();
  expect(bob.types('producerMoved')).toMatchObject([{ consumer: { producer } }]);
  expect(raw.told).toMatchObject([{ type: 'newProducer', producer: { producerId: producer.id } }]);
  alice.peer.leave();
  expect(raw.told.map(({ type }) => type)).toEqual(['newProducer', 'producerClosed', 'peerLeft']);
  bob.peer.leave();
  expect(raw.types('producerClosed')).toHaveLength(1);
});
