import type { PeerImpl } from './PeerImpl.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type { RoomUpdate } from './updates.js';

/**
 * What a room says of a publication, and to whom. A client that does not follow media paths hears of a publication when
 * the server has media of it: to it one that is `pending` is not there.
 */

type Peers = ReadonlyMap<string, PeerImpl>;

const isShownTo = (producer: ProducerImpl, peer: PeerImpl): boolean => peer.followsPaths || !producer.pending;

function* othersThan(owner: PeerImpl, peers: Peers): Iterable<PeerImpl> {
  for (const peer of peers.values()) if (peer !== owner) yield peer;
}

export function announceAdded(peers: Peers, producer: ProducerImpl): void {
  const update: RoomUpdate = { type: 'newProducer', producer: producer.info };
  for (const peer of othersThan(producer.peer, peers)) {
    if (!isShownTo(producer, peer)) continue;
    if (peer.following) peer.following.announce(producer, 'newProducer');
    else peer.tell(update);
  }
}

/** Media of a publication that was there before has reached the server by another transport. */
export function announceMoved(peers: Peers, producer: ProducerImpl): void {
  const { id: producerId, peer: owner } = producer;
  const moved: RoomUpdate = { type: 'producerMoved', producerId, peerId: owner.id };
  const added: RoomUpdate = { type: 'newProducer', producer: producer.info };
  for (const peer of othersThan(owner, peers)) {
    if (peer.following)
      peer.following.announce(producer, peer.followsPaths ? 'producerMoved' : 'newProducer');
    else peer.tell(peer.followsPaths ? moved : added);
  }
}

/** The server has no media of a publication any more. */
export function announceDetached(peers: Peers, { id: producerId, peer: owner }: ProducerImpl): void {
  const update: RoomUpdate = { type: 'producerClosed', producerId, peerId: owner.id };
  for (const peer of othersThan(owner, peers)) if (!peer.followsPaths) peer.tell(update);
}

/** The owner is told as well: it may be the host application that closed it. */
export function announceClosed(peers: Peers, producer: ProducerImpl, wasPending: boolean): void {
  const update: RoomUpdate = { type: 'producerClosed', producerId: producer.id, peerId: producer.peer.id };
  for (const peer of peers.values())
    if (peer.followsPaths || !wasPending || peer === producer.peer) peer.tell(update);
}

/** Whoever consumes it hears of the consumer, everybody else of the producer: one message each. */
export function announcePaused(peers: Peers, producer: ProducerImpl, asker: PeerImpl | undefined): void {
  const { id: producerId, paused } = producer;
  const update: RoomUpdate = {
    type: paused ? 'producerPaused' : 'producerResumed',
    producerId,
    peerId: producer.peer.id,
  };
  for (const peer of peers.values()) {
    if (peer === asker || (peer !== producer.peer && !isShownTo(producer, peer))) continue;
    const consumer = peer.consumersByProducer.get(producerId);
    if (!consumer) peer.tell(update);
    // Others than ours know one reason only why nothing comes: it comes when that has gone too.
    else if (!consumer.held || peer.forwarding.isLazy)
      peer.tell({
        type: paused ? 'consumerPaused' : 'consumerResumed',
        consumerId: consumer.id,
        producerId,
      });
  }
}
