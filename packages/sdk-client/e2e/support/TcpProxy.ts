import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between page and server that can be cut: connections break, and new ones are refused. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #toServer = new Set<Socket>();
  #cut = false;
  #serverNotices = true;

  private constructor(target: number) {
    this.#server = createServer((inside) => {
      if (this.#cut) {
        inside.resetAndDestroy();
        return;
      }
      const outside = connect(target, '127.0.0.1');
      this.#toServer.add(outside);
      for (const [socket, other] of [
        [inside, outside],
        [outside, inside],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          this.#toServer.delete(socket);
          if (this.#serverNotices || !this.#toServer.has(other)) other.destroy();
        });
        // A broken connection is what this is for; its close follows.
        socket.on('error', () => socket.destroy());
        socket.pipe(other, { end: false });
      }
    });
  }

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  /**
   * Breaks every connection. Without `serverNotices` only the page's half, as with a phone that leaves its network:
   * the server goes on talking to nobody.
   */
  cut({ serverNotices = true } = {}): void {
    this.#cut = true;
    this.#serverNotices = serverNotices;
    for (const socket of this.#sockets) {
      if (serverNotices || !this.#toServer.has(socket)) socket.resetAndDestroy();
    }
  }

  mend(): void {
    this.#cut = false;
    this.#serverNotices = true;
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
