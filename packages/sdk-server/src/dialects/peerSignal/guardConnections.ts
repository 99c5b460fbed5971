import { isParlorError, toWireError } from '../../errors.js';
import { handshakeRequest } from './handshakeRequest.js';
import type { PeerSignalOptions } from './ports.js';
import type { SignalServer } from './socketIo.js';

type Guard = (server: SignalServer) => () => void;

/**
 * Lets only those into a namespace who may connect; the others get `connect_error` with our code in its `data`.
 * Returns how to stop that.
 */
export function guardConnections({ access, logger }: Pick<PeerSignalOptions, 'access' | 'logger'>): Guard {
  // Socket.IO does not take a middleware back: each server has one of ours at most, which can be switched off.
  const switches = new WeakMap<SignalServer, { on: boolean }>();

  const install = (server: SignalServer): { on: boolean } => {
    const guard = { on: true };
    switches.set(server, guard);
    server.use((socket, next) => {
      if (!guard.on) {
        next();
        return;
      }
      const { handshake } = socket;
      access.authorize(handshakeRequest(handshake), { room: '*', action: 'connect' }).then(
        () => {
          next();
        },
        (error: unknown) => {
          const { code, message } = toWireError(error);
          if (!isParlorError(error)) logger.error({ err: error }, 'connection failed');
          const remoteAddress = handshake.address;
          logger.info({ code, reason: message, remoteAddress }, 'connection refused');
          next(Object.assign(new Error(message), { data: { code, message } }));
        },
      );
    });
    return guard;
  };

  return (server) => {
    const guard = switches.get(server) ?? install(server);
    guard.on = true;
    return () => {
      guard.on = false;
    };
  };
}
