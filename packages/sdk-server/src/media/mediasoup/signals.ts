import type { types } from 'mediasoup';

/**
 * Takes the worker off the signals of this process, of which mediasoup closes it at once: when and how a server ends is
 * up to its application, which may want calls to go on for a while. A worker whose process has gone ends by itself.
 */
export function ignoreSignals(worker: types.Worker): void {
  const closes: unknown = Reflect.get(worker, 'onSignal');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    for (const listener of process.listeners(signal))
      if (listener === closes) process.removeListener(signal, listener);
}
