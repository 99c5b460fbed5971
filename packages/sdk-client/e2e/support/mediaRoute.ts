import type { Page } from '@playwright/test';
import { UdpRelay } from './UdpRelay.js';

type Direction = 'send' | 'recv';

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

/** The media transports of a page, each on a stretch of network of its own that a test can cut. */
export class MediaRoute {
  /** In the order in which they were made. */
  readonly send: UdpRelay[] = [];
  readonly recv: UdpRelay[] = [];

  /** Ask for it before the page connects. */
  static async of(page: Page): Promise<MediaRoute> {
    const route = new MediaRoute();
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

  /** As `UdpRelay.changeNetwork`, for all of them. */
  changeNetwork(): void {
    for (const relay of [...this.send, ...this.recv]) relay.changeNetwork();
  }

  close(): void {
    for (const relay of [...this.send, ...this.recv]) relay.close();
  }

  async #divert({ id, data }: Message, asked: ReadonlyMap<number, Direction>): Promise<void> {
    const made = asked.get(id ?? -1);
    if (made) await this.#through(made, data as unknown as WireTransport);
    const transports = data?.['transports'] as Partial<Record<Direction, WireTransport>> | undefined;
    for (const direction of ['send', 'recv'] as const)
      await this.#through(direction, transports?.[direction]);
  }

  async #through(direction: Direction, transport: WireTransport | undefined): Promise<void> {
    const candidate = transport?.iceCandidates.find(({ protocol }) => protocol === 'udp');
    if (!transport || !candidate) return;
    const relay = await UdpRelay.to(candidate.ip, candidate.port);
    this[direction].push(relay);
    const { address, port } = relay;
    transport.iceCandidates = [{ ...candidate, ip: address, address, port }];
  }
}
