import type { Cost, LoopDelay, Memory } from './arms/meter.js';
import type { Fill, FillTraffic, ParlorClientsMethods } from './arms/parlorClients.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawRoomMethods } from './arms/rawRoom.js';
import type { RawServerMethods } from './arms/rawServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Arms } from './harness/rounds.js';

export interface FillResult extends Cost {
  traffic?: FillTraffic;
  loop?: LoopDelay;
  /** What the room takes while everybody is in it. */
  memory?: Memory;
}

/** What is watched beside CPU; either costs something itself. */
export interface Watch {
  loop?: boolean;
  memory?: boolean;
}

/** What was taken between two measurements. */
async function grown<T>(
  of: { memory: () => Promise<Memory> },
  use: () => Promise<T>,
): Promise<T & { memory: Memory }> {
  const before = await of.memory();
  const result = await use();
  const after = await of.memory();
  const memory = {
    heap: after.heap - before.heap,
    node: after.node - before.node,
    worker: after.worker - before.worker,
  };
  return { ...result, memory };
}

/** Parlor's server, and its clients on real sockets. */
export class ParlorArm {
  #rooms = 0;

  static async start(): Promise<ParlorArm> {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<ParlorClientsMethods>('arms/parlorClients.ts');
    return new ParlorArm(server, clients, await server.call('open', {}));
  }

  private constructor(
    private readonly server: ArmProcess<ParlorServerMethods>,
    private readonly clients: ArmProcess<ParlorClientsMethods>,
    private readonly address: { url: string; token: string },
  ) {}

  async fill(fill: Fill, { loop = false, memory = false }: Watch = {}): Promise<FillResult> {
    const roomId = `room-${String(++this.#rooms)}`;
    const run = async (): Promise<FillResult> => {
      await this.server.call('start', { roomId, watch: loop });
      const traffic = await this.clients.call('fill', { ...fill, ...this.address, roomId });
      return { ...(await this.server.call('stop')), traffic };
    };
    const result = memory ? await grown({ memory: () => this.server.call('memory') }, run) : await run();
    await this.clients.call('leave');
    return result;
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }
}

export interface FillArms extends Arms<FillResult> {
  stop(): Promise<void>;
}

/** Everybody at once, against one Promise.all over mediasoup's calls, without sockets. */
export async function stormArms(peers: number): Promise<FillArms> {
  const parlor = await ParlorArm.start();
  const baseline = await ArmProcess.start<RawRoomMethods>('arms/rawRoom.ts');
  const control = await ArmProcess.start<RawRoomMethods>('arms/rawRoom.ts');
  return {
    baseline: () => baseline.call('fill', { peers }),
    control: () => control.call('fill', { peers }),
    candidate: () => parlor.fill({ peers, arrival: 'allAtOnce' }, { loop: true }),
    async stop() {
      await Promise.all([parlor, baseline, control].map((arm) => arm.stop()));
    },
  };
}

/** A socket with nothing but mediasoup's calls behind it, and its clients. */
class RawArm {
  static async start(): Promise<RawArm> {
    const server = await ArmProcess.start<RawServerMethods>('arms/rawServer.ts');
    const clients = await ArmProcess.start<ParlorClientsMethods>('arms/parlorClients.ts');
    return new RawArm(server, clients, (await server.call('open', {})).url);
  }

  private constructor(
    private readonly server: ArmProcess<RawServerMethods>,
    private readonly clients: ArmProcess<ParlorClientsMethods>,
    private readonly url: string,
  ) {}

  async fill(peers: number, { memory = false }: Watch = {}): Promise<FillResult> {
    const run = async (): Promise<FillResult> => {
      await this.server.call('start', {});
      await this.clients.call('fillRaw', { url: this.url, peers });
      return this.server.call('stop');
    };
    const result = memory ? await grown({ memory: () => this.server.call('memory') }, run) : await run();
    await this.server.call('end');
    await this.clients.call('leave');
    return result;
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }
}

export interface JoinArms {
  with(peers: number, watch?: Watch): Arms<FillResult>;
  stop(): Promise<void>;
}

/** One after another, against a socket with nothing but mediasoup's calls behind it. The arms share nothing. */
export async function joinArms(): Promise<JoinArms> {
  const parlor = await ParlorArm.start();
  const baseline = await RawArm.start();
  const control = await RawArm.start();
  return {
    with: (peers, watch) => ({
      baseline: () => baseline.fill(peers, watch),
      control: () => control.fill(peers, watch),
      candidate: () => parlor.fill({ peers, arrival: 'oneByOne' }, watch),
    }),
    async stop() {
      await Promise.all([parlor, baseline, control].map((arm) => arm.stop()));
    },
  };
}
