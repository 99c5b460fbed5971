import { createParlor, createToken } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { serveRelay } from './relayServer.js';

/** P2P only, native and over Socket.IO; a token is checked at every join, every message is validated. */
const jwtSecret = 'the secret of a benchmark ends with its process';
const parlor = await createParlor({
  access: { jwtSecret },
  media: 'none',
  socketLimits: { messagesPerSecond: 1e9, messageBurst: 1e9 },
});
const server = createServer(parlorNode({ parlor }));
attachParlor(server, parlor);
const io = new Server(server, { destroyUpgrade: false, serveClient: false });
parlor.attachPeerSignal(io);

serveRelay(
  async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${String(port)}`,
      token: await createToken({ sub: 'bench' }, jwtSecret),
    };
  },
  async () => {
    await parlor.close();
    await io.close();
  },
);
