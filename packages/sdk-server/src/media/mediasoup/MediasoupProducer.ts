import type { MediaKind } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaProducer, MediaProducerEvents } from '../../core/ports.js';
import type { StreamStats } from '../../core/types.js';
import { Emitter } from '../../events.js';
import { mediaError } from './mediaError.js';
import type { RouterHome } from './PipedRouter.js';
import { streamStats } from './streamStats.js';

/** What is known of a producer's parameters; mediasoup clones those that it is asked for. */
export interface KnownParameters {
  /** What it was made with. */
  readonly rtpParameters?: types.RtpParameters | undefined;
  readonly consumable?: types.RtpParameters | undefined;
}

export class MediasoupProducer extends Emitter<MediaProducerEvents> implements MediaProducer {
  readonly raw: types.Producer;
  /** The router that it comes to. */
  readonly home: RouterHome;
  /** The codec that is sent, e.g. `video/VP8`. */
  readonly mimeType: string;
  readonly #clockRate: number;

  constructor(raw: types.Producer, home: RouterHome, made: KnownParameters = {}) {
    super();
    const { rtpParameters = raw.rtpParameters, consumable = raw.consumableRtpParameters } = made;
    const [codec] = rtpParameters.codecs;
    this.raw = raw;
    this.home = home;
    this.mimeType = codec?.mimeType ?? '';
    this.#clockRate = codec?.clockRate ?? 1;
    keepConsumable(raw, consumable);
    raw.on('score', (scores) => {
      this.emit(
        'score',
        scores.map(({ ssrc, rid, score }) => ({ ssrc, score, ...(rid === undefined ? {} : { rid }) })),
      );
    });
  }

  get id(): string {
    return this.raw.id;
  }

  get kind(): MediaKind {
    return this.raw.kind;
  }

  /** How well one of its layers arrives, 0 to 10; undefined: it is not known yet. */
  scoreOf(layer: number): number | undefined {
    return this.raw.score.find(({ encodingIdx }) => encodingIdx === layer)?.score;
  }

  pause(): Promise<void> {
    return this.raw.pause();
  }

  resume(): Promise<void> {
    return this.raw.resume();
  }

  async stats(): Promise<StreamStats[]> {
    try {
      const streams = await this.raw.getStats();
      return streams.map((stream) => streamStats(stream, this.#clockRate));
    } catch (error) {
      throw mediaError('PRODUCER_NOT_FOUND', error);
    }
  }

  close(): void {
    this.raw.close();
  }
}

/**
 * consume() only reads these parameters, but the getter clones them for each consumer, which is a third of what
 * consume() costs. Handing out the same is all that is changed; without it everything works as before.
 */
function keepConsumable(raw: types.Producer, value: types.RtpParameters): void {
  Object.defineProperty(raw, 'consumableRtpParameters', { value });
}
