import { once } from 'node:events';
import type { Namespace, Server } from 'socket.io';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import { WebSocket } from 'ws';
import type { PeerSignalEvents } from '@parlor/protocol';
import type { SignalServer } from '../../src/dialects/peerSignal/socketIo.js';
import { signalServer, type SignalTestServer } from './signalServer.js';
import { SignalClient } from './SignalClient.js';

/** Socket.IO and Parlor's WebSockets on one server: neither may touch what is the other's. */

/** Socket.IO ends an upgrade that nobody has answered for this long, unless told not to; milliseconds. */
const SOCKET_IO_PATIENCE = 1000;

let server: SignalTestServer;
afterEach(() => server.close());

async function protoo(url: string): Promise<{ status: number | undefined; socket: WebSocket }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?roomId=general&peerId=native`, 'protoo');
  const [status] = await Promise.race([
    once(socket, 'open').then(() => [undefined]),
    once(socket, 'unexpected-response').then(([, response]: { statusCode: number }[]) => [
      response?.statusCode,
    ]),
  ]);
  return { status, socket };
}

describe.each(['node', 'fastify'] as const)('on a server of %s', (framework) => {
  test('both are served, over WebSocket and by polling', async () => {
    server = await signalServer({}, framework);
    const native = await protoo(server.url);
    expect(native.status).toBeUndefined();
    for (const transport of ['websocket', 'polling']) {
      const client = await server.connect({ transports: [transport] });
      expect(await client.join('general', transport)).toMatchObject({ id: client.id });
    }
    const upgraded = await server.connect({ transports: ['polling', 'websocket'] });
    if (upgraded.socket.io.engine.transport.name !== 'websocket')
      await new Promise((resolve) => upgraded.socket.io.engine.once('upgrade', resolve));
    expect(await upgraded.join('general', 'upgraded')).toMatchObject({ id: upgraded.id });
    const health = await fetch(`${server.url}/health`);
    expect(await health.json()).toEqual({ message: 'ok' });
    expect(native.socket.readyState).toBe(WebSocket.OPEN);
    native.socket.terminate();
  });

  test('a decision of Parlor may take longer than Socket.IO has patience', async () => {
    server = await signalServer(
      {
        access: {
          authorize: async () => {
            await new Promise((resolve) => setTimeout(resolve, SOCKET_IO_PATIENCE + 200));
            return { userId: 'slow' };
          },
        },
      },
      framework,
    );
    const native = await protoo(server.url);
    expect(native.status).toBeUndefined();
    native.socket.terminate();
  });
});

describe('on a Socket.IO server', () => {
  test('a namespace will do, and the rest of the server is not touched', async () => {
    server = await signalServer();
    const calls = server.io.of('/calls');
    server.parlor.attachPeerSignal(calls);
    const client = await SignalClient.connect(`${server.url}/calls`);
    expect(await client.join('general', 'Alice')).toMatchObject({ id: client.id });
    client.close();
  });

  test('nothing is heard after it was detached', async () => {
    server = await signalServer();
    const namespace = server.io.of('/calls');
    const detach = server.parlor.attachPeerSignal(namespace);
    const client = await SignalClient.connect(`${server.url}/calls`);
    await client.join('general', 'Alice');
    const socket = [...namespace.sockets.values()][0];
    const heard = socket?.eventNames().length ?? 0;
    detach();
    expect(socket?.eventNames()).not.toContain('peer-signal');
    expect(socket?.eventNames().length).toBeLessThan(heard);
    expect(namespace.listeners('connection')).toEqual([]);
    client.close();
  });

  test('attached twice, it answers once', async () => {
    server = await signalServer();
    const detach = server.parlor.attachPeerSignal(server.io);
    expect(server.io.of('/').listeners('connection')).toHaveLength(1);
    detach();
    expect(server.io.of('/').listeners('connection')).toEqual([]);
  });

  test('leaves a host that uses the same events its own acknowledgement', async () => {
    server = await signalServer();
    server.io.on('connection', (socket) => {
      socket.on('chat', (text: string, ack: (answer: string) => void) => {
        ack(`${text}!`);
      });
    });
    const client = await server.connect();
    expect(await client.socket.emitWithAck('chat', 'hello')).toBe('hello!');
  });

  test('servers fit whatever the types of their events are', () => {
    interface FromClient {
      chat: (text: string) => void;
    }
    type ToClient = { [E in keyof PeerSignalEvents]: (data: PeerSignalEvents[E]) => void };
    expectTypeOf<Server>().toExtend<SignalServer>();
    expectTypeOf<Namespace>().toExtend<SignalServer>();
    expectTypeOf<Server<FromClient, ToClient>>().toExtend<SignalServer>();
  });
});
