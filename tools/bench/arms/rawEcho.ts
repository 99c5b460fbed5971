import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveArm } from '../harness/serveArm.js';
import { startMeter, type Cost } from './meter.js';

export interface RawEchoMethods {
  open(data: object): Promise<{ url: string; token: string }>;
  start(data: object): void;
  stop(): Cost;
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
let finish: (() => Cost) | undefined;

/** The least that an answer costs: parse, print, send. */
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id } = JSON.parse((data as Buffer).toString('utf8')) as { id: number };
    socket.send(JSON.stringify({ response: true, id, ok: true, data: {} }));
  });
});
await once(server, 'listening');

serveArm<RawEchoMethods>(
  {
    open: () =>
      Promise.resolve({
        url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
        token: '',
      }),
    start() {
      finish = startMeter(undefined);
    },
    stop() {
      if (!finish) throw new Error('start first');
      return finish();
    },
  },
  () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  },
);
