import { randomUUID } from 'node:crypto';
import { ParlorError } from '../errors.js';
import { highestLayers } from './forwarding/layers.js';
import { notThroughServer } from './P2pMedia.js';
import type { PeerImpl } from './PeerImpl.js';
import { assertCanPublish } from './permissions.js';
import type { MediaProduceOptions } from './ports.js';
import { ProducerImpl, type Inlet } from './ProducerImpl.js';
import { askHook } from './refusal.js';
import { askServer } from './topology/keptRoom.js';
import type { TransportImpl } from './TransportImpl.js';
import type { ProduceOptions } from './types.js';

/** A peer publishes media: rights, limits and the host application's word first, then the worker, then the room. */
export async function publish(peer: PeerImpl, options: ProduceOptions): Promise<ProducerImpl> {
  const { id, kind, appData = {}, paused = false } = options;
  const { hooks, limits } = peer.context;
  const { stay } = peer;
  peer.assertHere();
  assertCanPublish(peer.grants, kind, appData);
  const source = sourceOf(peer, options);
  if (peer.producers.size + peer.pending.producers >= limits.maxProducersPerPeer) {
    throw new ParlorError('LIMIT_REACHED', 'too many producers: close those that are not used');
  }
  if (id !== undefined && (peer.room.producers.has(id) || peer.pending.producerIds.has(id))) {
    throw new ParlorError('BAD_REQUEST', `there is a producer ${id} already`);
  }
  peer.pending.producers += 1;
  if (id !== undefined) peer.pending.producerIds.add(id);
  try {
    if (hooks.onPublish) await askHook('PUBLISH_REFUSED', () => hooks.onPublish?.({ peer, kind, appData }));
    const inlet = source && (await openInlet(peer, source, { id, kind, paused }));
    peer.assertHere(stay);
    const given = inlet?.media.id ?? id ?? randomUUID();
    const producer = new ProducerImpl(peer, { id: given, kind, appData, paused, inlet });
    peer.producers.set(producer.id, producer);
    peer.room.producerAdded(producer);
    return producer;
  } finally {
    peer.pending.producers -= 1;
    if (id !== undefined) peer.pending.producerIds.delete(id);
  }
}

/**
 * A publication goes on by another transport, under its id: after the room's media took another path, or because its
 * client has a new one. What other peers had of it before has ended then.
 * @throws PRODUCER_NOT_FOUND, TOPOLOGY_MISMATCH, BAD_REQUEST, UNSUPPORTED_MEDIA, TRANSPORT_NOT_FOUND
 */
export async function carryOn(
  peer: PeerImpl,
  producerId: string,
  options: ProduceOptions,
): Promise<ProducerImpl> {
  peer.assertHere();
  const producer = peer.producers.get(producerId);
  if (!producer) throw new ParlorError('PRODUCER_NOT_FOUND', `you have no producer ${producerId}`);
  const { id, kind } = producer;
  if (options.kind !== kind) throw new ParlorError('BAD_REQUEST', `producer ${id} is ${kind}`);
  return await producer.inTurn(async () => {
    const source = sourceOf(peer, options);
    if (!source) throw notThroughServer('transports to produce on');
    // A router cannot have two with one id.
    producer.detach();
    const { paused } = producer;
    const inlet = await openInlet(peer, source, { id, kind, paused });
    if (producer.closed) {
      inlet.media.close();
      throw new ParlorError('PRODUCER_NOT_FOUND', `producer ${id} was closed`);
    }
    producer.attach(inlet);
    peer.room.producerMoved(producer);
    if (producer.paused !== paused) await (paused ? inlet.media.resume() : inlet.media.pause());
    return producer;
  });
}

interface Source {
  readonly transport: TransportImpl;
  readonly rtpParameters: NonNullable<ProduceOptions['rtpParameters']>;
}

/**
 * Where media comes in to the server; undefined: browsers send it to each other. While a room changes over, either may be
 * meant: a client that has not heard of it yet goes on as before. What is paused may come to the server later (`carryOn`).
 * @throws TOPOLOGY_MISMATCH, BAD_REQUEST, UNSUPPORTED_MEDIA, TRANSPORT_NOT_FOUND
 */
export function sourceOf(peer: PeerImpl, options: ProduceOptions): Source | undefined {
  const { kind, rtpParameters, transportId, paused = false } = options;
  const { topology, topologies } = peer.room;
  const isForServer = rtpParameters !== undefined || transportId !== undefined;
  if (isForServer && !topologies.includes('sfu')) throw notThroughServer('transports to produce on');
  const mayComeLater = peer.followsPaths && (paused || topologies.includes('p2p'));
  if (!isForServer && (topology === 'p2p' || mayComeLater)) return undefined;
  if (!rtpParameters) {
    throw new ParlorError('BAD_REQUEST', 'rtpParameters are missing: this room has topology "sfu"');
  }
  // mediasoup takes any codec under any kind, and the room would announce audio as video.
  if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.startsWith(`${kind}/`))) {
    throw new ParlorError('UNSUPPORTED_MEDIA', `rtpParameters hold codecs that are not ${kind}`);
  }
  return { transport: peer.transportFor('send', transportId), rtpParameters };
}

async function openInlet(
  peer: PeerImpl,
  { transport, rtpParameters }: Source,
  options: Omit<MediaProduceOptions, 'rtpParameters'>,
): Promise<Inlet> {
  const media = await askServer(peer, () =>
    peer.context.pacer.run(() => {
      // The peer may have left while the hook thought about it or others were served.
      peer.assertHere();
      return transport.media.produce({ ...options, rtpParameters });
    }),
  );
  if (!peer.closed && !transport.closed) return { media, transport, highest: highestLayers(rtpParameters) };
  media.close();
  throw peer.closed ? peer.gone() : transport.gone();
}
