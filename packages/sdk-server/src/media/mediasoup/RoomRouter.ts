import type { RtpCapabilities } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaReceiver, MediaRoom, MediaRoomEvents } from '../../core/ports.js';
import type { PayloadTypes, TransportOptions } from '../../core/types.js';
import { isParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';
import type { Logger } from '../../logger.js';
import { observeSpeakers } from './activity.js';
import { offeredCapabilities } from './codecs.js';
import { DataHub } from './DataHub.js';
import { EgressRouters, type EgressLease } from './EgressRouters.js';
import { mediaError } from './mediaError.js';
import type { MediasoupProducer } from './MediasoupProducer.js';
import { MediasoupTransport } from './MediasoupTransport.js';
import { fromRtpCapabilities } from './rtpTypes.js';
import { TrimmedReceiver } from './TrimmedReceiver.js';
import type { PooledWorker } from './WorkerPool.js';

/** A room's media: one router on one worker, and next to it those for viewers with payload types of their own. */
export class RoomRouter extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  readonly #router: types.Router;
  readonly #worker: PooledWorker;
  readonly #logger: Logger;
  #observer: types.AudioLevelObserver | undefined;
  readonly #receivers = new WeakMap<RtpCapabilities, TrimmedReceiver>();
  readonly #egress: EgressRouters;
  readonly #data: DataHub;
  readonly #transports = new Set<types.WebRtcTransport>();
  #closed = false;

  static async open(
    worker: PooledWorker,
    options: { roomId: string; mediaCodecs: types.RouterRtpCodecCapability[]; logger: Logger },
  ): Promise<RoomRouter> {
    const { roomId, mediaCodecs, logger } = options;
    try {
      const router = await worker.raw.createRouter({ mediaCodecs, appData: { roomId } });
      const room = new RoomRouter(worker, router, logger);
      room.#observer = await observeSpeakers(router, (speakers) => {
        room.emit('activeSpeakers', speakers);
      });
      return room;
    } catch (error) {
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
  }

  private constructor(worker: PooledWorker, router: types.Router, logger: Logger) {
    super();
    this.#worker = worker;
    this.#router = router;
    this.#logger = logger;
    this.#data = new DataHub(router);
    this.rtpCapabilities = fromRtpCapabilities(offeredCapabilities(router.rtpCapabilities));
    this.#egress = new EgressRouters({
      room: router,
      createRouter: (mediaCodecs) => worker.raw.createRouter({ mediaCodecs, appData: router.appData }),
      piped: ({ observer }) => {
        this.#count(observer);
      },
    });
    worker.rooms += 1;
    router.on('workerclose', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.emit('died');
    });
  }

  async createTransport(options: TransportOptions): Promise<MediasoupTransport> {
    const { direction, payloadTypes, data = false } = options;
    const lease = payloadTypes && (await this.#lease(payloadTypes));
    const router = lease?.router.raw ?? this.#router;
    let raw: types.WebRtcTransport;
    try {
      raw = await router.createWebRtcTransport({
        webRtcServer: this.#worker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        enableSctp: data,
        appData: { direction },
      });
    } catch (error) {
      lease?.release();
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
    this.#transports.add(raw);
    raw.observer.once('close', () => this.#transports.delete(raw));
    this.#count(raw.observer);
    if (lease) raw.observer.once('close', lease.release);
    return new MediasoupTransport(raw, {
      egress: lease?.router,
      data: data && !lease ? this.#data : undefined,
      produced: (producer) => {
        if (producer.kind === 'audio') void this.#listen(producer);
      },
      consumed: (consumer) => {
        this.#count(consumer.observer);
      },
    });
  }

  receiver(rtpCapabilities: RtpCapabilities): MediaReceiver {
    // Clients of the same browser share theirs.
    let receiver = this.#receivers.get(rtpCapabilities);
    if (!receiver) {
      receiver = new TrimmedReceiver(rtpCapabilities);
      this.#receivers.set(rtpCapabilities, receiver);
    }
    return receiver;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#worker.rooms -= 1;
    // They would go with their router, but the WebRtcServer only forgets those that are closed themselves.
    for (const transport of [...this.#transports]) transport.close();
    this.#egress.close();
    this.#router.close();
  }

  async #lease(payloadTypes: PayloadTypes): Promise<EgressLease | undefined> {
    try {
      return await this.#egress.lease(payloadTypes);
    } catch (error) {
      throw isParlorError(error) ? error : mediaError('MEDIA_UNAVAILABLE', error);
    }
  }

  /** Transports and consumers are what a worker spends its time on. */
  #count(observer: { once(event: 'close', listener: () => void): unknown }): void {
    this.#worker.load += 1;
    observer.once('close', () => {
      this.#worker.load -= 1;
    });
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
