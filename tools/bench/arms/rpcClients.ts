import { serveArm } from '../harness/serveArm.js';
import { ProtooSocket } from '../signalling/ProtooSocket.js';

/** `ping` needs no room; `sendMessage` goes through validation and rights to a room with nobody else in it. */
export type RpcMethod = 'ping' | 'sendMessage';

export interface RpcClientsMethods {
  connect(data: { name: string; url: string; token: string; count: number; joined: boolean }): Promise<void>;
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
const open = new Map<string, ProtooSocket[]>();

serveArm<RpcClientsMethods>(
  {
    async connect({ name, url, token, count, joined }) {
      const sockets: ProtooSocket[] = [];
      for (let index = 0; index < count; index += AT_ONCE) {
        const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, async (_, i) => {
          const [roomId, peerId] = [`room-${String(index + i)}`, 'peer'];
          const socket = await ProtooSocket.open({ url, token, roomId, peerId });
          if (joined) await socket.request('joinRoom', { roomId, peerId });
          return socket;
        });
        sockets.push(...(await Promise.all(batch)));
      }
      open.set(name, sockets);
    },

    async ask({ name, method, total }) {
      let left = total;
      const askOn = async (socket: ProtooSocket) => {
        while (left-- > 0) await socket.request(method, REQUESTS[method]);
      };
      await Promise.all((open.get(name) ?? []).map(askOn));
    },

    async disconnect({ name }) {
      await Promise.all((open.get(name) ?? []).map((socket) => socket.close()));
      open.delete(name);
    },
  },
  () => undefined,
);
