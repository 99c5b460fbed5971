import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PeerServer } from 'peer';
import { serveRelay } from './relayServer.js';

/** The signalling server of PeerJS as it comes. */
let server: Server | undefined;

serveRelay(
  async () => {
    server = await new Promise<Server>((resolve) => {
      PeerServer({ host: '127.0.0.1', port: 0 }, (listening) => {
        resolve(listening as Server);
      });
    });
    if (!server.listening) await once(server, 'listening');
    return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, token: 'token' };
  },
  () => {
    server?.closeAllConnections();
    server?.close();
  },
);
