import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { sampleVideo } from '../../testing/rtpSamples.js';
import type { ConsumerImpl } from '../ConsumerImpl.js';
import type { PeerImpl } from '../PeerImpl.js';
import type { ProducerImpl } from '../ProducerImpl.js';
import { meeting, type Guest } from '../topology/testing/meeting.js';
import { demandOf, LOWER_AFTER, NOBODY } from './Demand.js';

const TOP = 2;

let stage: ReturnType<typeof meeting>;
let alice: Guest;
let video: ProducerImpl;
beforeEach(begin);

async function begin(): Promise<void> {
  stage = meeting();
  alice = await stage.join('alice', { topology: 'sfu', paths: true });
  alice.peer.dynacast = true;
  video = await publish(alice.peer);
}

async function publish(peer: PeerImpl): Promise<ProducerImpl> {
  const { id: transportId } = await peer.createTransport({ direction: 'send' });
  return peer.produce({ kind: 'video', rtpParameters: sampleVideo(), transportId });
}

/** Alice goes on by another transport, as after a repair. */
async function carryOn(): Promise<void> {
  const [former] = [...alice.peer.transports.values()];
  const { id: transportId } = await alice.peer.createTransport({ direction: 'send' });
  await alice.peer.carryOn(video.id, { kind: 'video', rtpParameters: sampleVideo(), transportId });
  former?.close();
}

async function watch(id: string, { paused = false } = {}): Promise<ConsumerImpl> {
  const { peer } = await stage.join(id, { topology: 'sfu', paths: true });
  await peer.createTransport({ direction: 'recv' });
  peer.setRtpCapabilities(stage.media().rtpCapabilities);
  const [result] = await peer.subscribe([video.id], { paused });
  if (!result || 'error' in result) throw new Error(`${id} receives nothing`);
  return result.consumer as ConsumerImpl;
}

/** What alice was told to send of her video, layer by layer; undefined: nothing. */
const told = (guest = alice) =>
  guest.types('producerDemand').map((update) => {
    if (update.type !== 'producerDemand') throw new Error('not asked for');
    expect(update.producerId).toBe(video.id);
    return update.spatialLayer;
  });

describe('what is sent of a video', () => {
  test('is nothing when nobody has come for a while, and all of it for the first who does', async () => {
    await stage.clock.pass(LOWER_AFTER);
    expect([told(), video.watched]).toEqual([[undefined], false]);
    await watch('bob');
    await stage.clock.pass(0);
    expect([told(), video.watched]).toEqual([[undefined, TOP], true]);
  });

  test('is what the most demanding of all wants', async () => {
    const [bob, carol] = [await watch('bob'), await watch('carol')];
    await bob.setPreferredLayers({ spatialLayer: 0 });
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([]);
    await carol.setPreferredLayers({ spatialLayer: 1 });
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([1]);
    await carol.pause();
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([1, 0]);
    await carol.resume();
    await stage.clock.pass(0);
    expect(told()).toEqual([1, 0, 1]);
    carol.close();
    bob.close();
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([1, 0, 1, undefined]);
  });

  test('is nothing while the room holds it back from all', async () => {
    const bob = await watch('bob');
    await bob.hold('lastN');
    await stage.clock.pass(LOWER_AFTER);
    await bob.hold(undefined);
    await stage.clock.pass(0);
    expect(told()).toEqual([undefined, TOP]);
  });

  test('is ready for a client that resumes when it is ready, and rests when it never does', async () => {
    await stage.clock.pass(LOWER_AFTER);
    const bob = await watch('bob', { paused: true });
    expect(told()).toEqual([undefined, TOP]);
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([undefined, TOP, undefined]);
    await bob.resume();
    await stage.clock.pass(0);
    expect(told()).toEqual([undefined, TOP, undefined, TOP]);
  });

  test('is less when a peer leaves', async () => {
    const bob = await watch('bob');
    bob.peer.leave();
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([undefined]);
  });

  test('is all of it again by another transport, which the client hears', async () => {
    const bob = await watch('bob');
    await bob.setPreferredLayers({ spatialLayer: 0 });
    await stage.clock.pass(LOWER_AFTER);
    await carryOn();
    expect(told()).toEqual([0, TOP]);
    await bob.peer.subscribe([video.id], { paused: false });
    await bob.peer.consumersByProducer.get(video.id)?.setPreferredLayers({ spatialLayer: 1 });
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([0, TOP, 1]);
  });

  test('ends with it: no timer is left', async () => {
    await watch('bob');
    video.close();
    const before = told();
    await stage.clock.pass(2 * LOWER_AFTER);
    expect(told()).toEqual(before);
    expect(stage.clock.pending).toBe(0);
  });
});

