import { ParlorError, toWireError } from '../errors.js';
import { ConsumerImpl } from './ConsumerImpl.js';
import type { PeerImpl } from './PeerImpl.js';
import { assertCan } from './permissions.js';
import type { MediaReceiver } from './ports.js';
import type { SubscribeOptions, SubscribeResult } from './types.js';
import type { TransportImpl } from './TransportImpl.js';

interface Subscription {
  readonly transport: TransportImpl;
  readonly receiver: MediaReceiver;
  readonly paused: boolean;
}

/** A peer receives producers. What fails for one of them is its own result and does not touch the others. */
export async function subscribe(
  peer: PeerImpl,
  producerIds: readonly string[],
  options: SubscribeOptions,
): Promise<SubscribeResult[]> {
  peer.assertHere();
  assertCan(peer.grants, 'subscribe');
  if (options.rtpCapabilities) peer.setRtpCapabilities(options.rtpCapabilities);
  const { receiver } = peer;
  if (!receiver) {
    throw new ParlorError(
      'BAD_REQUEST',
      'rtpCapabilities are missing: send them once, with joinRoom or here',
    );
  }
  const transport = peer.transportFor('recv');
  // Once the client has started DTLS, packets may arrive before it knows the consumer: it starts paused then and
  // the client resumes it. Before that the worker holds everything back by itself.
  const paused = options.paused ?? transport.connectStarted;
  const subscription = { transport, receiver, paused };
  const results = await Promise.all(
    producerIds.map(async (producerId): Promise<SubscribeResult> => {
      try {
        return { producerId, consumer: await consume(peer, producerId, subscription) };
      } catch (error) {
        const { code, message } = toWireError(error);
        if (code === 'INTERNAL') {
          peer.context.logger.error(
            { err: error, roomId: peer.room.id, peerId: peer.id, producerId },
            'consume failed',
          );
        }
        return { producerId, error: { code, message } };
      }
    }),
  );
  // The first have waited for the last: some may be gone, and whoever asked has been told so already.
  return results.map((result) => {
    if (!('consumer' in result) || !result.consumer.closed) return result;
    const { producerId, consumer } = result;
    const { code, message } = consumer.producer.closed ? notFound(producerId) : peer.gone();
    return { producerId, error: { code, message } };
  });
}

async function consume(peer: PeerImpl, producerId: string, to: Subscription): Promise<ConsumerImpl> {
  const existing = peer.consumersByProducer.get(producerId);
  if (existing) return existing;
  const { limits, pacer } = peer.context;
  if (peer.consumers.size + peer.pending.consumers >= limits.maxConsumersPerPeer) {
    throw new ParlorError('LIMIT_REACHED', 'too many consumers: close those that are not shown');
  }
  peer.pending.consumers += 1;
  try {
    return await pacer.run(() => create(peer, producerId, to));
  } finally {
    peer.pending.consumers -= 1;
  }
}

async function create(peer: PeerImpl, producerId: string, to: Subscription): Promise<ConsumerImpl> {
  const { transport, receiver, paused } = to;
  const producer = peer.room.producers.get(producerId);
  if (!producer || producer.peer === peer) throw notFound(producerId);
  if (peer.closed || transport.closed) throw peer.gone();
  const media = await transport.media.consume({ producer: producer.media, receiver, paused });
  // Joins and leaves go on while the worker answers.
  if (peer.closed || transport.closed || producer.closed) {
    media.close();
    throw producer.closed ? notFound(producerId) : peer.gone();
  }
  const raced = peer.consumersByProducer.get(producerId);
  if (raced) {
    media.close();
    return raced;
  }
  const consumer = new ConsumerImpl(peer, producer, { media, transport, paused });
  peer.consumers.set(consumer.id, consumer);
  peer.consumersByProducer.set(producerId, consumer);
  return consumer;
}

const notFound = (producerId: string) =>
  new ParlorError('PRODUCER_NOT_FOUND', `no producer ${producerId} of another peer in this room`);
