import { serveArm } from '../harness/serveArm.js';
import { consumersIn } from './media.js';
import { startMeter, watchLoop, type Cost, type LoopDelay } from './meter.js';
import { createRouter, join, worker, type RawPeer } from './rawJoin.js';

export interface RawRoomMethods {
  /** Everyone joins at once and nobody waits; nothing but mediasoup's calls. */
  fill(data: { peers: number }): Promise<Cost & { loop: LoopDelay }>;
}

async function fill({ peers: count }: { peers: number }): Promise<Cost & { loop: LoopDelay }> {
  const router = await createRouter();
  const peers: RawPeer[] = [];
  const stopWatching = watchLoop();
  const stop = startMeter(worker.pid);
  const made = await Promise.all(Array.from({ length: count }, () => join(router, peers)));
  const cost = { ...stop(), loop: stopWatching() };
  router.close();
  const consumers = made.reduce((sum, each) => sum + each, 0);
  if (consumers !== consumersIn(count)) throw new Error(`made ${String(consumers)} consumers`);
  return cost;
}

serveArm<RawRoomMethods>({ fill }, () => {
  worker.close();
});
