/** Time, injected so that tests need not wait for it. */
export interface Timer {
  /** Calls `action` once, after `ms`, unless the function returned is called before. */
  after(ms: number, action: () => void): () => void;
}
