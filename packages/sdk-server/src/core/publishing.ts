import type { MediaKind } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { notThroughServer, P2pProducer } from './P2pMedia.js';
import type { PeerImpl } from './PeerImpl.js';
import { assertCanPublish } from './permissions.js';
import type { MediaProducer } from './ports.js';
import { ProducerImpl } from './ProducerImpl.js';
import { askHook } from './refusal.js';
import type { TransportImpl } from './TransportImpl.js';
import type { ProduceOptions } from './types.js';

/** Where media of a publication comes in; undefined in a P2P room. */
type Path = TransportImpl | undefined;

/** A peer publishes media: rights, limits and the host application's word first, then the worker, then the room. */
export async function publish(peer: PeerImpl, options: ProduceOptions): Promise<ProducerImpl> {
  const { kind, appData = {}, paused = false } = options;
  const { hooks, limits } = peer.context;
  peer.assertHere();
  assertCanPublish(peer.grants, kind, appData);
  const path = pathOf(peer, options);
  if (peer.producers.size + peer.pending.producers >= limits.maxProducersPerPeer) {
    throw new ParlorError('LIMIT_REACHED', 'too many producers: close those that are not used');
  }
  const { id } = options;
  if (id !== undefined && (peer.room.producers.has(id) || peer.pending.producerIds.has(id))) {
    throw new ParlorError('BAD_REQUEST', `there is a producer ${id} already`);
  }
  peer.pending.producers += 1;
  if (id !== undefined) peer.pending.producerIds.add(id);
  try {
    if (hooks.onPublish) await askHook('PUBLISH_REFUSED', () => hooks.onPublish?.({ peer, kind, appData }));
    const media = await createMedia(peer, path, options);
    if (peer.closed || path?.closed) {
      media.close();
      throw path?.closed && !peer.closed
        ? new ParlorError('TRANSPORT_NOT_FOUND', `transport ${path.id} was closed`)
        : peer.gone();
    }
    const producer = new ProducerImpl(peer, path, { media, appData, paused });
    peer.producers.set(producer.id, producer);
    peer.room.producerAdded(producer);
    return producer;
  } finally {
    peer.pending.producers -= 1;
    if (id !== undefined) peer.pending.producerIds.delete(id);
  }
}

/** @throws TOPOLOGY_MISMATCH, BAD_REQUEST, UNSUPPORTED_MEDIA, TRANSPORT_NOT_FOUND */
function pathOf(peer: PeerImpl, { kind, rtpParameters, transportId }: ProduceOptions): Path {
  if (peer.room.topology === 'p2p') {
    if (rtpParameters ?? transportId) throw notThroughServer('transports to produce on');
    return undefined;
  }
  if (!rtpParameters) {
    throw new ParlorError('BAD_REQUEST', 'rtpParameters are missing: this room has topology "sfu"');
  }
  // mediasoup takes any codec under any kind, and the room would announce audio as video.
  if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`))) {
    throw new ParlorError('UNSUPPORTED_MEDIA', `rtpParameters hold codecs that are not ${kind}`);
  }
  return peer.transportFor('send', transportId);
}

async function createMedia(
  peer: PeerImpl,
  path: Path,
  options: { kind: MediaKind } & Pick<ProduceOptions, 'id' | 'rtpParameters' | 'paused'>,
): Promise<MediaProducer> {
  const { id, kind, rtpParameters, paused = false } = options;
  if (!path || !rtpParameters) return new P2pProducer(kind, id);
  return await peer.context.pacer.run(() => {
    // The peer may have left while the hook thought about it or others were served.
    peer.assertHere();
    return path.media.produce({ id, kind, rtpParameters, paused });
  });
}
