import type { Cost, LoopDelay } from './arms/meter.js';
import type { Fill, FillTraffic, ParlorClientsMethods } from './arms/parlorClients.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawRoomMethods } from './arms/rawRoom.js';
import type { RawServerMethods } from './arms/rawServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Arms } from './harness/rounds.js';

export interface FillResult extends Cost {
  traffic?: FillTraffic;
  loop?: LoopDelay;
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
    readonly clients: ArmProcess<ParlorClientsMethods>,
    private readonly address: { url: string; token: string },
  ) {}

  /** `watch`: the event loop, too. */
  async fill(fill: Fill, watch = false): Promise<FillResult> {
    const roomId = `room-${String(++this.#rooms)}`;
    await this.server.call('start', { roomId, watch });
    const traffic = await this.clients.call('fill', { ...fill, ...this.address, roomId });
    const cost = await this.server.call('stop');
    await this.clients.call('leave');
    return { ...cost, traffic };
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
    candidate: () => parlor.fill({ peers, arrival: 'allAtOnce' }, true),
    async stop() {
      await Promise.all([parlor, baseline, control].map((arm) => arm.stop()));
    },
  };
}

/** One after another, against a socket with nothing but mediasoup's calls behind it. */
export async function joinArms(): Promise<{
  with: (peers: number) => Arms<FillResult>;
  stop: () => Promise<void>;
}> {
  const parlor = await ParlorArm.start();
  const { clients } = parlor;
  const baseline = await ArmProcess.start<RawServerMethods>('arms/rawServer.ts');
  const control = await ArmProcess.start<RawServerMethods>('arms/rawServer.ts');
  const raw = async (server: typeof baseline) => {
    const { url } = await server.call('open', {});
    return async (peers: number): Promise<FillResult> => {
      await server.call('start', {});
      await clients.call('fillRaw', { url, peers });
      const cost = await server.call('stop');
      await clients.call('leave');
      return cost;
    };
  };
  const fills = { baseline: await raw(baseline), control: await raw(control) };
  return {
    with: (peers) => ({
      baseline: () => fills.baseline(peers),
      control: () => fills.control(peers),
      candidate: () => parlor.fill({ peers, arrival: 'oneByOne' }),
    }),
    async stop() {
      await Promise.all([parlor, baseline, control].map((arm) => arm.stop()));
    },
  };
}
