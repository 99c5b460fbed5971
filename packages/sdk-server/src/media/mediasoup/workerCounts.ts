/** How much there is on a worker. */
export interface WorkerCounts {
  /** Rooms that are on it, or on it too. */
  rooms: number;
  routers: number;
  /** Transports and consumers: what a worker spends its time on. */
  load: number;
  /** Those of clients, and one for each producer that goes on to another router from here. */
  consumers: number;
  /** Producers of other routers that are piped to it. */
  piped: number;
  /** Consumers that are still to come on transports that have none yet. */
  expected: number;
}

export const noCounts = (): WorkerCounts => ({
  rooms: 0,
  routers: 0,
  load: 0,
  consumers: 0,
  piped: 0,
  expected: 0,
});

/** Something of mediasoup that ends some day. */
export interface Ending {
  readonly closed: boolean;
  readonly observer: { once(event: 'close', listener: () => void): unknown };
}

/** Counts one more for as long as it is there. */
export function countOn(counts: WorkerCounts, what: readonly (keyof WorkerCounts)[], ending: Ending): void {
  // What is asked of the worker may have ended by the time the answer is read.
  if (ending.closed) return;
  for (const each of what) counts[each] += 1;
  ending.observer.once('close', () => {
    for (const each of what) counts[each] -= 1;
  });
}
