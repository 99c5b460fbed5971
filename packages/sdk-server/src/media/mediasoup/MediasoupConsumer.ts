import type { ConsumerType, MediaKind, RtpParameters } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaConsumer, MediaConsumerEvents } from '../../core/ports.js';
import type { ConsumerLayers, StreamStats } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';
import { mediaError } from './mediaError.js';
import type { MediasoupProducer } from './MediasoupProducer.js';
import type { PipedRouter } from './PipedRouter.js';
import { fromRtpParameters } from './rtpTypes.js';
import { streamStats } from './streamStats.js';

export interface ConsumedFrom {
  /** The original, which may be on another router. */
  readonly producer: MediasoupProducer;
  /** That of the consumer. */
  readonly router: PipedRouter;
  /** Those of the consumer; absent: it is asked for them, which clones them. */
  readonly rtpParameters?: types.RtpParameters | undefined;
}

export class MediasoupConsumer extends Emitter<MediaConsumerEvents> implements MediaConsumer {
  readonly #raw: types.Consumer;
  readonly #router: PipedRouter;
  #rtpParameters: types.RtpParameters | undefined;

  constructor(raw: types.Consumer, { producer, router, rtpParameters }: ConsumedFrom) {
    super();
    this.#raw = raw;
    this.#router = router;
    this.#rtpParameters = rtpParameters;
    if (producer.home.raw !== router.raw) this.#followScores(producer);
    else
      raw.on('score', ({ score, producerScore }) => {
        this.emit('score', { score, producerScore });
      });
    if (raw.type !== 'simple') {
      raw.on('layerschange', (layers) => {
        this.emit('layersChanged', layers);
      });
    }
  }

  get id(): string {
    return this.#raw.id;
  }

  get kind(): MediaKind {
    return this.#raw.kind;
  }

  get type(): ConsumerType {
    return this.#raw.type;
  }

  get rtpParameters(): RtpParameters {
    return fromRtpParameters((this.#rtpParameters ??= this.#raw.rtpParameters));
  }

  pause(): Promise<void> {
    return this.#raw.pause();
  }

  resume(): Promise<void> {
    return this.#raw.resume();
  }

  async setPreferredLayers({ spatialLayer, temporalLayer }: ConsumerLayers): Promise<void> {
    // Asking for more layers than the producer has freezes a consumer (versatica/mediasoup#488): mediasoup
    // clamps to what was announced in the RTP parameters, and a simple consumer has no layers to choose from.
    if (this.#raw.type === 'simple') return;
    await this.#raw.setPreferredLayers({
      spatialLayer,
      ...(temporalLayer === undefined ? {} : { temporalLayer }),
    });
  }

  async setPriority(priority: number): Promise<void> {
    await this.#raw.setPriority(priority);
  }

  requestKeyFrame(): Promise<void> {
    return this.#router.requestKeyFrame(this.#raw);
  }

  async stats(): Promise<StreamStats> {
    const clockRate = this.rtpParameters.codecs[0]?.clockRate ?? 1;
    const streams = await this.#readStreams();
    const sent = streams.find(({ type }) => type === 'outbound-rtp');
    if (!sent) throw new ParlorError('CONSUMER_NOT_FOUND', `consumer ${this.id} sends nothing`);
    return streamStats(sent, clockRate);
  }

  close(): void {
    this.#raw.close();
  }

  /** The router knows of the copy only, which comes through a pipe and always does well. */
  #followScores(producer: MediasoupProducer): void {
    const raw = this.#raw;
    let told = '';
    const tell = () => {
      const { score, producerScore: copyScore } = raw.score;
      const layer = raw.type === 'simulcast' ? (raw.currentLayers?.spatialLayer ?? 0) : 0;
      const producerScore = Math.min(copyScore, producer.scoreOf(layer) ?? copyScore);
      const scores = `${String(score)} ${String(producerScore)}`;
      if (scores === told) return;
      told = scores;
      this.emit('score', { score, producerScore });
    };
    raw.on('score', tell);
    producer.on('score', tell);
    raw.observer.once('close', () => producer.off('score', tell));
  }

  /** Those of the producer are among them. */
  async #readStreams(): Promise<(types.ConsumerStat | types.ProducerStat)[]> {
    try {
      return await this.#raw.getStats();
    } catch (error) {
      throw mediaError('CONSUMER_NOT_FOUND', error);
    }
  }
}
