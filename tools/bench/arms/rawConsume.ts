import { serveArm } from '../harness/serveArm.js';
import { consumersIn } from './media.js';
import { measureMemory, startMeter, type Cost } from './meter.js';
import { createRouter, join, worker, type RawPeer } from './rawJoin.js';

export interface RoomMethods {
  /** So many people join one after another, publish and receive everybody; nothing goes over a wire. */
  fill(data: { peers: number }): Promise<Cost>;
  /** Bytes of JavaScript objects that the people of such a room have, and are given back when it closes. */
  heap(data: { peers: number }): Promise<number>;
}

/** mediasoup's own calls, with the capabilities of the router. */
async function filled(count: number): Promise<() => void> {
  const router = await createRouter();
  const peers: RawPeer[] = [];
  let consumers = 0;
  for (let index = 0; index < count; index++) consumers += await join(router, peers);
  if (consumers !== consumersIn(count)) throw new Error(`made ${String(consumers)} consumers`);
  return () => {
    router.close();
    peers.length = 0;
  };
}

serveArm<RoomMethods>(
  {
    async fill({ peers }) {
      const stop = startMeter(worker.pid);
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
  () => {
    worker.close();
  },
);
