import { io } from 'socket.io-client';
import { serveArm } from '../harness/serveArm.js';
import { ProtooSocket } from '../signalling/ProtooSocket.js';

/** `ping` needs no room; `sendMessage` goes through validation and rights to a room with nobody else in it. */
export type RpcMethod = 'ping' | 'sendMessage';

/** How a client asks: by requests of the native protocol, or by events that are acknowledged. */
export type RpcWire = 'protoo' | 'socketIo';

export interface RpcConnect {
  name: string;
  url: string;
  token: string;
  count: number;
  joined?: boolean;
  wire?: RpcWire;
}

export interface RpcClientsMethods {
  connect(data: RpcConnect): Promise<void>;
  /** As many requests over all connections together, one at a time on each. */
  ask(data: { name: string; method: RpcMethod; total: number }): Promise<void>;
  disconnect(data: { name: string }): Promise<void>;
}

const AT_ONCE = 50;
const REQUESTS: Record<RpcMethod, object> = {
  ping: {},
  sendMessage: {
    topic: 'chat',
    payload: { text: 'a line of text as people type it', at: 1_760_000_000_000 },
  },
};

interface RpcClient {
  request(method: RpcMethod, data: object): Promise<unknown>;
  close(): Promise<void>;
}

async function overSocketIo(url: string): Promise<RpcClient> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    request: (method, data) => socket.emitWithAck(method, data),
    close() {
      socket.disconnect();
      return Promise.resolve();
    },
  };
}

const open = new Map<string, RpcClient[]>();

serveArm<RpcClientsMethods>(
  {
    async connect({ name, url, token, count, joined = false, wire = 'protoo' }) {
      const clients: RpcClient[] = [];
      for (let index = 0; index < count; index += AT_ONCE) {
        const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, async (_, i) => {
          if (wire === 'socketIo') return overSocketIo(url);
          const [roomId, peerId] = [`room-${String(index + i)}`, `peer-${String(index + i)}`];
          const socket = await ProtooSocket.open({ url, token, roomId, peerId });
          if (joined) await socket.request('joinRoom', { roomId, peerId });
          return socket;
        });
        clients.push(...(await Promise.all(batch)));
      }
      open.set(name, clients);
    },

    async ask({ name, method, total }) {
      let left = total;
      const askOn = async (client: RpcClient) => {
        while (left-- > 0) await client.request(method, REQUESTS[method]);
      };
      await Promise.all((open.get(name) ?? []).map(askOn));
    },

    async disconnect({ name }) {
      await Promise.all((open.get(name) ?? []).map((client) => client.close()));
      open.delete(name);
    },
  },
  () => undefined,
);
