import type { types } from 'mediasoup';
import type { MediasoupProducer } from './MediasoupProducer.js';

/** Where a consumer takes its media from. */
export interface ConsumerSource {
  producerId: string;
  enableRtx?: boolean;
}

/** One producer's way onto the router, shared by all who consume it there. */
interface Pipe {
  readonly producer: Promise<types.Producer>;
  uses: number;
}

/**
 * A second router of a room, on the same worker, with other payload types: mediasoup sends everything under those of
 * the router. Producers are piped over when they are first consumed and for as long as they are; pauses, ends and
 * requests for key frames go through the pipe.
 */
export class EgressRouter {
  readonly raw: types.Router;
  readonly #room: types.Router;
  readonly #withRtx: ReadonlySet<string>;
  readonly #pipes = new Map<string, Pipe>();
  readonly #piped: (consumer: types.Consumer) => void;

  /** @param options.withRtx MIME types, in lower case, whose retransmissions clients know. `piped` hears of each pipe. */
  constructor(
    raw: types.Router,
    options: {
      room: types.Router;
      withRtx: ReadonlySet<string>;
      piped: (consumer: types.Consumer) => void;
    },
  ) {
    this.raw = raw;
    this.#room = options.room;
    this.#withRtx = options.withRtx;
    this.#piped = options.piped;
  }

  /** Consumes a producer of the room, by `create`, from its copy here. */
  async consume(
    producer: MediasoupProducer,
    create: (source: ConsumerSource) => Promise<types.Consumer>,
  ): Promise<types.Consumer> {
    const pipe = this.#pipe(producer);
    const release = () => {
      pipe.uses -= 1;
      if (pipe.uses === 0) this.#end(producer.id, pipe);
    };
    pipe.uses += 1;
    try {
      const { id } = await pipe.producer;
      const enableRtx = this.#withRtx.has(producer.mimeType.toLowerCase());
      const consumer = await create({ producerId: id, enableRtx });
      consumer.observer.once('close', release);
      return consumer;
    } catch (error) {
      release();
      throw error;
    }
  }

  #pipe(producer: MediasoupProducer): Pipe {
    const existing = this.#pipes.get(producer.id);
    if (existing) return existing;
    const pipe: Pipe = { producer: this.#open(producer.id), uses: 0 };
    this.#pipes.set(producer.id, pipe);
    return pipe;
  }

  async #open(producerId: string): Promise<types.Producer> {
    // Two producers of one worker cannot have the same id.
    const { pipeConsumer, pipeProducer } = await this.#room.pipeToRouter({
      producerId,
      router: this.raw,
      keepId: false,
      enableSctp: false,
    });
    if (!pipeConsumer || !pipeProducer) throw new Error('mediasoup gave no pipe');
    this.#piped(pipeConsumer);
    return pipeProducer;
  }

  #end(producerId: string, pipe: Pipe): void {
    if (this.#pipes.get(producerId) === pipe) this.#pipes.delete(producerId);
    pipe.producer.then(
      (producer) => {
        producer.close();
      },
      // It never was: whoever wanted it has heard why.
      () => undefined,
    );
  }
}