test('whatever happens: it is told what is wanted in the end, and never less than that on the way', async () => {
  const act = fc.record({
    viewer: fc.nat(3),
    deed: fc.constantFrom('watch', 'pause', 'resume', 'hold', 'release', 'close', 'carryOn', 'layers'),
    layer: fc.nat(4),
    then: fc.nat(6000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (acts) => {
      await begin();
      const viewers = await Promise.all(
        [0, 1, 2, 3].map(async (number) => {
          const { peer } = await stage.join(`viewer ${String(number)}`, { topology: 'sfu', paths: true });
          await peer.createTransport({ direction: 'recv' });
          peer.setRtpCapabilities(stage.media().rtpCapabilities);
          return peer;
        }),
      );
      const wanted = () => demandOf(video.consumers, TOP);
      // What the client does: all, until something else is said, and after it has begun anew.
      const sent = () => {
        const last = told();
        return last.length === 0 ? TOP : (last.at(-1) ?? NOBODY);
      };
      for (const { viewer, deed, layer, then } of acts) {
        const peer = viewers[viewer];
        const consumer = peer?.consumersByProducer.get(video.id);
        if (deed === 'watch') await peer?.subscribe([video.id], { paused: layer === 0 });
        else if (deed === 'carryOn') await carryOn();
        else if (deed === 'pause') await consumer?.pause();
        else if (deed === 'resume') await consumer?.resume();
        else if (deed === 'hold') await consumer?.hold('lastN');
        else if (deed === 'release') await consumer?.hold(undefined);
        else if (deed === 'layers') await consumer?.setPreferredLayers({ spatialLayer: layer });
        else consumer?.close();
        await stage.clock.pass(0);
        expect(sent()).toBeGreaterThanOrEqual(wanted());
        await stage.clock.pass(then);
        expect(sent()).toBeGreaterThanOrEqual(wanted());
      }
      await stage.clock.pass(2 * LOWER_AFTER);
      expect(sent()).toBe(wanted());
    }),
    { numRuns: 50 },
  );
});

describe('nobody is told', () => {
  test('who has not asked for it', async () => {
    const dave = await stage.join('dave', { topology: 'sfu' });
    video = await publish(dave.peer);
    await stage.clock.pass(LOWER_AFTER);
    expect(told(dave)).toEqual([]);
  });

  test('of sound', async () => {
    await alice.sends();
    await watch('bob');
    await stage.clock.pass(LOWER_AFTER);
    expect(told()).toEqual([]);
  });
});

test('whoever asks for a layer above the highest gets the highest, from the media server as well', async () => {
  const bob = await watch('bob');
  await bob.setPreferredLayers({ spatialLayer: 8, temporalLayer: 8 });
  expect(bob.forwarding.preferredLayers).toEqual({ spatialLayer: TOP, temporalLayer: 0 });
  const [consumer] = [...stage.media().transports].flatMap(({ consumers }) => [...consumers]);
  expect(consumer?.preferredLayers).toEqual({ spatialLayer: TOP, temporalLayer: 0 });
});
