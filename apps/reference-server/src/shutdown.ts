const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

export interface Shutdown {
  /** Ends everything; the process ends by itself when nothing is left. */
  stop(signal: Signal): Promise<void>;
  /** Milliseconds until the process ends anyway. */
  timeoutMs: number;
  onFailure(error: unknown): void;
}

/**
 * Stops politely on SIGTERM and SIGINT, at once on the second one.
 */
export function stopOnSignals({ stop, timeoutMs, onFailure }: Shutdown): void {
  let stopping = false;
  const exit = (error: unknown): void => {
    onFailure(error);
    process.exit(1);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => {
        exit(new Error(`not everything has ended within ${String(timeoutMs)} ms`));
      }, timeoutMs).unref();
      stop(signal).catch(exit);
    });
  }
}
