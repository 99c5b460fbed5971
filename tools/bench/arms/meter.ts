import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { cpuMsOf, ownCpuMs } from '../harness/cpu.js';

export interface Cost {
  /** CPU of the Node process that was measured, all threads, milliseconds. */
  nodeMs: number;
  /** CPU of the mediasoup worker, milliseconds. */
  workerMs: number;
  wallMs: number;
  /**
   * Event-loop delay in milliseconds: time between two firings of a 1 ms timer, which is 1 ms and more when
   * nothing is delayed.
   */
  loop: { p50: number; p99: number; max: number };
}

/** Starts measuring this process and a worker; the returned function tells what it has cost since. */
export async function startMeter(workerPid: number | undefined): Promise<() => Cost> {
  // Garbage of the run before is not charged to this one.
  globalThis.gc?.();
  await sweepEnd();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const workerNow = () => (workerPid === undefined ? 0 : cpuMsOf(workerPid));
  const before = { node: ownCpuMs(), worker: workerNow(), wall: performance.now() };
  return () => {
    const cost = {
      nodeMs: ownCpuMs() - before.node,
      workerMs: workerNow() - before.worker,
      wallMs: performance.now() - before.wall,
    };
    delay.disable();
    const ms = (nanoseconds: number) => nanoseconds / 1e6;
    const loop = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    return { ...cost, loop };
  };
}

/** The collector sweeps on threads of its own after gc() has returned; that is over when the process is at rest. */
async function sweepEnd(): Promise<void> {
  for (let looks = 0; looks < 10; looks++) {
    const before = ownCpuMs();
    await setTimeout(20);
    // A profiler never rests.
    if (ownCpuMs() - before < 1) return;
  }
}
