import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protoo, { type Peer } from 'protoo-server';
import { serveRelay } from './relayServer.js';

/** A room of protoo's own server, which tells its peers one by one. */
const http = createServer();
const server = new protoo.WebSocketServer(http, { disableNagleAlgorithm: true });
const room = new protoo.Room();

server.on('connectionrequest', ({ request }, accept) => {
  const peerId = new URL(request.url, 'http://localhost').searchParams.get('peerId') ?? '';
  const peer = room.createPeer(peerId, accept());
  peer.on('request', ({ method, data }, answer) => {
    if (method === 'sendMessage') tellOthers(peer, data);
    answer({});
  });
});

function tellOthers(sender: Peer, { topic, payload }: Record<string, unknown>): void {
  for (const peer of room.peers)
    if (peer !== sender) void peer.notify('message', { from: sender.id, topic, payload });
}

serveRelay(
  async () => {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return { url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`, token: '' };
  },
  () => {
    room.close();
    server.stop();
    http.close();
  },
);
