import type { HoldReason } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { ConsumerImpl } from './ConsumerImpl.js';
import type { PeerImpl } from './PeerImpl.js';
import type { MediaReceiver } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type { TransportImpl } from './TransportImpl.js';

/** Where a peer receives, and how. */
export interface Subscription {
  readonly transport: TransportImpl;
  readonly receiver: MediaReceiver;
  /** Whatever the state of the transport; undefined: as that requires. */
  readonly paused: boolean | undefined;
  /** As `SubscribeOptions.mid`. */
  readonly mid?: string | undefined;
}

/**
 * The peer's consumer of a producer, made if there is none; or why none is made for its client as yet.
 * @throws LIMIT_REACHED, PRODUCER_NOT_FOUND, PRODUCER_PENDING, NOT_JOINED, CANNOT_CONSUME
 */
export async function consume(
  peer: PeerImpl,
  producerId: string,
  to: Subscription,
): Promise<ConsumerImpl | HoldReason> {
  const existing = peer.consumersByProducer.get(producerId);
  if (existing) return existing;
  const { awaiting } = peer.forwarding;
  const { limits, pacer } = peer.context;
  let isHeld = false;
  peer.pending.consumers += 1;
  awaiting.set(producerId, to);
  try {
    if (peer.consumers.size + peer.pending.consumers > limits.maxConsumersPerPeer) {
      throw new ParlorError('LIMIT_REACHED', 'too many consumers: close those that are not shown');
    }
    const made = await pacer.run(() => create(peer, producerId, to));
    isHeld = typeof made === 'string';
    return made;
  } finally {
    peer.pending.consumers -= 1;
    if (!isHeld && awaiting.get(producerId) === to) awaiting.delete(producerId);
  }
}

async function create(
  peer: PeerImpl,
  producerId: string,
  to: Subscription,
): Promise<ConsumerImpl | HoldReason> {
  const { transport, receiver } = to;
  const producer = peer.room.producers.get(producerId);
  if (!producer || producer.peer === peer) throw notFound(producerId);
  if (peer.closed || transport.closed) throw peer.gone();
  const source = producer.media;
  if (!source) throw pendingYet(producerId);
  // A video's key frame is lost on a client that does not know the consumer yet: it starts paused then and the client
  // resumes it. That cannot happen before the client's path is up, when the worker holds everything back by itself,
  // nor before the publisher's is, whose handshake takes longer than the announcement. Sound can be joined anywhere.
  const paused = to.paused ?? (producer.kind === 'video' && transport.connectStarted && producer.isFlowing);
  const { forwarding } = peer.room;
  const held = forwarding.holdReason(peer, producer);
  if (held && peer.forwarding.isLazy) return held;
  const isStill = paused || held !== undefined;
  const media = await transport.media.consume({ producer: source, receiver, paused: isStill, mid: to.mid });
  // Joins and leaves go on while the worker answers.
  if (peer.closed || transport.closed || producer.media !== source) {
    media.close();
    throw whyLost(peer, producer, transport);
  }
  const raced = peer.consumersByProducer.get(producerId);
  if (raced) {
    media.close();
    return raced;
  }
  const consumer = new ConsumerImpl(peer, producer, { media, transport, paused, held });
  peer.consumers.set(consumer.id, consumer);
  peer.consumersByProducer.set(producerId, consumer);
  // Others may have come, or spoken, meanwhile.
  forwarding.added(consumer);
  return consumer;
}

/** Why there is no consumer, or none any more, of what was there a moment ago. */
export function whyLost(
  peer: PeerImpl,
  producer: Pick<ProducerImpl, 'id' | 'closed'>,
  transport: TransportImpl,
): ParlorError {
  if (producer.closed) return notFound(producer.id);
  return peer.closed || transport.closed ? peer.gone() : pendingYet(producer.id);
}

const pendingYet = (producerId: string) =>
  new ParlorError('PRODUCER_PENDING', `producer ${producerId} is on its way to the server`);

const notFound = (producerId: string) =>
  new ParlorError('PRODUCER_NOT_FOUND', `no producer ${producerId} of another peer in this room`);
