import type { Forwarded, FanOutClientsMethods } from './arms/fanOutClients.js';
import type { JanusMethods } from './arms/janus.js';
import type { Cost } from './arms/meter.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawSfuMethods } from './arms/rawSfu.js';
import type { SfuAddress } from './fanOut/Sfu.js';
import { ArmProcess } from './harness/ArmProcess.js';

export interface FanOut extends Cost, Forwarded {}

/** A server in a process of its own, and its clients in another. */
export class FanOutArm {
  static async parlor(): Promise<FanOutArm> {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const address: SfuAddress = { kind: 'parlor', ...(await server.call('open', {})) };
    return this.#with(address, {
      start: () => server.call('start', {}),
      finish: () => server.call('stop'),
      stop: () => server.stop(),
    });
  }

  static async raw(): Promise<FanOutArm> {
    const server = await ArmProcess.start<RawSfuMethods>('arms/rawSfu.ts');
    const address: SfuAddress = { kind: 'raw', ...(await server.call('open', {})) };
    return this.#with(address, {
      start: () => server.call('start', {}),
      finish: () => server.call('stop'),
      stop: () => server.stop(),
    });
  }

  static async janus(eventLoops = 0): Promise<FanOutArm> {
    const server = await ArmProcess.start<JanusMethods>('arms/janus.ts');
    const address: SfuAddress = { kind: 'janus', token: '', ...(await server.call('open', { eventLoops })) };
    return this.#with(address, {
      start: () => server.call('start', {}),
      finish: () => server.call('stop'),
      stop: () => server.stop(),
    });
  }

  static async #with(address: SfuAddress, server: Server): Promise<FanOutArm> {
    const clients = await ArmProcess.start<FanOutClientsMethods>('arms/fanOutClients.ts');
    await clients.call('open', { server: address });
    return new FanOutArm(server, clients);
  }

  private constructor(
    private readonly server: Server,
    private readonly clients: ArmProcess<FanOutClientsMethods>,
  ) {}

  /** Has so many clients receive from now on. */
  receivers(count: number): Promise<void> {
    return this.clients.call('receivers', { count });
  }

  /** Sends for a while, and tells what that has cost the server. */
  async run(packetsPerSecond: number, ms: number): Promise<FanOut> {
    await this.server.start();
    const forwarded = await this.clients.call('run', { packetsPerSecond, ms });
    return { ...(await this.server.finish()), ...forwarded };
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }
}

interface Server {
  start(): Promise<void>;
  finish(): Promise<Cost>;
  stop(): Promise<void>;
}
