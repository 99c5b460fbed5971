import type {
  ConsumerInfo,
  ProtooAnswers,
  ProtooClientNotification,
  ProtooClientNotificationParsed,
  ProtooMethod,
  ProtooRequestParsed,
} from '@parlor/protocol';
import { isProducerIdOf, newProducerId } from '../../access/producerIds.js';
import type { Consumer, Peer } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { consumerOf, producerOf, transportOf, type ClientPeer } from '../ownObjects.js';
import { consumerInfo } from './consumerInfo.js';
import { openPath } from './paths.js';
import { passOn } from './signals.js';

/** Everything a joined peer can ask for. `joinRoom` and `leave` belong to the session. */
export type PeerMethod = Exclude<ProtooMethod, 'joinRoom' | 'resumeSession' | 'leave' | 'ping'>;

type Handlers = {
  readonly [M in PeerMethod]: (peer: ClientPeer, data: ProtooRequestParsed<M>) => Promise<Told<M>> | Told<M>;
};

/** An answer, or what gives it at the moment when it is written. */
export type Told<M extends PeerMethod> = ProtooAnswers[M] | (() => ProtooAnswers[M]);

/** Of many, those that are still there: a producer that ends while a request is under way spoils no others. */
const consumersOf = (peer: Peer, ids: readonly string[]) =>
  ids.length === 1
    ? ids.map((id) => consumerOf(peer, id))
    : ids.map((id) => peer.consumers.get(id)).filter((consumer) => consumer !== undefined);

/** What peers may send without wanting an answer. Consumers that are gone are passed over. */
export const listeners: {
  readonly [M in ProtooClientNotification]: (
    peer: ClientPeer,
    data: ProtooClientNotificationParsed<M>,
    /** The message as it came. */
    text: string,
  ) => void;
} = {
  resume: (peer, ids) => {
    for (const id of ids)
      peer.consumers
        .get(id)
        ?.resume()
        .catch(() => undefined);
  },
  signal: passOn,
};

const INFOS_A_TURN = 16;

export const handlers: Handlers = {
  createWebRtcTransport: async (peer, { direction, iceServers }) => ({
    ...(await peer.createTransport({ direction })).info,
    ...(iceServers && { iceServers: await peer.iceServers() }),
  }),

  connectWebRtcTransport: async (peer, { transportId, dtlsParameters }) => {
    await transportOf(peer, transportId).connect(dtlsParameters);
    return {};
  },

  restartIce: async (peer, { transportId, iceServers }) => ({
    iceParameters: await transportOf(peer, transportId).restartIce(),
    ...(iceServers && { iceServers: await peer.iceServers() }),
  }),

  getTransportStats: async (peer, { transportId }) => {
    const stats = await transportOf(peer, transportId).stats();
    const { bytesReceived, bytesSent, rtpBytesReceived, rtpBytesSent } = stats;
    return { bytesReceived, bytesSent, rtpBytesReceived, rtpBytesSent };
  },

  closeTransport: (peer, { transportId }) => {
    transportOf(peer, transportId).close();
    return {};
  },

  getIceServers: async (peer) => ({ iceServers: await peer.iceServers() }),

  produce: async (peer, { formerId, producerId, ...options }) => {
    if (producerId !== undefined) {
      await peer.carryOn(producerId, options);
      return { id: producerId, producerId };
    }
    const former = formerId === undefined ? undefined : await peer.takeUp(formerId, options);
    if (former) return { id: former.id, producerId: former.id };
    const proof = peer.resumeToken;
    const isFree = formerId !== undefined && !peer.room.producers.has(formerId);
    const given = isFree && isProducerIdOf(proof, formerId) ? formerId : newProducerId(proof);
    const { id } = await peer.produce({ ...options, id: given });
    return { id, producerId: id };
  },

  consume: async (peer, { producerId, rtpCapabilities }) => {
    const [result] = await peer.subscribe([producerId], { rtpCapabilities, paused: true });
    if (result && 'consumer' in result) return consumerInfo(result.consumer);
    const { code, message } = result?.error ?? { code: 'INTERNAL', message: 'no result' };
    throw new ParlorError(code, message);
  },

  subscribe: async (peer, { producerIds, ...options }) => {
    const results = await peer.subscribe([...new Set(producerIds)], options);
    const infos = new Map<Consumer, ConsumerInfo>();
    for (const [index, result] of results.entries()) {
      // Reading what a consumer is costs some 0.02 ms: who comes into a large room must not hold up the others.
      if (index % INFOS_A_TURN === INFOS_A_TURN - 1) await new Promise(setImmediate);
      if ('consumer' in result) infos.set(result.consumer, consumerInfo(result.consumer));
    }
    const answer: ProtooAnswers['subscribe'] = { consumers: [], failed: [] };
    for (const result of results) {
      const { producerId } = result;
      const info = 'consumer' in result && !result.consumer.closed && infos.get(result.consumer);
      if (info) answer.consumers.push(info);
      else
        answer.failed.push({
          producerId,
          code: 'error' in result ? result.error.code : 'PRODUCER_NOT_FOUND',
          ...('error' in result && result.error.held && { held: result.error.held }),
        });
    }
    return answer;
  },

  pause: async (peer, ids) => {
    await Promise.all(consumersOf(peer, ids).map((consumer) => consumer.pause()));
    return {};
  },

  resume: async (peer, ids) => {
    await Promise.all(consumersOf(peer, ids).map((consumer) => consumer.resume()));
    return {};
  },

  closeConsumer: (peer, ids) => {
    for (const consumer of consumersOf(peer, ids)) consumer.close();
    return {};
  },

  pauseProducer: async (peer, { producerId }) => {
    await producerOf(peer, producerId).setPausedByOwner(true);
    return {};
  },

  resumeProducer: async (peer, { producerId }) => {
    await producerOf(peer, producerId).setPausedByOwner(false);
    return {};
  },

  closeProducer: (peer, { producerId }) => {
    producerOf(peer, producerId).close();
    return {};
  },

  setPreferredLayers: async (peer, { consumerId, ...layers }) => {
    await consumerOf(peer, consumerId).setPreferredLayers(layers);
    return {};
  },

  requestKeyFrame: async (peer, { consumerId }) => {
    await consumerOf(peer, consumerId).requestKeyFrame();
    return {};
  },

  setForwarding: (peer, wish) => {
    peer.setForwarding(wish);
    return {};
  },

  signal: (peer, { to, ...signal }) => {
    peer.signal(to, signal);
    return {};
  },

  openPath,

  pathReady: (peer, { path }) => {
    peer.pathReady(path);
    return {};
  },

  pathFailed: (peer, failure) => {
    peer.pathFailed(failure);
    return {};
  },

  setTopology: async (peer, { topology }) => {
    if (!peer.grants.moderate)
      throw new ParlorError('FORBIDDEN', 'the token does not allow it: can.moderate is false');
    await peer.room.setTopology(topology);
    return {};
  },

  sendMessage: (peer, { topic, payload, to }) => {
    peer.sendMessage(topic, payload, typeof to === 'string' ? [to] : to);
    return {};
  },
};
