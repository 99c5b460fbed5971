import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cpuMsOf, ownCpuMs } from '../harness/cpu.js';

export interface Cost {
  /** CPU of the Node process that was measured, all threads, milliseconds. */
  nodeMs: number;
  /** CPU of the mediasoup worker, milliseconds. */
  workerMs: number;
  wallMs: number;
}

/**
 * Event-loop delay in milliseconds: time between two firings of a 1 ms timer, which is 1 ms and more when
 * nothing is delayed.
 */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** Bytes. */
export interface Memory {
  /** JavaScript objects of the Node process. */
  heap: number;
  /** Resident, of the Node process. */
  node: number;
  /** Resident, of the mediasoup worker. */
  worker: number;
}

/** How many collections it takes until what is over has gone. */
const COLLECTIONS = 4;

/** What this process and a worker have, when garbage has been collected (Linux, proc(5) status). */
export async function measureMemory(workerPid: number | undefined): Promise<Memory> {
  for (let collected = 0; collected < COLLECTIONS; collected++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed: heap, rss: node } = process.memoryUsage();
  const status = workerPid === undefined ? '' : readFileSync(`/proc/${String(workerPid)}/status`, 'utf8');
  return { heap, node, worker: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024 };
}

/** Starts measuring this process and a worker; the returned function tells what it has cost since. */
export function startMeter(workerPid: number | undefined): () => Cost {
  const workerNow = () => (workerPid === undefined ? 0 : cpuMsOf(workerPid));
  const before = { node: ownCpuMs(), worker: workerNow(), wall: performance.now() };
  return () => ({
    nodeMs: ownCpuMs() - before.node,
    workerMs: workerNow() - before.worker,
    wallMs: performance.now() - before.wall,
  });
}

/** Starts watching the event loop, which costs a little itself; the returned function tells how late it has been. */
export function watchLoop(): () => LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return () => {
    delay.disable();
    const ms = (nanoseconds: number) => nanoseconds / 1e6;
    return { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  };
}
