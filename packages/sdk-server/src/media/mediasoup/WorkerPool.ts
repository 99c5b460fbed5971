import type { types } from 'mediasoup';
import type { WorkerLoad } from '../../core/ports.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { WorkerCounts } from './workerCounts.js';

/** A worker process with its one WebRtcServer: one UDP and one TCP port for everything on it. */
export interface PooledWorker extends WorkerCounts {
  readonly raw: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
}

export type Placement = 'leastLoaded' | 'roundRobin';

export interface WorkerPoolOptions {
  readonly size: number;
  readonly placement: Placement;
  /** Starts the worker of a slot; the slot decides its port, so a replacement gets the port of the dead one. */
  readonly start: (slot: number) => Promise<PooledWorker>;
  readonly logger: Logger;
  /** Waits before a worker that keeps dying is started again, ms. */
  readonly delay: (ms: number) => Promise<void>;
}

const MAX_RESTART_DELAY_MS = 10_000;
/** A room that needs a worker waits for one that is started again so soon, ms. */
const PATIENCE_MS = 2000;
/** A worker that lived as long as this died of something else than its start, ms. */
const HEALTHY_MS = 10_000;

/** Workers by slot; a slot whose worker dies gets a new one. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers: (PooledWorker | undefined)[];
  readonly #starting = new Set<Promise<PooledWorker>>();
  readonly #failures: number[];
  #turn = 0;
  #deaths = 0;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.size }, () => undefined);
    this.#failures = this.#workers.map(() => 0);
  }

  /** Starts every worker; rejects when one of them cannot start. */
  async open(): Promise<void> {
    try {
      await Promise.all(this.#workers.map((_, slot) => this.#start(slot)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The worker for a new room. Waits for a replacement when none is alive. @throws MEDIA_UNAVAILABLE */
  async pick(): Promise<PooledWorker> {
    let alive = this.#pickAlive();
    if (!alive && this.#starting.size === 0) {
      // Rooms hear of the death of their worker before the pool does.
      await new Promise(setImmediate);
      alive = this.#pickAlive();
    }
    if (alive) return alive;
    try {
      return await Promise.any(this.#starting);
    } catch (error) {
      throw new ParlorError('MEDIA_UNAVAILABLE', 'no media worker is running; the server log says why', {
        cause: error,
      });
    }
  }

  /** Those that are alive. */
  get running(): PooledWorker[] {
    return this.#workers.filter((worker) => worker !== undefined).filter(({ raw }) => !raw.closed);
  }

  get pids(): number[] {
    return this.running.map(({ raw }) => raw.pid);
  }

  get alive(): number {
    return this.running.length;
  }

  get loads(): WorkerLoad[] {
    return this.#workers.flatMap((worker, slot) => {
      if (!worker || worker.raw.closed) return [];
      const { rooms, routers, consumers, piped } = worker;
      return [{ slot, rooms, routers, consumers, piped }];
    });
  }

  get deaths(): number {
    return this.#deaths;
  }

  close(): void {
    this.#closed = true;
    for (const worker of this.#workers) worker?.raw.close();
    this.#workers.fill(undefined);
  }

  #pickAlive(): PooledWorker | undefined {
    const alive = this.running;
    if (this.#options.placement === 'roundRobin') {
      this.#turn += 1;
      return alive[(this.#turn - 1) % Math.max(alive.length, 1)];
    }
    let best: PooledWorker | undefined;
    for (const worker of alive) if (!best || isLighter(worker, best)) best = worker;
    return best;
  }

  async #start(slot: number, waitMs = 0): Promise<void> {
    const starting = this.#startIn(slot, waitMs);
    if (waitMs <= PATIENCE_MS) this.#starting.add(starting);
    let worker: PooledWorker;
    try {
      worker = await starting;
    } finally {
      this.#starting.delete(starting);
    }
    if (this.#closed) {
      worker.raw.close();
      return;
    }
    this.#workers[slot] = worker;
    const startedAt = performance.now();
    worker.raw.on('died', (error) => {
      const lived = performance.now() - startedAt;
      this.#deaths += 1;
      this.#options.logger.error(
        { err: error, pid: worker.raw.pid, slot, livedMs: Math.round(lived) },
        'worker died',
      );
      this.#workers[slot] = undefined;
      if (lived > HEALTHY_MS) this.#failures[slot] = 0;
      void this.#replace(slot);
    });
  }

  async #startIn(slot: number, waitMs: number): Promise<PooledWorker> {
    if (waitMs > 0) await this.#options.delay(waitMs);
    if (this.#closed) throw new Error('the pool is closed');
    return await this.#options.start(slot);
  }

  async #replace(slot: number): Promise<void> {
    while (!this.#closed) {
      const failures = this.#failures[slot] ?? 0;
      this.#failures[slot] = failures + 1;
      const waitMs = failures > 0 ? Math.min(250 * 2 ** failures, MAX_RESTART_DELAY_MS) : 0;
      try {
        await this.#start(slot, waitMs);
        this.#options.logger.info({ slot }, 'worker replaced');
        return;
      } catch (error) {
        if (this.#closed) return;
        this.#options.logger.error({ err: error, slot }, 'worker cannot be started');
      }
    }
  }
}

const isLighter = (a: PooledWorker, b: PooledWorker): boolean =>
  a.load < b.load || (a.load === b.load && a.rooms < b.rooms);
