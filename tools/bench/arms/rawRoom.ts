import { createWorker, type types } from 'mediasoup';
import { serveArm } from '../harness/serveArm.js';
import { audioParameters, consumersIn, dtlsParameters, mediaCodecs, videoParameters } from './media.js';
import { startMeter, type Cost } from './meter.js';

/** `oneByOne`: a peer joins when the one before is in and received by all; `allAtOnce`: nobody waits. */
export type Arrival = 'oneByOne' | 'allAtOnce';

export interface Fill {
  peers: number;
  arrival: Arrival;
}

interface RawPeer {
  recv: types.WebRtcTransport;
  producers: types.Producer[];
}

const worker = await createWorker({ logLevel: 'error' });
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ip: '127.0.0.1' },
    { protocol: 'tcp', ip: '127.0.0.1' },
  ],
});
let ssrcs = 1;

/** Joins as fast as mediasoup alone goes: whatever can run at the same time does, with the router's capabilities. */
async function join(router: types.Router, peers: RawPeer[]): Promise<number> {
  const options = { webRtcServer, enableUdp: true, enableTcp: true, preferUdp: true };
  const [send, recv] = await Promise.all([
    router.createWebRtcTransport(options),
    router.createWebRtcTransport(options),
  ]);
  const [audio, video] = await Promise.all([
    send.produce({ kind: 'audio', rtpParameters: audioParameters(ssrcs++) }),
    send.produce({ kind: 'video', rtpParameters: videoParameters(ssrcs++) }),
    send.connect({ dtlsParameters }),
    recv.connect({ dtlsParameters }),
  ]);
  const self: RawPeer = { recv, producers: [audio, video] };
  const others = [...peers];
  peers.push(self);
  const { rtpCapabilities } = router;
  const consume = (peer: RawPeer, { id: producerId }: types.Producer) =>
    peer.recv.consume({ producerId, rtpCapabilities, paused: true });
  const consumers = await Promise.all(
    others.flatMap((other) => [
      ...other.producers.map((producer) => consume(self, producer)),
      ...self.producers.map((producer) => consume(other, producer)),
    ]),
  );
  return consumers.length;
}

async function fill({ peers: count, arrival }: Fill): Promise<Cost> {
  const router = await worker.createRouter({ mediaCodecs });
  const peers: RawPeer[] = [];
  let consumers = 0;
  const stop = startMeter(worker.pid);
  if (arrival === 'allAtOnce') {
    const made = await Promise.all(Array.from({ length: count }, () => join(router, peers)));
    consumers = made.reduce((sum, each) => sum + each, 0);
  } else {
    for (let i = 0; i < count; i++) consumers += await join(router, peers);
  }
  const cost = stop();
  router.close();
  if (consumers !== consumersIn(count)) throw new Error(`made ${String(consumers)} consumers`);
  return cost;
}

export interface RawRoomMethods {
  fill(data: Fill): Promise<Cost>;
}

serveArm<RawRoomMethods>({ fill }, () => {
  worker.close();
});
