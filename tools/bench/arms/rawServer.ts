import type { types } from 'mediasoup';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveArm } from '../harness/serveArm.js';
import type { ParlorServerMethods } from './parlorServer.js';
import { measureMemory, startMeter, type Cost } from './meter.js';
import { createRouter, join, worker, type RawPeer } from './rawJoin.js';

export type RawServerMethods = Pick<ParlorServerMethods, 'open' | 'start' | 'stop' | 'memory'> & {
  /** Closes all rooms. */
  end(): void;
};

/**
 * The least that a server can do for a call: who connects and says so gets everything made by mediasoup's calls, as
 * many at a time as can be, and one word when it is done. Nobody is told of anybody.
 */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');

/** A room and who is in it; the last one is where the next come. */
const rooms: { router: types.Router; peers: RawPeer[] }[] = [];
let finish: (() => Cost) | undefined;

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id } = JSON.parse((data as Buffer).toString('utf8')) as { id: number };
    const room = rooms.at(-1);
    if (!room) throw new Error('start first');
    void join(room.router, room.peers).then((consumers) => {
      socket.send(JSON.stringify({ response: true, id, ok: true, data: { consumers } }));
    });
  });
});

serveArm<RawServerMethods>(
  {
    open: () =>
      Promise.resolve({
        url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
        token: '',
      }),
    async start() {
      // As Parlor's rooms, which have a router from when the first comes in who needs one.
      finish = startMeter(worker.pid);
      rooms.push({ router: await createRouter(), peers: [] });
    },
    stop() {
      if (!finish) throw new Error('start first');
      return finish();
    },
    memory: () => measureMemory(worker.pid),
    end() {
      for (const { router } of rooms.splice(0)) router.close();
    },
  },
  () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    worker.close();
  },
);
