import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { serveRelay } from './relayServer.js';

export interface Client {
  ws: WebSocket;
  /** What is under it. */
  socket: Socket;
}

/** What is told to everybody but for the number that is theirs. */
export interface Said {
  from: string;
  topic?: string | undefined;
  payload?: unknown;
}

interface Asked {
  id: number;
  method: string;
  data: Omit<Said, 'from'>;
}

/** A server on bare `ws` that answers everything and tells the others what one says. */
export function serveBroadcasts(tell: (others: Iterable<Client>, said: Said) => void): void {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const clients = new Map<WebSocket, Client>();

  function* othersThan(sender: WebSocket): Iterable<Client> {
    for (const client of clients.values()) if (client.ws !== sender) yield client;
  }

  server.on('connection', (ws, { socket }) => {
    clients.set(ws, { ws, socket });
    ws.on('close', () => clients.delete(ws));
    ws.on('message', (message) => {
      const { id, method, data } = JSON.parse((message as Buffer).toString('utf8')) as Asked;
      if (method === 'sendMessage')
        tell(othersThan(ws), { from: 'peer-0', topic: data.topic, payload: data.payload });
      ws.send(JSON.stringify({ response: true, id, ok: true, data: {} }));
    });
  });

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
}

export const notification = (seq: number, said: Said): string =>
  JSON.stringify({ notification: true, method: 'message', data: { seq, ...said } });
