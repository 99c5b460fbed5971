import { ParlorError } from '../errors.js';
import type { PeerImpl } from './PeerImpl.js';
import { assertCanPublish } from './permissions.js';
import { ProducerImpl } from './ProducerImpl.js';
import { askHook } from './refusal.js';
import type { ProduceOptions } from './types.js';

/** A peer publishes media: rights, limits and the host application's word first, then the worker, then the room. */
export async function publish(peer: PeerImpl, options: ProduceOptions): Promise<ProducerImpl> {
  const { kind, rtpParameters, appData = {}, paused = false } = options;
  const { hooks, limits, pacer } = peer.context;
  peer.assertHere();
  assertCanPublish(peer.grants, kind, appData);
  // mediasoup takes any codec under any kind, and the room would announce audio as video.
  if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`))) {
    throw new ParlorError('UNSUPPORTED_MEDIA', `rtpParameters hold codecs that are not ${kind}`);
  }
  const transport = peer.transportFor('send', options.transportId);
  if (peer.producers.size + peer.pending.producers >= limits.maxProducersPerPeer) {
    throw new ParlorError('LIMIT_REACHED', 'too many producers: close those that are not used');
  }
  peer.pending.producers += 1;
  try {
    if (hooks.onPublish) await askHook('PUBLISH_REFUSED', () => hooks.onPublish?.({ peer, kind, appData }));
    const media = await pacer.run(() => {
      // The peer may have left while the hook thought about it or others were served.
      peer.assertHere();
      return transport.media.produce({ kind, rtpParameters, paused });
    });
    if (peer.closed || transport.closed) {
      media.close();
      throw peer.closed
        ? peer.gone()
        : new ParlorError('TRANSPORT_NOT_FOUND', `transport ${transport.id} was closed`);
    }
    const producer = new ProducerImpl(peer, transport, { media, appData, paused });
    peer.producers.set(producer.id, producer);
    peer.room.producerAdded(producer);
    return producer;
  } finally {
    peer.pending.producers -= 1;
  }
}
