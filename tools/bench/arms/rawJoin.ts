import { createWorker, type types } from 'mediasoup';
import { audioParameters, dtlsParameters, mediaCodecs, videoParameters } from './media.js';

export interface RawPeer {
  recv: types.WebRtcTransport;
  producers: types.Producer[];
}

export const worker = await createWorker({ logLevel: 'error' });
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ip: '127.0.0.1' },
    { protocol: 'tcp', ip: '127.0.0.1' },
  ],
});
let ssrcs = 1;

/** Joins as fast as mediasoup alone goes: whatever can run at the same time does, with the router's capabilities. */
export async function join(router: types.Router, peers: RawPeer[]): Promise<number> {
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

export const createRouter = (): Promise<types.Router> => worker.createRouter({ mediaCodecs });
