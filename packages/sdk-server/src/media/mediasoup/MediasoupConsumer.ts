import type { ConsumerType, MediaKind, RtpParameters } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaConsumer, MediaConsumerEvents } from '../../core/ports.js';
import type { ConsumerLayers } from '../../core/types.js';
import { Emitter } from '../../events.js';
import { fromRtpParameters } from './rtpTypes.js';

export class MediasoupConsumer extends Emitter<MediaConsumerEvents> implements MediaConsumer {
  readonly #raw: types.Consumer;

  constructor(raw: types.Consumer) {
    super();
    this.#raw = raw;
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
    return fromRtpParameters(this.#raw.rtpParameters);
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

  requestKeyFrame(): Promise<void> {
    return this.#raw.requestKeyFrame();
  }

  close(): void {
    this.#raw.close();
  }
}
