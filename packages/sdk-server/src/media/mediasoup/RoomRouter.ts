import type { RtpCapabilities } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaReceiver, MediaRoom, MediaRoomEvents } from '../../core/ports.js';
import type { TransportOptions } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';
import type { Logger } from '../../logger.js';
import { offeredCapabilities } from './codecs.js';
import { Leases } from './Leases.js';
import type { MediasoupTransport } from './MediasoupTransport.js';
import type { PortRange } from './pipes/LocalPipeEnd.js';
import { Pipes } from './pipes/Pipes.js';
import { choosePlace, type Place } from './placement.js';
import { fromRtpCapabilities } from './rtpTypes.js';
import { SpeakerMerge } from './SpeakerMerge.js';
import { TrimmedReceiver } from './TrimmedReceiver.js';
import type { PooledWorker, WorkerPool } from './WorkerPool.js';
import { WorkerRouter } from './WorkerRouter.js';

export interface RoomRouterOptions {
  readonly roomId: string;
  readonly mediaCodecs: types.RouterRtpCodecCapability[];
  readonly pool: Pick<WorkerPool, 'running'>;
  /** Beyond so many on a worker, a room's further transports go to another one. */
  readonly maxConsumersPerWorker: number;
  readonly pipePorts: PortRange;
  readonly logger: Logger;
}

/**
 * A room's media. It begins on one worker and takes a place on others when its transports do not fit there any more;
 * such a place is given up with the last transport on it. Transports stay where they are.
 */
export class RoomRouter extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  readonly #options: RoomRouterOptions;
  readonly #routers = new Leases<PooledWorker, WorkerRouter>();
  readonly #pipes: Pipes;
  readonly #receivers = new WeakMap<RtpCapabilities, TrimmedReceiver>();
  readonly #speakers = new SpeakerMerge<WorkerRouter>((speakers) => {
    if (!this.#closed) this.emit('activeSpeakers', speakers);
  });
  #producers = 0;
  #closed = false;

  /** Of a room that begins on this worker. It stays there for as long as the room is open. */
  static async open(worker: PooledWorker, options: RoomRouterOptions): Promise<RoomRouter> {
    const pipes = new Pipes(options.pipePorts);
    const home = await WorkerRouter.open(worker, { ...options, pipes });
    const room = new RoomRouter(home, pipes, options);
    await room.#routers.take(worker, () => Promise.resolve(home));
    return room;
  }

  private constructor(home: WorkerRouter, pipes: Pipes, options: RoomRouterOptions) {
    super();
    this.#options = options;
    this.#pipes = pipes;
    this.rtpCapabilities = fromRtpCapabilities(offeredCapabilities(home.rtpCapabilities));
    this.#listen(home);
  }

  async createTransport(options: TransportOptions): Promise<MediasoupTransport> {
    for (;;) {
      const { worker, release } = this.#reserve(options);
      try {
        return await this.#createOn(worker, options, release);
      } catch (error) {
        release();
        // It died before the room was on it: another one takes the transport.
        if (this.#closed || !worker.raw.closed) throw error;
      }
    }
  }

  receiver(rtpCapabilities: RtpCapabilities): MediaReceiver {
    // Clients of the same browser share theirs.
    let receiver = this.#receivers.get(rtpCapabilities);
    if (!receiver) {
      receiver = new TrimmedReceiver(rtpCapabilities, this.rtpCapabilities);
      this.#receivers.set(rtpCapabilities, receiver);
    }
    return receiver;
  }

  close(): void {
    this.#closed = true;
    this.#routers.close();
  }

  /** A place for a transport, kept free for what it will bring, or goes on bringing, onto the worker. */
  #reserve({ direction }: TransportOptions): { worker: PooledWorker; release: () => void } {
    // Who sends costs about as much as who receives one.
    const extra = direction === 'send' ? 1 : Math.max(this.#producers, 1);
    const { pool, maxConsumersPerWorker: limit } = this.#options;
    const own = this.#routers.keys();
    const others = pool.running.filter((worker) => !own.includes(worker));
    const [ownPlaces, otherPlaces] = [own.map(placeOn), others.map(placeOn)];
    const place = choosePlace({ own: ownPlaces, others: otherPlaces, extra, limit });
    if (!place || this.#closed) throw new ParlorError('MEDIA_UNAVAILABLE', 'the room was closed');
    const { worker } = place;
    worker.expected += extra;
    let held = true;
    const release = () => {
      if (held) worker.expected -= extra;
      held = false;
    };
    return { worker, release };
  }

  /** `release` gives its reservation back. */
  async #createOn(
    worker: PooledWorker,
    options: TransportOptions,
    release: () => void,
  ): Promise<MediasoupTransport> {
    const { value: router, release: leave } = await this.#routers.take(worker, () => this.#open(worker));
    try {
      return await router.createTransport(options, {
        produced: ({ raw }) => {
          if (raw.closed) return;
          this.#producers += 1;
          raw.observer.once('close', () => (this.#producers -= 1));
        },
        // From the first one on they are counted themselves.
        consumed: release,
        closed: () => {
          release();
          leave();
        },
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #open(worker: PooledWorker): Promise<WorkerRouter> {
    const router = await WorkerRouter.open(worker, { ...this.#options, pipes: this.#pipes });
    this.#listen(router);
    return router;
  }

  #listen(router: WorkerRouter): void {
    router.on('heard', (speakers) => {
      this.#speakers.heard(router, speakers);
    });
    router.on('closed', () => {
      this.#speakers.forget(router);
    });
    router.on('died', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.emit('died');
      // What it has on other workers goes, too: the room begins anew.
      this.#routers.close();
    });
  }
}

interface WorkerPlace extends Place {
  readonly worker: PooledWorker;
}

const placeOn = (worker: PooledWorker): WorkerPlace => ({
  worker,
  occupied: worker.consumers + worker.expected,
});
