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
}

/** A server whose rooms are filled by clients in another process. */
interface FilledServer {
  /** Fills one more room. */
  fill(): Promise<unknown>;
  memory(): Promise<Memory>;
}

/** What each of so many rooms takes while everybody stays in it. */
async function taken(server: FilledServer, rooms: number): Promise<Memory> {
  const before = await server.memory();
  for (let room = 0; room < rooms; room++) await server.fill();
  const after = await server.memory();
  const each = (of: keyof Memory) => (after[of] - before[of]) / rooms;
  return { heap: each('heap'), node: each('node'), worker: each('worker') };
}

/** Parlor's server, and its clients on real sockets. */
class ParlorArm {
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

  /** `loop`: the event loop is watched as well, which costs something itself. */
  async fill(fill: Fill, { loop = false } = {}): Promise<FillResult> {
    const result = await this.#fill(fill, loop);
    await this.clients.call('leave');
    return result;
  }

  hold(fill: Fill, rooms: number): Promise<Memory> {
    return taken({ fill: () => this.#fill(fill, false), memory: () => this.server.call('memory') }, rooms);
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }

  async #fill(fill: Fill, watch: boolean): Promise<FillResult> {
    const roomId = `room-${String(++this.#rooms)}`;
    await this.server.call('start', { roomId, watch });
    const traffic = await this.clients.call('fill', { ...fill, ...this.address, roomId });
    return { ...(await this.server.call('stop')), traffic };
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

  async fill(peers: number): Promise<FillResult> {
    const result = await this.#fill(peers);
    await this.server.call('end');
    await this.clients.call('leave');
    return result;
  }

  hold(peers: number, rooms: number): Promise<Memory> {
    return taken({ fill: () => this.#fill(peers), memory: () => this.server.call('memory') }, rooms);
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }

  async #fill(peers: number): Promise<FillResult> {
    await this.server.call('start', {});
    await this.clients.call('fillRaw', { url: this.url, peers });
    return this.server.call('stop');
  }
}

export interface JoinArms {
  /** A room is filled, measured and emptied. */
  filling(peers: number): Arms<FillResult>;
  /** So many rooms are filled and stay so until the end: what each of them takes. */
  holding(peers: number, rooms: number): Arms<Memory>;
  stop(): Promise<void>;
}

/** One after another, against a socket with nothing but mediasoup's calls behind it. The arms share nothing. */
export async function joinArms(): Promise<JoinArms> {
  const parlor = await ParlorArm.start();
  const baseline = await RawArm.start();
  const control = await RawArm.start();
  return {
    filling: (peers) => ({
      baseline: () => baseline.fill(peers),
      control: () => control.fill(peers),
      candidate: () => parlor.fill({ peers, arrival: 'oneByOne' }),
    }),
    holding: (peers, rooms) => ({
      baseline: () => baseline.hold(peers, rooms),
      control: () => control.hold(peers, rooms),
      candidate: () => parlor.hold({ peers, arrival: 'oneByOne' }, rooms),
    }),
    async stop() {
      await Promise.all([parlor, baseline, control].map((arm) => arm.stop()));
    },
  };
}
