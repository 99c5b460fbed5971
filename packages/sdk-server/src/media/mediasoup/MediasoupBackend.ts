import { availableParallelism, networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import type { MediaBackend, MediaWorkers } from '../../core/ports.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { DEFAULT_CODECS } from './codecs.js';
import { listenAddresses, reachWarnings, type ListenAddress } from './listening.js';
import { findMakers } from './madeParameters.js';
import type { MediasoupOptions } from './options.js';
import { pipePorts } from './pipes/pipePorts.js';
import { withGatheredRequests } from './requestPipe.js';
import { RoomRouter, type RoomRouterOptions } from './RoomRouter.js';
import { ignoreSignals } from './signals.js';
import { noCounts } from './workerCounts.js';
import { WorkerPool, type PooledWorker } from './WorkerPool.js';

type Mediasoup = typeof mediasoup;

/** mediasoup.org/documentation/v3/scalability: a worker, and so a core, bears over 500 consumers. */
const DEFAULT_MAX_CONSUMERS = 500;

/** Rooms on mediasoup workers. */
export class MediasoupBackend implements MediaBackend {
  readonly #pool: WorkerPool;
  readonly #room: Omit<RoomRouterOptions, 'roomId'>;

  /** Starts the workers. @throws MEDIA_UNAVAILABLE with the way out in the message */
  static async open(options: MediasoupOptions, logger: Logger): Promise<MediasoupBackend> {
    const library = await importMediasoup();
    await findMakers();
    const addresses = listenAddresses(options, networkInterfaces());
    if (options.clients !== 'network') {
      for (const warning of await reachWarnings(addresses)) logger.warn({ addresses }, warning);
    }
    const size = options.workers ?? availableParallelism();
    const pool = new WorkerPool({
      size,
      placement: options.placement ?? 'leastLoaded',
      logger,
      delay,
      start: (slot) => startWorker(library, { ...options, slot, addresses }),
    });
    await pool.open();
    return new MediasoupBackend(pool, {
      pool,
      mediaCodecs: options.codecs ?? DEFAULT_CODECS,
      maxConsumersPerWorker: options.maxConsumersPerWorker ?? DEFAULT_MAX_CONSUMERS,
      pipePorts: pipePorts(options.rtcPort, size),
      logger,
    });
  }

  private constructor(pool: WorkerPool, room: Omit<RoomRouterOptions, 'roomId'>) {
    this.#pool = pool;
    this.#room = room;
  }

  async createRoom(roomId: string): Promise<RoomRouter> {
    for (;;) {
      const worker = await this.#pool.pick();
      try {
        return await RoomRouter.open(worker, { ...this.#room, roomId });
      } catch (error) {
        // It has died over it: another one takes the room, as long as there are some.
        if (!worker.raw.closed) throw error;
      }
    }
  }

  get workers(): MediaWorkers {
    return this.#pool;
  }

  close(): void {
    this.#pool.close();
  }
}

async function importMediasoup(): Promise<Mediasoup> {
  try {
    return await import('mediasoup');
  } catch (error) {
    throw new ParlorError('MEDIA_UNAVAILABLE', 'mediasoup is not installed: npm install mediasoup', {
      cause: error,
    });
  }
}

async function startWorker(
  library: Mediasoup,
  options: MediasoupOptions & { slot: number; addresses: ListenAddress[] },
): Promise<PooledWorker> {
  const { workerBin, rtcPort, slot, addresses, workerLogLevel = 'warn' } = options;
  let raw: types.Worker;
  try {
    raw = await withGatheredRequests(() =>
      library.createWorker({
        logLevel: workerLogLevel,
        ...(workerBin === undefined ? {} : { workerBin }),
      }),
    );
  } catch (error) {
    throw new ParlorError(
      'MEDIA_UNAVAILABLE',
      'the mediasoup worker does not start: set MEDIASOUP_WORKER_BIN to a working mediasoup-worker, or reinstall mediasoup with its install script',
      { cause: error },
    );
  }
  ignoreSignals(raw);
  try {
    const listenInfos = addresses.flatMap((address) =>
      (['udp', 'tcp'] as const).map((protocol) => ({
        ...address,
        protocol,
        ...(rtcPort === undefined ? {} : { port: rtcPort + slot }),
      })),
    );
    return { raw, webRtcServer: await raw.createWebRtcServer({ listenInfos }), ...noCounts() };
  } catch (error) {
    raw.close();
    const where = addresses.map(({ ip }) => ip).join(' and ');
    throw new ParlorError(
      'MEDIA_UNAVAILABLE',
      `media cannot listen on ${where}${rtcPort === undefined ? '' : ` port ${String(rtcPort + slot)}`}: ` +
        'choose another listenIp (PARLOR_LISTEN_IP) or rtcPort (PARLOR_RTC_PORT)',
      { cause: error },
    );
  }
}
