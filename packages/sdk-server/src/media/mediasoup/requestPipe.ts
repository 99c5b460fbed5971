import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Writable } from 'node:stream';

/** The descriptor by which mediasoup asks its worker (its `Worker.ts`). */
const REQUESTS = 3;

/**
 * Starts a worker that hears what is asked of it in one turn of the event loop in one piece. mediasoup writes each request
 * by itself, and writing is the most expensive part of a small one. They keep their order, and wait for nothing: the next
 * tick comes after all promise callbacks and before any I/O. Where the worker's pipe is not found, all is as it was.
 */
export function withGatheredRequests<T>(start: () => Promise<T>): Promise<T> {
  const gather = (message: unknown) => {
    const { process: child } = message as { process: Partial<Pick<ChildProcess, 'stdio'>> };
    // It has its pipes when it has been spawned, if it could be.
    process.nextTick(() => {
      const pipe = child.stdio?.[REQUESTS];
      if (pipe instanceof Writable) writeOnceATurn(pipe);
    });
  };
  // mediasoup spawns it at once, and so nothing else can be heard of here.
  subscribe('child_process', gather);
  try {
    return start();
  } finally {
    unsubscribe('child_process', gather);
  }
}

/** Whatever is written to a stream in one turn of the event loop goes on its way at the end of that, in one piece. */
export function writeOnceATurn(stream: Writable): void {
  const write: unknown = stream.write;
  if (typeof write !== 'function') return;
  let isHeld = false;
  const release = () => {
    isHeld = false;
    stream.uncork();
  };
  const hold = (...written: unknown[]): unknown => {
    if (!isHeld) {
      isHeld = true;
      stream.cork();
      process.nextTick(release);
    }
    return Reflect.apply(write, stream, written);
  };
  Object.defineProperty(stream, 'write', { value: hold, configurable: true, writable: true });
}
