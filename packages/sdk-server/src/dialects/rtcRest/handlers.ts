import type { RtcAnswer, RtcOperation, RtcRoutes } from '@parlor/protocol';
import type { z } from 'zod';
import { ParlorError } from '../../errors.js';
import { consumerOf, producerOf, transportOf, type ClientPeer } from '../ownObjects.js';
import { consumerInfo } from '../protoo/consumerInfo.js';

/** What somebody who is in a room can ask for. The others are about rooms and belong to the dialect. */
export type PeerOperation = Exclude<RtcOperation, 'joinRoom' | 'listProducers' | 'getUsage'>;

type Body<K extends RtcOperation> = (typeof RtcRoutes)[K] extends { body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;

export interface PeerCall<K extends RtcOperation> {
  readonly peer: ClientPeer;
  /** Of the transport, the consumer or the producer in the path. */
  readonly id: string;
  readonly body: Body<K>;
}

export type PeerHandlers = {
  readonly [K in PeerOperation]: (call: PeerCall<K>) => Promise<RtcAnswer<K>> | RtcAnswer<K>;
};

export const handlers: PeerHandlers = {
  createTransport: async ({ peer, body }) => {
    const [{ info }, iceServers] = await Promise.all([peer.createTransport(body), peer.iceServers()]);
    return { ...info, iceServers };
  },

  connectTransport: async ({ peer, id, body }) => {
    await transportOf(peer, id).connect(body.dtlsParameters);
    return { connected: true };
  },

  produce: async ({ peer, id, body }) => {
    const producer = await peer.produce({ ...body, transportId: transportOf(peer, id).id });
    return { id: producer.id };
  },

  consume: async ({ peer, id, body }) => {
    const { producerId, rtpCapabilities } = body;
    const transportId = transportOf(peer, id).id;
    const [result] = await peer.subscribe([producerId], { rtpCapabilities, transportId, paused: true });
    if (!result) throw new Error('subscribing gave no result');
    if ('error' in result) throw new ParlorError(result.error.code, result.error.message);
    const { kind, rtpParameters, type, paused, producerPaused } = consumerInfo(result.consumer);
    return { id: result.consumer.id, producerId, kind, rtpParameters, type, paused, producerPaused };
  },

  restartIce: async ({ peer, id }) => ({ iceParameters: await transportOf(peer, id).restartIce() }),

  closeTransport: ({ peer, id }) => {
    transportOf(peer, id).close();
    return { closed: true };
  },

  resumeConsumer: async ({ peer, id }) => {
    await consumerOf(peer, id).resume();
    return { resumed: true };
  },

  pauseConsumer: async ({ peer, id }) => {
    await consumerOf(peer, id).pause();
    return { paused: true };
  },

  closeConsumer: ({ peer, id }) => {
    consumerOf(peer, id).close();
    return { closed: true };
  },

  resumeProducer: async ({ peer, id }) => {
    await producerOf(peer, id).setPausedByOwner(false);
    return { resumed: true };
  },

  pauseProducer: async ({ peer, id }) => {
    await producerOf(peer, id).setPausedByOwner(true);
    return { paused: true };
  },

  closeProducer: ({ peer, id }) => {
    producerOf(peer, id).close();
    return { closed: true };
  },

  leave: ({ peer }) => {
    peer.leave();
    return { left: true };
  },
};
