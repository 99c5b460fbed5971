import type { types } from 'mediasoup';
import type { PayloadTypes, TransportOptions } from '../../core/types.js';
import { isParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';
import type { Logger } from '../../logger.js';
import { observeSpeakers, type Loudness } from './activity.js';
import { DataHub } from './DataHub.js';
import { EgressRouters, type EgressLease } from './EgressRouters.js';
import { mediaError } from './mediaError.js';
import type { MediasoupProducer } from './MediasoupProducer.js';
import { MediasoupTransport } from './MediasoupTransport.js';
import { PipedRouter } from './PipedRouter.js';
import type { Pipes } from './pipes/Pipes.js';
import { countOn } from './workerCounts.js';
import type { PooledWorker } from './WorkerPool.js';

export interface WorkerRouterOptions {
  readonly roomId: string;
  readonly mediaCodecs: types.RouterRtpCodecCapability[];
  readonly pipes: Pipes;
  readonly logger: Logger;
}

export interface WorkerRouterEvents {
  /** The worker has died. */
  died: [];
  /** By `close()`. */
  closed: [];
  /** Who speaks of those who send here, the loudest first; empty: silence. */
  heard: [speakers: Loudness[]];
}

/** Who asked for a transport, and hears of what is on it. */
export interface TransportAsker {
  produced(producer: MediasoupProducer): void;
  consumed(): void;
  closed(): void;
}

/** What a room has on one worker: its router, and next to it those for viewers with payload types of their own. */
export class WorkerRouter extends Emitter<WorkerRouterEvents> {
  readonly #worker: PooledWorker;
  readonly #router: PipedRouter;
  readonly #logger: Logger;
  readonly #data: DataHub;
  readonly #egress: EgressRouters;
  readonly #transports = new Set<types.WebRtcTransport>();
  #observer: types.AudioLevelObserver | undefined;
  #closed = false;

  static async open(worker: PooledWorker, options: WorkerRouterOptions): Promise<WorkerRouter> {
    const { roomId, mediaCodecs } = options;
    let router: WorkerRouter | undefined;
    try {
      const raw = await worker.raw.createRouter({ mediaCodecs, appData: { roomId } });
      const opened = (router = new WorkerRouter(worker, raw, options));
      opened.#observer = await observeSpeakers(raw, (speakers) => {
        opened.emit('heard', speakers);
      });
      return opened;
    } catch (error) {
      router?.close();
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
  }

  private constructor(worker: PooledWorker, raw: types.Router, { pipes, logger }: WorkerRouterOptions) {
    super();
    this.#worker = worker;
    this.#router = new PipedRouter(raw, { counts: worker, pipes });
    this.#logger = logger;
    this.#data = new DataHub(raw);
    this.#egress = new EgressRouters({
      router: raw,
      createRouter: (mediaCodecs) => worker.raw.createRouter({ mediaCodecs, appData: raw.appData }),
      counts: worker,
      pipes,
    });
    countOn(worker, ['rooms'], raw);
    // Its transports go first, so that it may have been let go of by now.
    raw.on('workerclose', () => {
      this.emit('died');
    });
  }

  get rtpCapabilities(): types.RtpCapabilities {
    return this.#router.raw.rtpCapabilities;
  }

  async createTransport(options: TransportOptions, asker: TransportAsker): Promise<MediasoupTransport> {
    const { direction, payloadTypes, data = false } = options;
    const lease = payloadTypes && (await this.#lease(payloadTypes));
    const router = lease?.value ?? this.#router;
    let raw: types.WebRtcTransport;
    try {
      raw = await router.raw.createWebRtcTransport({
        webRtcServer: this.#worker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        enableSctp: data,
        appData: { direction },
      });
      // The room may have been closed just after the worker answered.
      if (raw.closed) throw new Error('the room was closed');
    } catch (error) {
      lease?.release();
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
    this.#transports.add(raw);
    countOn(this.#worker, ['load'], raw);
    raw.observer.once('close', () => {
      this.#transports.delete(raw);
      lease?.release();
      asker.closed();
    });
    return new MediasoupTransport(raw, {
      router,
      data: data && !lease ? this.#data : undefined,
      produced: (producer) => {
        if (producer.kind === 'audio') void this.#listen(producer);
        asker.produced(producer);
      },
      consumed: (consumer) => {
        countOn(this.#worker, ['load', 'consumers'], consumer);
        asker.consumed();
      },
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // They would go with their router, but the WebRtcServer only forgets those that are closed themselves.
    for (const transport of [...this.#transports]) transport.close();
    this.#egress.close();
    this.#router.close();
    this.emit('closed');
  }

  async #lease(payloadTypes: PayloadTypes): Promise<EgressLease | undefined> {
    try {
      return await this.#egress.lease(payloadTypes);
    } catch (error) {
      throw isParlorError(error) ? error : mediaError('MEDIA_UNAVAILABLE', error);
    }
  }

  async #listen(producer: MediasoupProducer): Promise<void> {
    try {
      await this.#observer?.addProducer({ producerId: producer.id });
    } catch (error) {
      // Gone before it was listened to: nothing to report. Anything else costs the speaker's ring, not the call.
      if (!producer.raw.closed)
        this.#logger.warn({ err: error, producerId: producer.id }, 'no active speaker for it');
    }
  }
}
