import type { StatsCollector, CollectorOptions } from './collect.js';
import type { RoomStats, TrackStats } from './types.js';

export type { StreamOwner } from './collect.js';

/** Statistics of a room; what reads them is loaded when they are asked for. */
export class Statistics {
  #collector: Promise<StatsCollector> | undefined;

  constructor(private readonly options: CollectorOptions) {}

  async collect(): Promise<RoomStats> {
    return await (await this.#load()).collect();
  }

  /** One stream of ours or theirs. */
  async ofProducer(producerId: string): Promise<TrackStats | undefined> {
    return await (await this.#load()).ofProducer(producerId);
  }

  /** Rates begin anew. */
  clear(): void {
    this.#collector = undefined;
  }

  #load(): Promise<StatsCollector> {
    this.#collector ??= import('./collect.js').then(
      ({ StatsCollector: Collector }) => new Collector(this.options),
      (error: unknown) => {
        // The next call tries again.
        this.#collector = undefined;
        throw error;
      },
    );
    return this.#collector;
  }
}
