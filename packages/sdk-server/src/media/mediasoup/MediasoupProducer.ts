import type { MediaKind } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type { MediaProducer, MediaProducerEvents } from '../../core/ports.js';
import { Emitter } from '../../events.js';

export class MediasoupProducer extends Emitter<MediaProducerEvents> implements MediaProducer {
  readonly raw: types.Producer;

  constructor(raw: types.Producer) {
    super();
    this.raw = raw;
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

  /** The codec that is sent, e.g. `video/VP8`. */
  get mimeType(): string {
    return this.raw.rtpParameters.codecs[0]?.mimeType ?? '';
  }

  pause(): Promise<void> {
    return this.raw.pause();
  }

  resume(): Promise<void> {
    return this.raw.resume();
  }

  close(): void {
    this.raw.close();
  }
}
