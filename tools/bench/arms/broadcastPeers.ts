import { serveArm } from '../harness/serveArm.js';
import { ProtooSocket } from '../signalling/ProtooSocket.js';

export interface BroadcastPeersMethods {
  connect(data: { name: string; url: string; token: string; count: number }): Promise<void>;
  /** One says so many messages to all the others, `atOnce` of them together; resolves when everybody has heard all. */
  tell(data: { name: string; messages: number; atOnce: number }): Promise<void>;
}

const AT_ONCE = 50;
/** As a chat writes it. */
const MESSAGE = {
  topic: 'chat',
  payload: {
    id: '0b2f6c1e-6c8e-4b7f-9a55-3d2f6e0f7a11',
    name: 'Somebody with a name',
    text: 'A line of text as people type it, or two of them. '.repeat(4),
    at: 1_760_000_000_000,
  },
};

interface Room {
  sender: ProtooSocket;
  receivers: number;
  /** Hears of each message that somebody has heard. */
  heard: () => void;
}

const rooms = new Map<string, Room>();

serveArm<BroadcastPeersMethods>(
  {
    async connect({ name, url, token, count }) {
      const sockets: ProtooSocket[] = [];
      for (let index = 0; index < count; index += AT_ONCE) {
        const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, async (_, i) => {
          const [roomId, peerId] = ['room', `peer-${String(index + i)}`];
          const address = { url: `${url.replace('http', 'ws')}/`, token, roomId, peerId };
          const socket = await ProtooSocket.open(address);
          await socket.request('joinRoom', { roomId, peerId });
          return socket;
        });
        sockets.push(...(await Promise.all(batch)));
      }
      const [sender, ...receivers] = sockets;
      if (!sender) throw new Error('nobody is there');
      const room: Room = { sender, receivers: receivers.length, heard: () => undefined };
      for (const receiver of receivers) {
        receiver.onNotification = (method) => {
          if (method === 'message') room.heard();
        };
      }
      rooms.set(name, room);
    },

    async tell({ name, messages, atOnce }) {
      const room = rooms.get(name);
      if (!room) throw new Error('connect first');
      for (let said = 0; said < messages; said += atOnce) {
        let left = atOnce * room.receivers;
        const all = new Promise<void>((resolve) => {
          room.heard = () => {
            left -= 1;
            if (left === 0) resolve();
          };
        });
        const answers = Array.from({ length: atOnce }, () => room.sender.request('sendMessage', MESSAGE));
        await Promise.all([all, ...answers]);
      }
    },
  },
  () => undefined,
);
