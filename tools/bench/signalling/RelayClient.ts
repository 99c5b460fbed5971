import { once } from 'node:events';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { ProtooSocket } from './ProtooSocket.js';

/** How a client talks to its server. */
export type RelayWire = 'protoo' | 'peerSignal' | 'socketIo' | 'peerJs';

/** Somebody who sends offers to one other and hears of theirs. */
export interface RelayClient {
  readonly id: string;
  send(to: string, sdp: string): void;
  onSignal: () => void;
  close(): void;
}

export interface RelayPlace {
  url: string;
  token: string;
  /** Two and two share a room, where there are rooms. */
  roomId: string;
  peerId: string;
}

export const relayClients: Record<RelayWire, (place: RelayPlace) => Promise<RelayClient>> = {
  async protoo({ url, token, roomId, peerId }) {
    const socket = await ProtooSocket.open({ url: `${url.replace('http', 'ws')}/`, token, roomId, peerId });
    await socket.request('joinRoom', { roomId, peerId });
    const client: RelayClient = {
      id: peerId,
      send: (to, sdp) => {
        socket.notify('signal', { to, description: { type: 'offer', sdp } });
      },
      onSignal: () => undefined,
      close: () => void socket.close(),
    };
    socket.onNotification = (method) => {
      if (method === 'signal') client.onSignal();
    };
    return client;
  },

  async peerSignal({ url, token, roomId, peerId }) {
    const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { token } });
    await socket.emitWithAck('join-room', { roomName: roomId, pseudo: peerId });
    return overSocketIo(socket, (to, sdp) => ({
      id: to,
      roomName: roomId,
      pseudo: peerId,
      signal: { type: 'offer', sdp },
    }));
  },

  async socketIo({ url, roomId, peerId }) {
    const socket = io(url, { transports: ['websocket'], forceNew: true });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return overSocketIo(socket, (to, sdp) => ({
      id: to,
      roomName: roomId,
      pseudo: peerId,
      signal: { type: 'offer', sdp },
    }));
  },

  async peerJs({ url, token, peerId }) {
    const query = new URLSearchParams({ key: 'peerjs', id: peerId, token });
    const ws = new WebSocket(`${url.replace('http', 'ws')}/peerjs?${query.toString()}`);
    const client: RelayClient = {
      id: peerId,
      send(dst, sdp) {
        const payload = { sdp: { type: 'offer', sdp }, type: 'media', connectionId: 'mc_1' };
        ws.send(JSON.stringify({ type: 'OFFER', dst, payload }));
      },
      onSignal: () => undefined,
      close: () => {
        ws.terminate();
      },
    };
    ws.on('message', (data) => {
      const { type } = JSON.parse((data as Buffer).toString('utf8')) as { type: string };
      if (type === 'OFFER') client.onSignal();
    });
    // The server's word that the id is taken by us; it comes right behind the handshake.
    await once(ws, 'message');
    return client;
  },
};

function overSocketIo(
  socket: ReturnType<typeof io>,
  messageOf: (to: string, sdp: string) => object,
): RelayClient {
  const client: RelayClient = {
    id: socket.id ?? '',
    send: (to, sdp) => void socket.emit('peer-signal', messageOf(to, sdp)),
    onSignal: () => undefined,
    close: () => void socket.close(),
  };
  socket.on('peer-signal', () => {
    client.onSignal();
  });
  return client;
}
