import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const keyOf = (address: string, port: number): string => `${address} ${String(port)}`;

/** RTCP's payload-specific feedback, which asks for key frames (RFC 4585 §6.3); its type is not encrypted (RFC 3711 §3.4). */
export const isKeyFrameRequest = (packet: Buffer): boolean => packet[1] === 206;

export interface Passing {
  /** Of the page, or of who passes its packets on. */
  readonly port: number;
}

/** A stretch of network between a page's media transport and the server, each direction of which can be cut. */
export class UdpRelay {
  /** Lets nothing of the page through. */
  upCut = false;
  /** Lets nothing through to the page. */
  downCut = false;
  /** The share of packets that are lost, each way, 0 to 1. */
  lossRate = 0;
  /** What of the rest is let through, both ways. */
  admits: (passing: Passing) => boolean = () => true;
  /** What of the rest is let through to the page, by what is in it. */
  passes: (packet: Buffer) => boolean = () => true;
  readonly #front: Socket;
  /** One socket towards the server for each address of the page, as a NAT does. */
  readonly #backs = new Map<string, Socket>();
  /** Addresses of a network that the page has left. */
  readonly #left = new Set<string>();

  private constructor(front: Socket, target: { address: string; port: number }) {
    this.#front = front;
    front.on('message', (packet, { address, port }) => {
      if (this.upCut || this.#left.has(keyOf(address, port)) || !this.admits({ port }) || this.#isLost)
        return;
      this.#backOf(address, port).send(packet, target.port, target.address);
    });
  }

  static async to(address: string, port: number): Promise<UdpRelay> {
    const front = createSocket('udp4');
    // Where Firefox sends as well, which it does not to 127.0.0.1.
    front.bind(0, address);
    await once(front, 'listening');
    return new UdpRelay(front, { address, port });
  }

  get address(): string {
    return this.#front.address().address;
  }

  get port(): number {
    return this.#front.address().port;
  }

  cut(cut: boolean): void {
    this.upCut = cut;
    this.downCut = cut;
  }

  /** The page's network is another one from now on: what goes over the addresses that it had before is lost. */
  changeNetwork(): void {
    for (const key of this.#backs.keys()) this.#left.add(key);
  }

  close(): void {
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
  }

  get #isLost(): boolean {
    return Math.random() < this.lossRate;
  }

  #backOf(address: string, port: number): Socket {
    const key = keyOf(address, port);
    let back = this.#backs.get(key);
    if (!back) {
      back = createSocket('udp4');
      this.#backs.set(key, back);
      back.on('message', (packet) => {
        if (
          !this.downCut &&
          !this.#left.has(key) &&
          this.admits({ port }) &&
          this.passes(packet) &&
          !this.#isLost
        )
          this.#front.send(packet, port, address);
      });
    }
    return back;
  }
}
