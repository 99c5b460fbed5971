import { ArmProcess } from './harness/ArmProcess.js';
import type { Arms } from './harness/rounds.js';
import type { Cost } from './arms/meter.js';
import type { FillTraffic, ParlorClientsMethods } from './arms/parlorClients.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { Fill, RawRoomMethods } from './arms/rawRoom.js';

export interface FillResult extends Cost {
  traffic?: FillTraffic;
}

/** The arms that fill a room: mediasoup alone, and Parlor with its clients on real sockets. */
export class FillArms {
  static async start(): Promise<FillArms> {
    const [baseline, control, server, clients] = [
      await ArmProcess.start<RawRoomMethods>('arms/rawRoom.ts'),
      await ArmProcess.start<RawRoomMethods>('arms/rawRoom.ts'),
      await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts'),
      await ArmProcess.start<ParlorClientsMethods>('arms/parlorClients.ts'),
    ];
    return new FillArms({ baseline, control }, { server, clients }, await server.call('open', {}));
  }

  #rooms = 0;

  private constructor(
    private readonly raw: Record<'baseline' | 'control', ArmProcess<RawRoomMethods>>,
    private readonly parlor: {
      server: ArmProcess<ParlorServerMethods>;
      clients: ArmProcess<ParlorClientsMethods>;
    },
    private readonly address: { url: string; token: string },
  ) {}

  with(fill: Fill): Arms<FillResult> {
    return {
      baseline: () => this.raw.baseline.call('fill', fill),
      control: () => this.raw.control.call('fill', fill),
      candidate: () => this.#fillParlor(fill),
    };
  }

  async stop(): Promise<void> {
    await this.parlor.clients.stop();
    await Promise.all([this.raw.baseline, this.raw.control, this.parlor.server].map((arm) => arm.stop()));
  }

  async #fillParlor(fill: Fill): Promise<FillResult> {
    const { server, clients } = this.parlor;
    await server.call('start');
    const roomId = `room-${String(++this.#rooms)}`;
    const traffic = await clients.call('fill', { ...fill, ...this.address, roomId });
    const cost = await server.call('stop');
    await clients.call('leave');
    return { ...cost, traffic };
  }
}
