import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createToken } from '../../src/access/tokens.js';
import { ConsumerImpl } from '../../src/core/ConsumerImpl.js';
import { Following } from '../../src/core/Following.js';
import { PeerImpl } from '../../src/core/PeerImpl.js';
import { ProducerImpl } from '../../src/core/ProducerImpl.js';
import { RoomImpl } from '../../src/core/RoomImpl.js';
import { TransportImpl } from '../../src/core/TransportImpl.js';
import { TopologyKeeper } from '../../src/core/topology/TopologyKeeper.js';
import { Answers } from '../../src/dialects/protoo/Answers.js';
import { History } from '../../src/dialects/protoo/History.js';
import { ProtooLink } from '../../src/dialects/protoo/ProtooLink.js';
import { ProtooSession } from '../../src/dialects/protoo/ProtooSession.js';
import { ProtooSocket } from '../../src/dialects/protoo/ProtooSocket.js';
import { EventStream } from '../../src/dialects/rtcRest/EventStream.js';
import { RtcSession } from '../../src/dialects/rtcRest/RtcSession.js';
import { SdpWsSession } from '../../src/dialects/sdpWs/SdpWsSession.js';
import { Watcher } from '../../src/dialects/whip/Watcher.js';
import { WhipSession } from '../../src/dialects/whip/WhipSession.js';
import { GuardedWebSocket, SocketGuard } from '../../src/http/SocketGuard.js';
import { DataHub } from '../../src/media/mediasoup/DataHub.js';
import { PipedRouter } from '../../src/media/mediasoup/PipedRouter.js';
import { MediasoupConsumer } from '../../src/media/mediasoup/MediasoupConsumer.js';
import { MediasoupProducer } from '../../src/media/mediasoup/MediasoupProducer.js';
import { MediasoupTransport } from '../../src/media/mediasoup/MediasoupTransport.js';
import { RoomRouter } from '../../src/media/mediasoup/RoomRouter.js';
import { WorkerRouter } from '../../src/media/mediasoup/WorkerRouter.js';
import { CarriedProducer } from '../../src/media/mediasoup/pipes/CarriedProducer.js';
import { RouterPipe } from '../../src/media/mediasoup/pipes/RouterPipe.js';
import { PeerMeter } from '../../src/observe/PeerMeter.js';
import { Negotiator } from '../../src/sdp/Negotiator.js';
import { SdpSession } from '../../src/sdp/SdpSession.js';
import { socketServer, type SocketServer } from '../support/socketServer.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../support/workers.js';
import { growth, growthOf, look, takeCensus, type Census } from './census.js';
import { party, PARTIES } from './visits.js';

/** A thousand joins and leaves of all kinds: nothing is left of them. */

const JWT_SECRET = 'a secret that is as long as it has to be';
/** Parties at a time. */
const AT_ONCE = 4;
/** More rooms than the server remembers the usage of: what it remembers grows no more. */
const WARM_UP = 17 * PARTIES.length;
/** To each round of parties come 19. */
const HALF = 27 * PARTIES.length;
const JOINS = 27 * 19;

/** Of each there is one for a room, a peer, a connection or a stream. */
const OURS = [
  ...[RoomImpl, TopologyKeeper, PeerImpl, Following, TransportImpl, ProducerImpl, ConsumerImpl, PeerMeter],
  ...[GuardedWebSocket, SocketGuard, ProtooSocket, ProtooSession, ProtooLink, History, Answers],
  ...[SdpWsSession, SdpSession, Negotiator, RtcSession, EventStream, WhipSession, Watcher],
  ...[
    RoomRouter,
    WorkerRouter,
    PipedRouter,
    MediasoupTransport,
    MediasoupProducer,
    MediasoupConsumer,
    DataHub,
    RouterPipe,
    CarriedProducer,
  ],
];
const KINDS: readonly string[] = [
  ...[...OURS, WebSocket, Socket].map(({ name }) => name),
  ...['RouterImpl', 'WebRtcTransportImpl', 'PipeTransportImpl', 'AudioLevelObserverImpl'],
];

let watched: WatchedWorkers;
let server: SocketServer;
let parties = 0;

beforeEach(async () => {
  watched = watchWorkers();
  server = await socketServer({
    media: LOCAL_MEDIA,
    access: { jwtSecret: JWT_SECRET, allowAnonymous: true },
    // Who does not come back is gone at once. Who does, does so before the old connection has ended.
    resumeGraceMs: 1,
  });
});
afterEach(async () => {
  await server.close();
  watched.stop();
});

async function give(count: number): Promise<void> {
  const last = parties + count;
  const oneAfterAnother = async () => {
    while (parties < last) {
      const index = (parties += 1);
      const visits = PARTIES[index % PARTIES.length] ?? [];
      const tokenOf = (sub: string) => createToken({ sub }, JWT_SECRET);
      const url = server.url.replace('http', 'ws');
      await party({ parlor: server.parlor, url, roomId: `chat:${String(index)}`, tokenOf }, visits);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterAnother));
}

/** When all have left: who counts as there nevertheless. Sockets close in their own time. */
function left(census: Census): Census {
  return Object.fromEntries(
    Object.entries(census).filter(([kind, count]) => KINDS.includes(kind) && count > 0),
  );
}

test('a thousand joins and leaves', { timeout: 120_000 }, async () => {
  const [worker] = watched.workers;
  if (!worker) throw new Error('there is no worker');
  const [webRtcServer] = watched.webRtcServers;
  const dump = await worker.dump();
  const empty = takeCensus();
  const emptied = async () => {
    await expect.poll(() => left(takeCensus()), { timeout: 20_000 }).toEqual(left(empty));
    return look(worker.pid);
  };

  await give(WARM_UP);
  const first = await emptied();
  await give(HALF);
  const middle = await emptied();
  await give(HALF);
  const last = await emptied();

  expect(server.parlor.rooms.size).toBe(0);
  expect(await worker.dump()).toEqual(dump);
  expect(await webRtcServer?.dump()).toMatchObject({ webRtcTransportIds: [], localIceUsernameFragments: [] });
  expect(growth(first.resources, last.resources, 0)).toEqual({});
  // No kind of visit is rarer than every nineteenth.
  const { kinds, heap, worker: inWorker } = growthOf([first, middle, last], JOINS / 25);
  expect(kinds).toEqual({});
  // Bytes. A session that is kept weighs ten times as much, and so does a transport in the worker.
  expect(heap / JOINS).toBeLessThan(1000);
  expect(inWorker / JOINS).toBeLessThan(1000);
});
