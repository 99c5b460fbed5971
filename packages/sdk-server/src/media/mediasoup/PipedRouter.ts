import type { types } from 'mediasoup';
import { Leases } from './Leases.js';
import type { MediasoupProducer } from './MediasoupProducer.js';
import type { CarriedProducer } from './pipes/CarriedProducer.js';
import type { Pipes } from './pipes/Pipes.js';
import { countOn, type WorkerCounts } from './workerCounts.js';

/** A router, and where what is on it is counted. */
export interface RouterHome {
  readonly raw: types.Router;
  readonly counts: WorkerCounts;
}

/** Where a consumer takes its media from. */
export interface ConsumerSource {
  producerId: string;
  enableRtx?: boolean;
}

export interface PipedRouterOptions {
  readonly counts: WorkerCounts;
  readonly pipes: Pipes;
  /**
   * For a router whose codecs differ from the room's: MIME types, in lower case, whose retransmissions its clients know.
   * Default: as the client says.
   */
  readonly withRtx?: ReadonlySet<string>;
}

/**
 * One of a room's routers. Producers that are on another one are piped over when they are first consumed here and for as
 * long as they are; while all who consume one have paused it, nothing of it is sent. All layers come, and pauses, ends
 * and requests for key frames go through.
 */
export class PipedRouter implements RouterHome {
  readonly raw: types.Router;
  readonly counts: WorkerCounts;
  readonly #pipes: Pipes;
  readonly #withRtx: ReadonlySet<string> | undefined;
  readonly #copies = new Leases<MediasoupProducer, Copy>();
  /** Of what consumers take their media, where that is a copy. */
  readonly #copyOf = new WeakMap<types.Consumer, Copy>();

  constructor(raw: types.Router, { counts, pipes, withRtx }: PipedRouterOptions) {
    this.raw = raw;
    this.counts = counts;
    this.#pipes = pipes;
    this.#withRtx = withRtx;
    countOn(counts, ['routers'], raw);
  }

  /** Consumes a producer of the room, by `create`, from its copy here if it is on another router. */
  consume(
    producer: MediasoupProducer,
    create: (source: ConsumerSource) => Promise<types.Consumer>,
  ): Promise<types.Consumer> {
    if (producer.home.raw === this.raw) return create({ producerId: producer.id });
    return this.#consumeCopy(producer, create);
  }

  async #consumeCopy(
    producer: MediasoupProducer,
    create: (source: ConsumerSource) => Promise<types.Consumer>,
  ): Promise<types.Consumer> {
    const { value: copy, release } = await this.#copies.take(producer, () => this.#copy(producer));
    try {
      const enableRtx = this.#withRtx?.has(producer.mimeType.toLowerCase());
      const { producerId } = copy.carried;
      const consumer = await create({ producerId, ...(enableRtx !== undefined && { enableRtx }) });
      if (consumer.closed) throw new Error('the producer ended');
      copy.add(consumer);
      this.#copyOf.set(consumer, copy);
      consumer.observer.once('close', release);
      return consumer;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Of the publisher of what is consumed. The worker ignores it for a copy of which nothing has come yet. */
  async requestKeyFrame(consumer: types.Consumer): Promise<void> {
    this.#copyOf.get(consumer)?.carried.requestKeyFrame();
    await consumer.requestKeyFrame();
  }

  close(): void {
    this.#copies.close();
    this.raw.close();
  }

  async #copy(producer: MediasoupProducer): Promise<Copy> {
    const { home, id: producerId } = producer;
    const carried = await this.#pipes.carry({
      producerId,
      from: home.raw,
      to: this.raw,
      // Where not all codecs have retransmissions there can be none in the pipe.
      retransmits: this.#withRtx === undefined,
    });
    if (carried.closed) throw new Error('the producer ended');
    const copy = new Copy(carried);
    const { counts } = this;
    home.counts.consumers += 1;
    home.counts.load += 1;
    counts.piped += 1;
    carried.on('closed', () => {
      home.counts.consumers -= 1;
      home.counts.load -= 1;
      counts.piped -= 1;
      this.#copies.forget(producer, copy);
    });
    return copy;
  }
}

/** A producer's copy, and who consumes it. */
class Copy {
  readonly carried: CarriedProducer;
  readonly #consumers = new Set<types.Consumer>();

  constructor(carried: CarriedProducer) {
    this.carried = carried;
    carried.on('resumed', () => {
      this.#update();
    });
  }

  add(consumer: types.Consumer): void {
    this.#consumers.add(consumer);
    const { observer } = consumer;
    observer.on('pause', this.#update);
    observer.on('resume', this.#update);
    observer.once('close', () => {
      this.#consumers.delete(consumer);
      this.#update();
    });
    this.#update();
  }

  close(): void {
    this.carried.close();
  }

  /** A resumed consumer is there before its media. */
  readonly #update = (): void => {
    if (this.carried.closed || this.#consumers.size === 0) return;
    this.carried.setWanted(this.#isWanted);
  };

  get #isWanted(): boolean {
    for (const { paused } of this.#consumers) if (!paused) return true;
    return false;
  }
}
