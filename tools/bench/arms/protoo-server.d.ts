/** What the benchmarks use of protoo's server, which comes without types. */
declare module 'protoo-server' {
  import type { Server } from 'node:http';

  export interface Transport {
    close(): void;
  }

  export interface Peer {
    readonly id: string;
    on(event: 'request', listener: (request: Request, accept: (data?: object) => void) => void): this;
    notify(method: string, data: object): Promise<void>;
  }

  export interface Request {
    readonly method: string;
    readonly data: Record<string, unknown>;
  }

  export class Room {
    readonly peers: readonly Peer[];
    createPeer(peerId: string, transport: Transport): Peer;
    close(): void;
  }

  export class WebSocketServer {
    constructor(httpServer: Server, options?: object);
    on(
      event: 'connectionrequest',
      listener: (info: { request: { url: string } }, accept: () => Transport) => void,
    ): this;
    stop(): void;
  }
}
