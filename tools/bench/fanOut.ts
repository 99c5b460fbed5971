import type { FirstPacket, Forwarded, FanOutClientsMethods } from './arms/fanOutClients.js';
import type { JanusMethods } from './arms/janus.js';
import type { Cost } from './arms/meter.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawSfuMethods } from './arms/rawSfu.js';
import type { SfuAddress } from './fanOut/Sfu.js';
import type { Kind } from './fanOut/streams.js';
import { ArmProcess } from './harness/ArmProcess.js';

/** What all servers have in common. */
interface Server {
  call(method: 'start', data: object): Promise<void>;
  call(method: 'stop'): Promise<Cost>;
  stop(): Promise<void>;
}

export interface FanOut extends Cost, Forwarded {}

/** A server in a process of its own, and its clients in another; one stream, of a kind, is published. */
export class FanOutArm {
  static async parlor(kind: Kind): Promise<FanOutArm> {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    return this.#with({ kind: 'parlor', ...(await server.call('open', {})) }, server, kind);
  }

  static async raw(kind: Kind): Promise<FanOutArm> {
    const server = await ArmProcess.start<RawSfuMethods>('arms/rawSfu.ts');
    return this.#with({ kind: 'raw', ...(await server.call('open', {})) }, server, kind);
  }

  /** `eventLoops`: threads that all connections share; 0: a thread for each, its default. */
  static async janus(kind: Kind, eventLoops = 0): Promise<FanOutArm> {
    const server = await ArmProcess.start<JanusMethods>('arms/janus.ts');
    const address = await server.call('open', { eventLoops });
    return this.#with({ kind: 'janus', token: '', ...address }, server, kind);
  }

  static async #with(address: SfuAddress, server: Server, kind: Kind): Promise<FanOutArm> {
    const clients = await ArmProcess.start<FanOutClientsMethods>('arms/fanOutClients.ts');
    await clients.call('open', { server: address, kind });
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
    await this.server.call('start', {});
    const forwarded = await this.clients.call('run', { packetsPerSecond, ms });
    return { ...(await this.server.call('stop')), ...forwarded };
  }

  /** As `FanOutClientsMethods.firstPacket`. */
  firstPacket(): Promise<FirstPacket> {
    return this.clients.call('firstPacket');
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }
}
