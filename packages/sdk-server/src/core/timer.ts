/** Time, injected so that tests need not wait for it. */
export interface Timer {
  /** Calls `action` once, after `ms`, unless the function returned is called before. Keeps no process alive. */
  after(ms: number, action: () => void): () => void;
}

export const systemTimer: Timer = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
