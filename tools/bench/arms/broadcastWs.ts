import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { serveRelay } from './relayServer.js';

interface Asked {
  id: number;
  method: string;
  data: { topic?: string; payload?: unknown };
}

/** The same words as ours by bare `ws`: what is told to everybody is printed for each, with the number that is theirs. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const told = new Map<WebSocket, number>();

server.on('connection', (socket) => {
  told.set(socket, 0);
  socket.on('close', () => told.delete(socket));
  socket.on('message', (message) => {
    const { id, method, data } = JSON.parse((message as Buffer).toString('utf8')) as Asked;
    if (method === 'sendMessage') tellOthers(socket, data);
    socket.send(JSON.stringify({ response: true, id, ok: true, data: {} }));
  });
});

function tellOthers(sender: WebSocket, { topic, payload }: Asked['data']): void {
  for (const [socket, count] of told) {
    if (socket === sender) continue;
    const seq = count + 1;
    told.set(socket, seq);
    const data = { seq, from: 'peer-0', topic, payload };
    socket.send(JSON.stringify({ notification: true, method: 'message', data }));
  }
}

serveRelay(
  async () => {
    if (!server.address()) await once(server, 'listening');
    return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, token: '' };
  },
  () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  },
);
