import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { growth, takeCensus } from '../../../test/soak/census.js';
import { Dice } from '../../../test/soak/Dice.js';
import { killWorker, LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../../../test/support/workers.js';
import type { MediaProducer, MediaTransport } from '../../core/ports.js';
import type { TransportDirection } from '../../core/types.js';
import { silentLogger } from '../../logger.js';
import { backendContract } from '../../testing/backendContract.js';
import { sampleAudio } from '../../testing/rtpSamples.js';
import { MediasoupBackend } from './MediasoupBackend.js';
import type { RoomRouter } from './RoomRouter.js';

/** Rooms that are on two workers. */

let watched: WatchedWorkers;
let backend: MediasoupBackend;
/** Every transport adds one to what its worker has, so that the second goes to another. */
const start = async (maxConsumersPerWorker: number) => {
  backend = await MediasoupBackend.open({ ...LOCAL_MEDIA, workers: 2, maxConsumersPerWorker }, silentLogger);
};
beforeEach(() => {
  watched = watchWorkers();
});
afterEach(() => {
  watched.stop();
  backend.close();
});

const WAIT = { timeout: 15_000 };
const NOTHING = { rooms: 0, routers: 0, consumers: 0, piped: 0 };
const loads = () => backend.workers.loads?.map(({ slot: _slot, ...load }) => load);
/** Of a test before there may be one that was just being started. */
const running = () => watched.workers.filter(({ closed }) => !closed);
const pipeEnds = () => [...watched.transports].filter(({ type }) => type === 'pipe');

let published = 0;
const publish = (transport: MediaTransport, id?: string): Promise<MediaProducer> => {
  const rtpParameters = { ...sampleAudio(), mid: String((published += 1)) };
  return transport.produce({ id, kind: 'audio', rtpParameters, paused: false });
};

/** On how many workers the only room is, and how many pipes are between them. */
const extent = () => ({
  workers: loads()?.filter(({ rooms }) => rooms > 0).length,
  pipes: pipeEnds().length / 2,
});

const subscribe = (room: RoomRouter, transport: MediaTransport, producer: MediaProducer) =>
  transport.consume({ producer, receiver: room.receiver(room.rtpCapabilities), paused: false });

/** A room of which the first transport is on one worker and the second on the other. */
async function spread(roomId: string) {
  const room = await backend.createRoom(roomId);
  const create = (direction: TransportDirection) => room.createTransport({ direction });
  const [near, far] = [await create('both'), await create('both')];
  return { room, near, far };
}

describe('MediaBackend, with room for one on each worker', () => {
  for (const { name, run } of backendContract)
    test(name, async () => {
      await start(1);
      await run(backend);
      expect(watched.died).toEqual([]);
      expect(loads()).toEqual([NOTHING, NOTHING]);
      expect(watched.routers.size + watched.transports.size).toBe(0);
    });
});

describe('a room', () => {
  test('is on one worker as long as it fits there', async () => {
    await start(100);
    const room = await backend.createRoom('small');
    const transports = [];
    for (let index = 0; index < 10; index += 1)
      transports.push(await room.createTransport({ direction: 'both' }));
    for (const [index, transport] of transports.entries())
      await subscribe(room, transport, await publish(transports.at(index - 1) ?? transport));
    expect(extent()).toEqual({ workers: 1, pipes: 0 });
    expect(loads()?.filter(({ rooms }) => rooms > 0)).toHaveLength(1);
    // A newcomer would receive ten, and there are ten already.
    for (let index = 0; index < 9; index += 1) await room.createTransport({ direction: 'recv' });
    expect(extent().workers).toBe(1);
    await room.createTransport({ direction: 'recv' });
    expect(extent().workers).toBe(2);
    room.close();
  });

  test('comes to a further worker without a pipe, and pipes what somebody there wants', async () => {
    await start(1);
    const { room, near, far } = await spread('lazy');
    const producers = [await publish(near), await publish(near)];
    expect(extent()).toEqual({ workers: 2, pipes: 0 });
    expect(pipeEnds()).toEqual([]);
    for (const [index, producer] of producers.entries()) {
      await subscribe(room, far, producer);
      expect(
        loads()
          ?.map(({ piped }) => piped)
          .sort(),
      ).toEqual([0, index + 1]);
    }
    // Both, and what goes the other way, by one pipe.
    await subscribe(room, near, await publish(far));
    expect(pipeEnds()).toHaveLength(2);
    room.close();
    expect(loads()).toEqual([NOTHING, NOTHING]);
  });

  test('shrinks again when nobody is on the further worker any more', async () => {
    await start(1);
    const { room, near, far } = await spread('shrinking');
    const audience = await room.createTransport({ direction: 'recv' });
    await subscribe(room, far, await publish(near));
    const gone = await subscribe(room, near, await publish(far));
    audience.close();
    expect(extent()).toEqual({ workers: 2, pipes: 1 });
    far.close();
    expect(extent()).toEqual({ workers: 1, pipes: 0 });
    expect(pipeEnds()).toEqual([]);
    expect(watched.routers.size).toBe(1);
    await vi.waitFor(async () => {
      await expect(gone.stats()).rejects.toMatchObject({ code: 'CONSUMER_NOT_FOUND' });
      expect(loads()).toContainEqual({ ...NOTHING, rooms: 1, routers: 1 });
    }, WAIT);
    // And it spreads anew.
    for (let index = 0; index < 2; index += 1) await room.createTransport({ direction: 'recv' });
    expect(extent().workers).toBe(2);
    room.close();
  });

  test('goes on with the first that somebody is on when all have left', async () => {
    await start(1);
    const { room, near, far } = await spread('empty');
    near.close();
    far.close();
    expect(extent()).toEqual({ workers: 1, pipes: 0 });
    const again = await room.createTransport({ direction: 'both' });
    expect(again.info.iceCandidates.length).toBeGreaterThan(0);
    room.close();
    expect(loads()).toEqual([NOTHING, NOTHING]);
  });

  test('publishes by another worker under the same id, while the other still has the copy', async () => {
    await start(1);
    const { room, near, far } = await spread('moving');
    const first = await publish(near, 'the-same');
    await subscribe(room, far, first);
    first.close();
    const second = await publish(far, 'the-same');
    const consumer = await subscribe(room, near, second);
    expect((await consumer.stats()).packets).toBe(0);
    expect(second.id).toBe('the-same');
    room.close();
  });

  test('has data channels on all its workers', async () => {
    await start(1);
    const room = await backend.createRoom('data');
    for (let index = 0; index < 4; index += 1) {
      const transport = await room.createTransport({ direction: 'both', data: true });
      const streams = await transport.openData();
      await streams.send({ streamId: 1, ppid: 51, data: Uint8Array.of(65) });
    }
    expect(extent().workers).toBe(2);
    room.close();
    expect(watched.transports.size).toBe(0);
  });

  test('that is closed while it spreads leaves nothing behind', async () => {
    await start(1);
    const { room, near, far } = await spread('closing');
    const [producer, other] = [await publish(near), await publish(near)];
    const asked = [
      room.createTransport({ direction: 'recv' }),
      subscribe(room, far, producer),
      subscribe(room, far, other),
      publish(far),
    ].map((asking) =>
      asking.then(
        () => 'done',
        (error: unknown) => error,
      ),
    );
    room.close();
    await Promise.all(asked);
    await vi.waitFor(() => {
      expect(loads()).toEqual([NOTHING, NOTHING]);
    }, WAIT);
    expect(watched.routers.size + watched.transports.size).toBe(0);
    await expect(room.createTransport({ direction: 'recv' })).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
    });
  });
});

