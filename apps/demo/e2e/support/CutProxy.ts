import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands before a server and cuts its connections like a network that fails. Media does not pass through it. */
export class CutProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #down = false;

  private constructor(private readonly targetPort: number) {
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  static async start(target: string): Promise<CutProxy> {
    const proxy = new CutProxy(Number(new URL(target).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Drops every connection, and each new one until `restore`. */
  cut(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#down = false;
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    if (this.#down) {
      socket.destroy();
      return;
    }
    const upstream = connect(this.targetPort, '127.0.0.1');
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      // A reset is what this is for.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
