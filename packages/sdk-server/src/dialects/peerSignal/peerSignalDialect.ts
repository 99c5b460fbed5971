import { guardConnections } from './guardConnections.js';
import type { AttachOptions, PeerSignalOptions } from './ports.js';
import { SignalRoom } from './SignalRoom.js';
import { SignalSession } from './SignalSession.js';
import { engineOf, type SignalServer, type SignalSocket } from './socketIo.js';

export interface PeerSignalDialect {
  /**
   * Serves the sockets of a Socket.IO server or namespace from now on; returns how to stop that.
   * @throws Error when handshakes are to be checked and cannot be
   */
  attach(server: SignalServer, options?: AttachOptions): () => void;
  /** Takes no more sockets. Who is in a room hears of it from the room. */
  close(): void;
}

/** `peer-signal` over the host application's Socket.IO server: rooms of browsers that call each other. */
export function peerSignalDialect(options: PeerSignalOptions): PeerSignalDialect {
  const rooms = new Map<string, SignalRoom>();
  const attached = new Map<SignalServer, () => void>();
  const guard = guardConnections(options);

  const roomOf = (name: string): SignalRoom => {
    let room = rooms.get(name);
    if (!room) rooms.set(name, (room = new SignalRoom(name, options.clock)));
    return room;
  };
  const emptied = (room: SignalRoom): void => {
    if (rooms.get(room.name) === room) rooms.delete(room.name);
  };

  return {
    attach(server, { checkTokensAt = 'join-room' } = {}) {
      // Twice would mean two answers to everything.
      const already = attached.get(server);
      if (already) return already;
      const unguard = [
        checkTokensAt === 'handshake' ? options.guardHandshakes(engineOf(server)) : undefined,
        checkTokensAt === 'join-room' ? undefined : guard(server),
      ];
      const sessions = new Set<SignalSession>();
      const onConnection = (socket: SignalSocket): void => {
        const session = new SignalSession(socket, { ...options, roomOf, emptied });
        sessions.add(session);
        socket.on('disconnect', () => sessions.delete(session));
      };
      const detach = (): void => {
        for (const stop of unguard) stop?.();
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
