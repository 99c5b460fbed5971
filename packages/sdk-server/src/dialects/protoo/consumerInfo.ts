import type { ConsumerInfo } from '@parlor/protocol';
import type { Consumer } from '../../core/types.js';

export function consumerInfo(consumer: Consumer): ConsumerInfo {
  const { id, producer, kind, rtpParameters, type, paused, held } = consumer;
  return {
    id,
    consumerId: id,
    producerId: producer.id,
    kind,
    rtpParameters,
    type,
    paused,
    producerPaused: producer.paused,
    ...(held && { held }),
  };
}
