import Fastify from 'fastify';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { parlorFastify } from '../../src/adapters/fastify.js';
import { attachParlor, parlorNode } from '../../src/adapters/node.js';
import { createParlor } from '../../src/createParlor.js';
import type { AttachOptions } from '../../src/dialects/peerSignal/ports.js';
import type { Logger } from '../../src/logger.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import type { ParlorOptions } from '../../src/options.js';
import type { Parlor } from '../../src/parlor.js';
import { SignalClient } from './SignalClient.js';

export interface SignalTestServer {
  readonly parlor: Parlor;
  readonly io: Server;
  readonly url: string;
  /** What was logged as an error. */
  readonly errors: unknown[];
  connect(options?: Parameters<typeof SignalClient.connect>[1]): Promise<SignalClient>;
  /** Somebody who has joined. */
  join(pseudo: string, options?: { room?: string; token?: string }): Promise<SignalClient>;
  close(): Promise<void>;
}

const ioOptions = { destroyUpgrade: false, serveClient: false };

/** A host application with Socket.IO and Parlor on one server. */
export async function signalServer(
  { attach, ...options }: Partial<ParlorOptions> & { attach?: AttachOptions } = {},
  framework: 'node' | 'fastify' = 'node',
): Promise<SignalTestServer> {
  const errors: unknown[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields) => errors.push(fields),
  };
  const parlor = await createParlor({
    access: { allowAnonymous: true },
    media: new FakeBackend(),
    logger,
    ...options,
  });
  const { http, stop } = framework === 'node' ? plain(parlor) : await fastify(parlor);
  const io = new Server(http, ioOptions);
  parlor.attachPeerSignal(io, attach);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const clients: SignalClient[] = [];

  const connect: SignalTestServer['connect'] = async (given) => {
    const client = await SignalClient.connect(url, given);
    clients.push(client);
    return client;
  };
  return {
    parlor,
    io,
    url,
    errors,
    connect,
    async join(pseudo, { room = 'general', token } = {}) {
      const client = await connect(token === undefined ? {} : { auth: { token } });
      const answer = await client.join(room, pseudo);
      if ('error' in answer) throw new Error(`not joined: ${JSON.stringify(answer.error)}`);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await parlor.close();
      await io.close();
      await stop();
    },
  };
}

interface Mounted {
  http: HttpServer;
  stop: () => Promise<void>;
}

function plain(parlor: Parlor): Mounted {
  const http = createServer(parlorNode({ parlor }));
  attachParlor(http, parlor);
  return {
    http,
    stop: () => {
      http.closeAllConnections();
      return Promise.resolve();
    },
  };
}

async function fastify(parlor: Parlor): Promise<Mounted> {
  const app = Fastify();
  app.get('/hello', () => 'host');
  await app.register(parlorFastify, { parlor });
  await app.ready();
  return { http: app.server, stop: () => app.close() };
}
