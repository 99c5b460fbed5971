import type { Page } from '@playwright/test';
import { UdpRelay } from './UdpRelay.js';

interface Message {
  method?: string;
  data?: {
    candidate?: { candidate: string } | null;
    description?: { sdp: string };
    iceServers?: { credential?: string }[];
    resumeToken?: string;
  };
}

const isRelayed = (candidate: string): boolean => candidate.includes(' typ relay');

/**
 * What browsers send to each other, over a stretch of network that a test can cut; what goes through a TURN server does
 * not take it. The credentials for that which pages get when they join have expired.
 */
export class PairRoute {
  readonly #relays: UdpRelay[] = [];
  #isCut = false;

  /** Of each page, before it connects. */
  async lead(page: Page): Promise<void> {
    await page.routeWebSocket(/.*/, (socket) => {
      const server = socket.connectToServer();
      // One after the other: what the page says keeps its order.
      let order = Promise.resolve();
      socket.onMessage((text) => {
        order = order.then(async () => {
          const message = JSON.parse(text.toString()) as Message;
          if (await this.#divert(message)) server.send(JSON.stringify(message));
        });
      });
      server.onMessage((text) => {
        const message = JSON.parse(text.toString()) as Message;
        const { iceServers = [], resumeToken } = message.data ?? {};
        for (const each of resumeToken === undefined ? [] : iceServers)
          if (each.credential !== undefined) each.credential = 'expired';
        socket.send(JSON.stringify(message));
      });
    });
  }

  cut(cut = true): void {
    this.#isCut = cut;
    for (const relay of this.#relays) relay.cut(cut);
  }

  close(): void {
    for (const relay of this.#relays) relay.close();
  }

  /** False: the others need not know of it. */
  async #divert({ method, data }: Message): Promise<boolean> {
    if (method !== 'signal' || !data) return true;
    const { candidate, description } = data;
    if (description)
      description.sdp = description.sdp.replace(/^a=candidate:.*\r\n/gm, (line) =>
        isRelayed(line) ? line : '',
      );
    if (!candidate?.candidate || isRelayed(candidate.candidate)) return true;
    const [foundation, component, protocol, priority, address = '', port, ...rest] =
      candidate.candidate.split(' ');
    // Firefox writes it in capitals.
    if (protocol?.toLowerCase() !== 'udp' || !address.includes('.')) return false;
    const relay = await UdpRelay.to(address, Number(port));
    relay.cut(this.#isCut);
    this.#relays.push(relay);
    candidate.candidate = [
      foundation,
      component,
      protocol,
      priority,
      relay.address,
      relay.port,
      ...rest,
    ].join(' ');
    return true;
  }
}
