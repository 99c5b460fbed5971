import { EventEmitter } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger.js';
import { noCounts } from './workerCounts.js';
import { WorkerPool, type PooledWorker } from './WorkerPool.js';

/** The members of a mediasoup worker that the pool uses. */
class WorkerDouble extends EventEmitter {
  closed = false;
  constructor(readonly pid: number) {
    super();
  }
  close(): void {
    this.closed = true;
  }
  die(): void {
    this.closed = true;
    this.emit('died', new Error('killed'));
  }
}

function pool(options: {
  size: number;
  placement?: 'leastLoaded' | 'roundRobin';
  start?: (slot: number) => Promise<void>;
  delay?: () => Promise<void>;
}) {
  const doubles: WorkerDouble[] = [];
  const delays: number[] = [];
  const workers = new WorkerPool({
    size: options.size,
    placement: options.placement ?? 'leastLoaded',
    logger: silentLogger,
    delay: (ms) => {
      delays.push(ms);
      return options.delay?.() ?? Promise.resolve();
    },
    start: async (slot) => {
      await options.start?.(slot);
      const double = new WorkerDouble(doubles.length);
      doubles.push(double);
      return { raw: double, webRtcServer: {}, ...noCounts() } as never as PooledWorker;
    },
  });
  return { workers, doubles, delays };
}

describe('WorkerPool', () => {
  test('gives a room to the worker with the least load, then with the fewest rooms', async () => {
    const { workers } = pool({ size: 2 });
    await workers.open();
    const first = await workers.pick();
    first.load = 10;
    const second = await workers.pick();
    expect(second).not.toBe(first);
    second.load = 10;
    second.rooms = 3;
    expect(await workers.pick()).toBe(first);
  });

  test('roundRobin takes them in turn', async () => {
    const { workers } = pool({ size: 3, placement: 'roundRobin' });
    await workers.open();
    const picked = [];
    for (let i = 0; i < 6; i += 1) picked.push((await workers.pick()).raw.pid);
    expect(picked).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('replaces a worker that died, and a room waits for it', async () => {
    const { workers, doubles } = pool({ size: 1 });
    await workers.open();
    doubles[0]?.die();
    expect((await workers.pick()).raw).toBe(doubles[1]);
  });

  test('a room hears of the death before the pool does, and waits all the same', async () => {
    const { workers, doubles } = pool({ size: 1 });
    await workers.open();
    const [double] = doubles;
    if (double) double.closed = true;
    const picked = workers.pick();
    double?.die();
    expect((await picked).raw).toBe(doubles[1]);
  });

  test('a room waits for a worker that is started again after a short while, not for long', async () => {
    let hold: () => void = () => undefined;
    const { workers, doubles, delays } = pool({
      size: 1,
      delay: () =>
        new Promise((resolve) => {
          hold = resolve;
        }),
    });
    await workers.open();
    for (const wait of [500, 1000, 2000]) {
      doubles.at(-1)?.die();
      if (delays.length === 0) {
        await workers.pick();
        doubles.at(-1)?.die();
      }
      const picked = workers.pick();
      await vi.waitFor(() => {
        expect(delays.at(-1)).toBe(wait);
      });
      hold();
      expect((await picked).raw).toBe(doubles.at(-1));
    }
    doubles.at(-1)?.die();
    await expect(workers.pick()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(delays.at(-1)).toBe(4000);
    workers.close();
    hold();
  });

  test('backs off when the replacement keeps failing, and recovers', async () => {
    let failures = 0;
    const { workers, doubles, delays } = pool({
      size: 1,
      start: () => {
        if (doubles.length === 0 || failures === 4) return Promise.resolve();
        failures += 1;
        return Promise.reject(new Error('no'));
      },
    });
    await workers.open();
    doubles[0]?.die();
    await vi.waitFor(() => {
      expect(doubles).toHaveLength(2);
    });
    expect(delays).toEqual([500, 1000, 2000, 4000]);
  });

  test('without any worker a room is refused by a code', async () => {
    const { workers, doubles } = pool({ size: 1 });
    await workers.open();
    workers.close();
    doubles[0]?.die();
    await expect(workers.pick()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
  });

  test('a worker that cannot start ends the opening and the other workers', async () => {
    const { workers, doubles } = pool({
      size: 2,
      start: (slot) => (slot === 1 ? Promise.reject(new Error('port taken')) : Promise.resolve()),
    });
    await expect(workers.open()).rejects.toThrow('port taken');
    expect(doubles[0]?.closed).toBe(true);
  });
});
