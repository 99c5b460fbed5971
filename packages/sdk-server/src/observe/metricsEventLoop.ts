import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

export interface EventLoopLag {
  /** Seconds. */
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** How late this process does what is due. Measures from the first reading on: nothing runs when nobody asks. */
export class EventLoopMeter {
  #histogram: IntervalHistogram | undefined;
  #closed = false;

  /** Since the last reading; undefined: it has just begun to measure. */
  read(): EventLoopLag | undefined {
    if (this.#closed) return undefined;
    if (!this.#histogram) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      return undefined;
    }
    const histogram = this.#histogram;
    if (histogram.count === 0) return undefined;
    const lag = {
      median: lagOf(histogram.percentile(50)),
      p99: lagOf(histogram.percentile(99)),
      max: lagOf(histogram.max),
    };
    histogram.reset();
    return lag;
  }

  close(): void {
    this.#closed = true;
    this.#histogram?.disable();
  }
}

/** What Node records, in ns, is from one tick to the next: the interval itself is no lag. */
const lagOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
