import type { HoldReason } from '@parlor/protocol';
import { ParlorError, toWireError } from '../errors.js';
import { consume, whyLost } from './consuming.js';
import { Following } from './Following.js';
import { notThroughServer } from './P2pMedia.js';
import type { PeerImpl } from './PeerImpl.js';
import { assertCan } from './permissions.js';
import { pathGone } from './topology/keptRoom.js';
import type { SubscribeOptions, SubscribeResult } from './types.js';

/** A peer receives producers. What fails for one of them is its own result and does not touch the others. */
export async function subscribe(
  peer: PeerImpl,
  producerIds: readonly string[],
  options: SubscribeOptions,
): Promise<SubscribeResult[]> {
  peer.assertHere();
  assertCan(peer.grants, 'subscribe');
  if (!peer.room.topologies.includes('sfu')) throw notThroughServer('consumers');
  if (options.rtpCapabilities) peer.setRtpCapabilities(options.rtpCapabilities);
  if (options.mid !== undefined && producerIds.length > 1) {
    throw new ParlorError('BAD_REQUEST', 'a mid holds one producer: subscribe to them one by one');
  }
  const { receiver } = peer;
  const { server } = peer.room;
  if (!receiver) {
    if (!server) throw pathGone();
    throw new ParlorError(
      'BAD_REQUEST',
      'rtpCapabilities are missing: send them once, with joinRoom or here',
    );
  }
  const transport = peer.transportFor('recv', options.transportId);
  const subscription = { transport, receiver, paused: options.paused, mid: options.mid };
  if (options.follow !== undefined) {
    peer.following = options.follow
      ? new Following(peer, { transport, receiver, paused: undefined })
      : undefined;
  }
  // Who is let through is chosen among all of them.
  const { awaiting } = peer.forwarding;
  for (const id of producerIds) if (!peer.consumersByProducer.has(id)) awaiting.set(id, subscription);
  const results = await Promise.all(
    producerIds.map(async (producerId): Promise<SubscribeResult> => {
      try {
        const made = await consume(peer, producerId, subscription);
        return typeof made === 'object' ? { producerId, consumer: made } : heldBack(producerId, made);
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
    if ('consumer' in result && !result.consumer.closed) return result;
    const { producerId } = result;
    // Whatever the server said when it went away: there is nothing to mend on this path, another comes.
    const why = peer.room.server === server ? undefined : pathGone();
    if ('error' in result) return why ? { producerId, error: why } : result;
    const { code, message } = why ?? whyLost(peer, result.consumer.producer, transport);
    return { producerId, error: { code, message } };
  });
}

const heldBack = (producerId: string, held: HoldReason): SubscribeResult => ({
  producerId,
  error: {
    code: 'PRODUCER_PENDING',
    message: 'others are more wanted in the room: newConsumer follows',
    held,
  },
});
