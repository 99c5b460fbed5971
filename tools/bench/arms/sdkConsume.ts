import { createParlor, type Peer, type ProduceOptions, type Room } from '@parlor/sdk-server';
import { serveArm } from '../harness/serveArm.js';
import { audioParameters, consumersIn, dtlsParameters, mediaCodecs, videoParameters } from './media.js';
import { measureMemory, startMeter } from './meter.js';
import type { RoomMethods } from './rawConsume.js';

/** The same through our rooms, by peers of the host application: without a wire. */
const parlor = await createParlor({
  access: { allowAnonymous: true },
  media: { workers: 1, listenIp: '127.0.0.1', clients: 'network', codecs: mediaCodecs },
});
let rooms = 0;
let ssrcs = 1;

/** As it comes from a wire. */
const parsed = (parameters: object) =>
  JSON.parse(JSON.stringify(parameters)) as NonNullable<ProduceOptions['rtpParameters']>;

async function join(room: Room, rtpCapabilities: Room['rtpCapabilities']): Promise<number> {
  const peer = await room.join({ peerId: `peer-${String(ssrcs)}`, topology: 'sfu' });
  const [send, recv] = await Promise.all([
    peer.createTransport({ direction: 'send' }),
    peer.createTransport({ direction: 'recv' }),
  ]);
  const others = [...room.peers.values()].filter((other) => other !== peer);
  const existing = others.flatMap((other) => [...other.producers.keys()]);
  const produce = [
    peer.produce({ kind: 'audio', rtpParameters: parsed(audioParameters(ssrcs++)) }),
    peer.produce({ kind: 'video', rtpParameters: parsed(videoParameters(ssrcs++)) }),
  ];
  const [audio, video] = await Promise.all([
    ...produce,
    send.connect(dtlsParameters),
    recv.connect(dtlsParameters),
  ]);
  const own = [audio, video].flatMap((producer) => (producer ? [producer.id] : []));
  const consume = async (by: Peer, producerIds: readonly string[]) => {
    const results = await by.subscribe(producerIds, { rtpCapabilities, paused: true });
    return results.filter((result) => 'consumer' in result).length;
  };
  const made = await Promise.all([consume(peer, existing), ...others.map((other) => consume(other, own))]);
  return made.reduce((sum, each) => sum + each, 0);
}

async function filled(count: number): Promise<() => void> {
  const room = await parlor.rooms.open(`room-${String(++rooms)}`, { topology: 'sfu' });
  const { rtpCapabilities } = room;
  let consumers = 0;
  for (let index = 0; index < count; index++) consumers += await join(room, rtpCapabilities);
  if (consumers !== consumersIn(count)) throw new Error(`made ${String(consumers)} consumers`);
  return () => {
    room.close();
  };
}

serveArm<RoomMethods>(
  {
    async fill({ peers }) {
      const stop = startMeter(undefined);
      const close = await filled(peers);
      const cost = stop();
      close();
      return cost;
    },
    async heap({ peers }) {
      const before = await measureMemory(undefined);
      const close = await filled(peers);
      const { heap } = await measureMemory(undefined);
      close();
      return heap - before.heap;
    },
  },
  () => parlor.close(),
);
