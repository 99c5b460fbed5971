import { serveArm } from '../harness/serveArm.js';
import { startMeter, type Cost } from './meter.js';

export interface RelayAddress {
  /** `http://127.0.0.1:<port>` */
  url: string;
  token: string;
}

/** What every server of the relay benchmark can be asked. */
export interface RelayServerMethods {
  open(data: object): Promise<RelayAddress>;
  start(data: object): void;
  stop(): Cost;
  /** Resident memory after a garbage collection, bytes. */
  memory(): Promise<number>;
}

/** How many collections it takes until what connecting left behind is gone. */
const COLLECTIONS = 4;

/** Serves a relay as an arm: how it is opened and closed is all that differs. */
export function serveRelay(open: () => Promise<RelayAddress>, close: () => void | Promise<void>): void {
  let finish: (() => Cost) | undefined;
  serveArm<RelayServerMethods>(
    {
      open,
      start() {
        finish = startMeter(undefined);
      },
      stop() {
        if (!finish) throw new Error('start first');
        return finish();
      },
      async memory() {
        for (let collected = 0; collected < COLLECTIONS; collected++) {
          globalThis.gc?.();
          await new Promise((resolve) => setImmediate(resolve));
        }
        return process.memoryUsage().rss;
      },
    },
    close,
  );
}
