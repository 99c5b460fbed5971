/** Time, injected so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `tick` again and again; keeps no process alive. Returns how to stop. */
  every(ms: number, tick: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
