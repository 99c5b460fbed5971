import type { PeerSignalOptions } from './ports.js';
import { SignalRoom } from './SignalRoom.js';
import { SignalSession } from './SignalSession.js';
import type { SignalServer, SignalSocket } from './socketIo.js';

export interface PeerSignalDialect {
  /** Serves the sockets of a Socket.IO server or namespace from now on; returns how to stop that. */
  attach(server: SignalServer): () => void;
  /** Takes no more sockets. Who is in a room hears of it from the room. */
  close(): void;
}

/** `peer-signal` over the host application's Socket.IO server: rooms of browsers that call each other. */
export function peerSignalDialect(options: PeerSignalOptions): PeerSignalDialect {
  const rooms = new Map<string, SignalRoom>();
  const attached = new Map<SignalServer, () => void>();

  const roomOf = (name: string): SignalRoom => {
    let room = rooms.get(name);
    if (!room) rooms.set(name, (room = new SignalRoom(name, options.clock)));
    return room;
  };
  const emptied = (room: SignalRoom): void => {
    if (rooms.get(room.name) === room) rooms.delete(room.name);
  };

  return {
    attach(server) {
      // Twice would mean two answers to everything.
      const already = attached.get(server);
      if (already) return already;
      const sessions = new Set<SignalSession>();
      const onConnection = (socket: SignalSocket): void => {
        const session = new SignalSession(socket, { ...options, roomOf, emptied });
        sessions.add(session);
        socket.on('disconnect', () => sessions.delete(session));
      };
      const detach = (): void => {
        server.off('connection', onConnection);
        attached.delete(server);
        for (const session of sessions) session.end();
        sessions.clear();
      };
      server.on('connection', onConnection);
      attached.set(server, detach);
      return detach;
    },
    close() {
      for (const detach of [...attached.values()]) detach();
    },
  };
}
