import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import { attachParlor, parlorNode } from '../../src/adapters/node.js';
import { createParlor } from '../../src/createParlor.js';
import type { ParlorOptions } from '../../src/options.js';
import type { Parlor } from '../../src/parlor.js';
import { TestClient } from './TestClient.js';

export interface SocketClient extends TestClient {
  readonly ws: WebSocket;
}

export interface ConnectionOptions {
  roomId?: string;
  token?: string;
  query?: Record<string, string>;
  ws?: ClientOptions;
}

export interface SocketServer {
  readonly parlor: Parlor;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  connect(peerId: string, options?: ConnectionOptions): Promise<SocketClient>;
  close(): Promise<void>;
}

/** A whole server in this process, on a port of its own: what an application that embeds the SDK is. */
export async function socketServer(options: Partial<ParlorOptions> = {}): Promise<SocketServer> {
  const parlor = await createParlor({ access: { allowAnonymous: true }, ...options });
  const http = createServer(parlorNode({ parlor }));
  attachParlor(http, parlor);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = `127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  return {
    parlor,
    url: `http://${address}`,
    connect: (peerId, options) => connectTo(address, peerId, options),
    async close() {
      await parlor.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

/** A client over a WebSocket to `host:port`. Rejects with what the server answered when it refuses the upgrade. */
export async function connectTo(
  address: string,
  peerId: string,
  { roomId = 'room', token, query: more, ws: wsOptions }: ConnectionOptions = {},
): Promise<SocketClient> {
  const query = new URLSearchParams({ roomId, peerId, ...(token !== undefined && { token }), ...more });
  const ws = new WebSocket(`ws://${address}/?${query.toString()}`, 'protoo', wsOptions);
  const client = Object.assign(new TestClient(peerId, roomId), { ws });
  ws.on('message', (data) => {
    client.log.push((data as Buffer).toString());
  });
  ws.on('close', (code, reason) => {
    client.ended(code, reason.toString());
  });
  client.attach({
    send: (text) => {
      ws.send(text);
    },
    close: () => {
      ws.close();
    },
    lose: () => {
      ws.terminate();
    },
  });
  await once(ws, 'open');
  return client;
}