describe('a worker that dies', () => {
  test('takes the rooms along that are on it, and leaves nothing of them on the other', async () => {
    await start(1);
    const { room, near, far } = await spread('spread');
    await subscribe(room, far, await publish(near));
    const deaths: string[] = [];
    room.on('died', () => deaths.push('spread'));
    // On both workers there is another room, which needs one only.
    const alone = await Promise.all(['a', 'b', 'c', 'd'].map((roomId) => backend.createRoom(roomId)));
    for (const [index, one] of alone.entries()) one.on('died', () => deaths.push(String(index)));
    const before = loads()?.map(({ rooms }) => rooms) ?? [];
    expect(before.reduce((sum, count) => sum + count, 0)).toBe(6);

    await killWorker(watched);
    expect(deaths).toContain('spread');
    expect(deaths).toHaveLength(new Set(deaths).size);
    const alive = alone.filter((_, index) => !deaths.includes(String(index)));
    expect(watched.routers.size).toBe(alive.length);
    expect([...watched.transports].filter(({ type }) => type !== 'direct')).toEqual([]);
    await vi.waitFor(() => {
      expect(backend.workers.alive).toBe(2);
    }, WAIT);
    expect(loads()).toContainEqual({ ...NOTHING, rooms: alive.length, routers: alive.length });
    await expect(room.createTransport({ direction: 'recv' })).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
    });
    for (const one of alive) {
      const transport = await one.createTransport({ direction: 'both' });
      expect(transport.state).toBe('new');
      one.close();
    }
    const again = await spread('spread');
    await subscribe(again.room, again.far, await publish(again.near));
    expect(extent()).toEqual({ workers: 2, pipes: 1 });
    for (const one of [again.room, ...alone]) one.close();
    expect(loads()).toEqual([NOTHING, NOTHING]);
  });

  test('before the room is on it is done without', async () => {
    await start(1);
    const room = await backend.createRoom('waiting');
    await room.createTransport({ direction: 'both' });
    const deaths: string[] = [];
    room.on('died', () => deaths.push('room'));
    const [home] = watched.routers;
    const dumps = await Promise.all(running().map((worker) => worker.dump()));
    const other = dumps.find(({ routerIds }) => !routerIds.includes(home?.id ?? ''));
    process.kill(other?.pid ?? 0, 'SIGKILL');
    const transport = await room.createTransport({ direction: 'recv' });
    expect(transport.info.iceCandidates.length).toBeGreaterThan(0);
    // It was asked for before the end was noticed, or after.
    expect(extent().workers).toBeGreaterThan(0);
    expect(deaths).toEqual([]);
    room.close();
  });
});

