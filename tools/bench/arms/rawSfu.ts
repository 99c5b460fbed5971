import { createWorker, type types } from 'mediasoup';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveArm } from '../harness/serveArm.js';
import type { RawRequests } from '../page/rawProtocol.js';
import { mediaCodecs } from './media.js';
import { startMeter, type Cost } from './meter.js';

export interface RawSfuMethods {
  open(data: object): Promise<{ url: string; token: string }>;
  start(data: object): void;
  stop(): Cost;
}

const listenInfos: types.TransportListenInfo[] = (['udp', 'tcp'] as const).map((protocol) => ({
  protocol,
  ip: '127.0.0.1',
}));
const worker = await createWorker({ logLevel: 'error' });
const webRtcServer = await worker.createWebRtcServer({ listenInfos });
const router = await worker.createRouter({ mediaCodecs });
let finish: (() => Cost) | undefined;
const producers = new Map<string, types.Producer>();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });

interface Handlers extends Record<keyof RawRequests, (data: never) => Promise<unknown>> {
  join(): Promise<unknown>;
  connect(data: { transportId: string; dtlsParameters: types.DtlsParameters }): Promise<unknown>;
  produce(data: {
    transportId: string;
    kind: types.MediaKind;
    rtpParameters: types.RtpParameters;
  }): Promise<unknown>;
  consume(data: {
    transportId: string;
    producerIds: string[];
    rtpCapabilities: types.RtpCapabilities;
  }): Promise<unknown>;
}

/** One client. The least that a server written by hand does: no validation, no rights, no limits. */
function handlersOf(transports: Map<string, types.WebRtcTransport>): Handlers {
  const create = async () => {
    const options = { webRtcServer, enableUdp: true, enableTcp: true, preferUdp: true };
    const transport = await router.createWebRtcTransport(options);
    transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters };
  };
  const get = (id: string) => {
    const transport = transports.get(id);
    if (!transport) throw new Error(`no transport ${id}`);
    return transport;
  };
  return {
    async join() {
      const [send, recv] = await Promise.all([create(), create()]);
      return { rtpCapabilities: router.rtpCapabilities, producerIds: [...producers.keys()], send, recv };
    },
    async connect({ transportId, dtlsParameters }) {
      await get(transportId).connect({ dtlsParameters });
      return {};
    },
    async produce({ transportId, kind, rtpParameters }) {
      const producer = await get(transportId).produce({ kind, rtpParameters });
      producers.set(producer.id, producer);
      return { id: producer.id };
    },
    async consume({ transportId, producerIds, rtpCapabilities }) {
      const consumers = await Promise.all(
        producerIds.map((producerId) => get(transportId).consume({ producerId, rtpCapabilities })),
      );
      return consumers.map(({ id, producerId, kind, rtpParameters }) => ({
        id,
        producerId,
        kind,
        rtpParameters,
      }));
    },
  };
}

server.on('connection', (socket) => {
  const transports = new Map<string, types.WebRtcTransport>();
  const handlers = handlersOf(transports);
  socket.on('message', (raw) => {
    const { id, method, data } = JSON.parse((raw as Buffer).toString('utf8')) as {
      id: number;
      method: keyof RawRequests;
      data: never;
    };
    const answer: Promise<unknown> = handlers[method](data);
    answer.then(
      (result) => {
        socket.send(JSON.stringify({ response: true, id, ok: true, data: result }));
      },
      (error: unknown) => {
        socket.send(JSON.stringify({ response: true, id, ok: false, errorReason: String(error) }));
      },
    );
  });
  socket.once('close', () => {
    for (const transport of transports.values()) transport.close();
  });
});
await once(server, 'listening');

serveArm<RawSfuMethods>(
  {
    open: () =>
      Promise.resolve({
        url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
        token: '',
      }),
    start() {
      finish = startMeter(worker.pid);
    },
    stop() {
      if (!finish) throw new Error('start first');
      return finish();
    },
  },
  () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    worker.close();
  },
);
