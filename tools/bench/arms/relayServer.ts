import { serveArm } from '../harness/serveArm.js';
import { measureMemory, startMeter, type Cost } from './meter.js';

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
      memory: async () => (await measureMemory(undefined)).node,
    },
    close,
  );
}
