interface Connection {
  /** Only phones tell it. */
  readonly type?: string;
  addEventListener(type: 'change', listener: () => void): void;
  removeEventListener(type: 'change', listener: () => void): void;
}

/**
 * Calls when the page goes over another network, where browsers tell (Network Information API). Returns the function
 * that stops that.
 */
export function onNetworkChange(listener: () => void): () => void {
  if (typeof navigator === 'undefined') return () => {};
  const { connection } = navigator as { connection?: Connection };
  let type = connection?.type;
  const whenChanged = () => {
    // Estimates of the bandwidth change all the time.
    if (connection?.type === type) return;
    type = connection?.type;
    listener();
  };
  connection?.addEventListener('change', whenChanged);
  return () => {
    connection?.removeEventListener('change', whenChanged);
  };
}
