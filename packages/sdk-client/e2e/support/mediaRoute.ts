import type { Page } from '@playwright/test';
import { isKeyFrameRequest, UdpRelay, type Passing } from './UdpRelay.js';

type Direction = 'send' | 'recv';
type Admits = (passing: Passing) => boolean;

interface Candidate {
  protocol: string;
  ip: string;
  address?: string;
  port: number;
}

interface WireTransport {
  id: string;
  iceCandidates: Candidate[];
}

interface Message {
  id?: number;
  method?: string;
  data?: Record<string, unknown>;
}

export interface RouteOptions {
  /** As `UdpRelay.lossRate`, of all of its transports. */
  lossRate?: number;
  /** Whether what the server says of TURN is of no use; of which transport of its direction, counted from 1. */
  isTurnExpired?: (transports: number, isRestart: boolean) => boolean;
}

/** How media of a page can be cut off: `up` and `down` leave what comes back, such as reports and answers. */
export const CUTS = [
  { direction: 'recv', cut: 'down' },
  { direction: 'recv', cut: 'both' },
  { direction: 'send', cut: 'up' },
  { direction: 'send', cut: 'both' },
] as const;

type Cut = (typeof CUTS)[number];

/** The media transports of a page, each on a stretch of network of its own that a test can cut. */
export class MediaRoute {
  /** In the order in which they were made. */
  readonly send: UdpRelay[] = [];
  readonly recv: UdpRelay[] = [];

  #lossRate = 0;
  #isTurnExpired: NonNullable<RouteOptions['isTurnExpired']> = () => false;
  readonly #admits: Record<Direction, Admits> = { send: () => true, recv: () => true };

  /** Ask for it before the page connects. */
  static async of(page: Page, options: RouteOptions = {}): Promise<MediaRoute> {
    const { isTurnExpired = () => false, lossRate = 0 } = options;
    const route = new MediaRoute();
    route.#lossRate = lossRate;
    route.#isTurnExpired = isTurnExpired;
    await page.routeWebSocket(/.*/, (socket) => {
      const server = socket.connectToServer();
      /** By the ids of the requests that ask for them. */
      const asked = new Map<number, Direction>();
      socket.onMessage((text) => {
        const { id, method, data } = JSON.parse(text.toString()) as Message;
        if (id !== undefined && method === 'createWebRtcTransport')
          asked.set(id, data?.['direction'] as Direction);
        server.send(text);
      });
      // One after the other: what the server says keeps its order.
      let order = Promise.resolve();
      server.onMessage((text) => {
        order = order.then(async () => {
          const message = JSON.parse(text.toString()) as Message;
          await route.#divert(message, asked);
          socket.send(JSON.stringify(message));
        });
      });
    });
    return route;
  }

  /** Lets only this through from now on, also of transports that are yet to be made. */
  admitOnly(direction: Direction, admits: Admits): void {
    this.#admits[direction] = admits;
    for (const relay of this[direction]) relay.admits = admits;
  }

  /**
   * Loses what asks the page for key frames, by the transports that there are. Gives how many were lost so far, and how
   * to end it.
   */
  loseKeyFrameRequests(): { readonly lost: () => number; readonly end: () => void } {
    let lost = 0;
    for (const relay of this.send)
      relay.passes = (packet) => {
        if (!isKeyFrameRequest(packet)) return true;
        lost += 1;
        return false;
      };
    return {
      lost: () => lost,
      end: () => {
        for (const relay of this.send) relay.passes = () => true;
      },
    };
  }

  /** As `UdpRelay.changeNetwork`, for all of them. */
  changeNetwork(): void {
    for (const relay of [...this.send, ...this.recv]) relay.changeNetwork();
  }

  /** Cuts the first transport of a direction off; ends by `UdpRelay.cut(false)` of what is given. */
  cut({ direction, cut }: Cut): UdpRelay {
    const [relay] = this[direction];
    if (!relay) throw new Error(`there is no transport to ${direction}`);
    if (cut !== 'down') relay.upCut = true;
    if (cut !== 'up') relay.downCut = true;
    return relay;
  }

  close(): void {
    for (const relay of [...this.send, ...this.recv]) relay.close();
  }

  async #divert({ id, data }: Message, asked: ReadonlyMap<number, Direction>): Promise<void> {
    const made = asked.get(id ?? -1);
    const servers = data?.['iceServers'] as { credential?: string }[] | undefined;
    // The answer to joining comes with the first of each, one to an ICE restart with none.
    const count = made ? this[made].length + 1 : Math.max(1, this.send.length, this.recv.length);
    if (servers && this.#isTurnExpired(count, made === undefined && this.send.length > 0))
      for (const server of servers) if (server.credential !== undefined) server.credential = 'expired';
    if (made) await this.#through(made, data as unknown as WireTransport);
    const transports = data?.['transports'] as Partial<Record<Direction, WireTransport>> | undefined;
    for (const direction of ['send', 'recv'] as const)
      await this.#through(direction, transports?.[direction]);
  }

  async #through(direction: Direction, transport: WireTransport | undefined): Promise<void> {
    const candidate = transport?.iceCandidates.find(({ protocol }) => protocol === 'udp');
    if (!transport || !candidate) return;
    const relay = await UdpRelay.to(candidate.ip, candidate.port);
    relay.admits = this.#admits[direction];
    relay.lossRate = this.#lossRate;
    this[direction].push(relay);
    const { address, port } = relay;
    transport.iceCandidates = [{ ...candidate, ip: address, address, port }];
  }
}