describe('a thousand comings and goings', () => {
  const COUNT = 200;

  test('leave nothing, in Node and in the workers', { timeout: 120_000 }, async () => {
    await start(4);
    const dice = new Dice(11);
    const visits = async () => {
      const room = await backend.createRoom('busy');
      const transports: MediaTransport[] = [];
      const producers: MediaProducer[] = [];
      for (let step = 0; step < COUNT; step += 1) {
        const transport = transports.length > 0 ? dice.pick(transports) : undefined;
        const happening = dice.pick([
          'come',
          'publish',
          'subscribe',
          'subscribe',
          'subscribe',
          'stop',
          'go',
        ] as const);
        if (!transport || (happening === 'come' && transports.length < 8))
          transports.push(await room.createTransport({ direction: 'both' }));
        else if (happening === 'publish') {
          producers.push(await publish(transport));
        } else if (happening === 'subscribe' && producers.length > 0)
          // Its publisher may have gone.
          await subscribe(room, transport, dice.pick(producers)).catch(() => undefined);
        else if (happening === 'stop') producers.splice(0, 1)[0]?.close();
        else if (happening === 'go') {
          transport.close();
          transports.splice(transports.indexOf(transport), 1);
        }
      }
      room.close();
      await vi.waitFor(() => {
        expect(loads()).toEqual([NOTHING, NOTHING]);
      }, WAIT);
      expect(watched.routers.size + watched.transports.size).toBe(0);
      expect(watched.producers.size + watched.copies.size).toBe(0);
    };
    await visits();
    const inWorkers = () =>
      Promise.all(
        running().map(async (worker) => {
          const { channelMessageHandlers, routerIds } = await worker.dump();
          return [routerIds.length, channelMessageHandlers.channelRequestHandlers.length];
        }),
      );
    const [before, workersBefore] = [takeCensus(), await inWorkers()];
    for (let round = 0; round < 3; round += 1) await visits();
    expect(await inWorkers()).toEqual(workersBefore);
    const after = takeCensus();
    expect(growth(before, after, COUNT / 2)).toEqual({});
    for (const kind of [
      'RoomRouter',
      'WorkerRouter',
      'PipedRouter',
      'RouterPipe',
      'CarriedProducer',
      'PipeTransportImpl',
    ])
      expect(after[kind] ?? 0, kind).toBe(0);
  });
});
