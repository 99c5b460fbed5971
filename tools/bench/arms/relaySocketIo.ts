import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { serveRelay } from './relayServer.js';

/** The least that a relay over Socket.IO does, and an answer: no rooms, no rights, no validation. */
const server = createServer();
const io = new Server(server, { serveClient: false });
io.on('connection', (socket) => {
  socket.on('peer-signal', (data: { id: string; signal: unknown }) => {
    io.to(data.id).emit('peer-signal', { ...data, id: socket.id });
  });
  socket.on('ping', (_data: object, acknowledge: (answer: object) => void) => {
    acknowledge({});
  });
});

serveRelay(
  async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, token: '' };
  },
  () => io.close(),
);
