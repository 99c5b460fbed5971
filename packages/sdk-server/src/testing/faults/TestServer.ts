import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attachParlor, parlorNode } from '../../adapters/node.js';
import { createParlor } from '../../createParlor.js';
import type { ParlorOptions } from '../../options.js';
import type { Parlor } from '../../parlor.js';
import { Faults } from './Faults.js';

interface Running {
  readonly parlor: Parlor;
  readonly server: Server;
}

/** A Parlor on a web server of its own, on loopback, that can be broken and restarted. */
export class TestServer {
  readonly faults = new Faults();
  readonly #options: () => ParlorOptions;
  #running: Running | undefined;
  #port = 0;

  /** `options` are asked for at every start. @throws as `createParlor` */
  static async start(options: () => ParlorOptions): Promise<TestServer> {
    const server = new TestServer(options);
    await server.#start();
    return server;
  }

  private constructor(options: () => ParlorOptions) {
    this.#options = options;
  }

  /** Where clients connect to; the same after a restart. */
  get url(): string {
    return `ws://127.0.0.1:${String(this.#port)}`;
  }

  /** The one that runs now. @throws Error after `close` */
  get parlor(): Parlor {
    if (!this.#running) throw new Error('the server is not running');
    return this.#running.parlor;
  }

  /** As a deployment does: clients are told, then everything goes, then it is there again, on the same port. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  /** As when the process dies: nobody is told. */
  async crash(): Promise<void> {
    this.faults.setDown(true);
    await this.#stop();
    this.faults.setDown(false);
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  async #start(): Promise<void> {
    const parlor = this.faults.around(await createParlor(await this.faults.prepare(this.#options())));
    const server = createServer(parlorNode({ parlor }));
    attachParlor(server, parlor);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#running = { parlor, server };
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    await running.parlor.close();
    running.server.closeAllConnections();
    running.server.close();
    await once(running.server, 'close');
  }
}
