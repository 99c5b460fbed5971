import { CODES } from '@parlor/protocol';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { SocketHandler } from '../dialects/dialect.js';
import { isParlorError, ParlorError, toWireError } from '../errors.js';
import { belowBasePath, normalizeBasePath } from './basePath.js';
import { clientAddress } from './clientAddress.js';
import { systemClock, type Clock } from './clock.js';
import type { HttpOptions } from './handleRequest.js';
import { incomingHeaders, incomingUrl } from './incoming.js';
import { DEFAULT_SOCKET_LIMITS, type SocketLimits } from './limits.js';
import { refuseUpgrade } from './refuseUpgrade.js';
import { GuardedWebSocket, SocketGuard } from './SocketGuard.js';

export interface UpgradeOptions extends HttpOptions {
  limits?: Partial<SocketLimits> | undefined;
  clock?: Clock;
  /** Nobody is taken in any more; who is in stays in. */
  isDraining?: () => boolean;
}

export interface UpgradeHandler {
  /** As `Parlor.handleUpgrade`. */
  handle(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean>;
  /** Ends all sockets with SERVER_CLOSING; resolves when they are gone, at the latest after `closeTimeoutMs`. */
  close(): Promise<void>;
}

interface Upgrade {
  req: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** The WebSocket entrance. */
export function createUpgradeHandler(options: UpgradeOptions): UpgradeHandler {
  const { logger, clock = systemClock } = options;
  const base = normalizeBasePath(options.basePath);
  const limits: SocketLimits = { ...DEFAULT_SOCKET_LIMITS, ...options.limits };
  const guards = new Set<SocketGuard>();
  const gone = (guard: SocketGuard): void => {
    guards.delete(guard);
  };
  const handlers = new WeakMap<IncomingMessage, SocketHandler>();
  let closing: Promise<void> | undefined;

  const wsOptions = {
    noServer: true,
    WebSocket: GuardedWebSocket,
    clientTracking: false,
    // Costs four times the CPU and 240 KB a connection.
    perMessageDeflate: false,
    // What is only somewhat too large gets an answer that says so; see SocketGuard.
    maxPayload: limits.maxMessageBytes * 4,
    closeTimeout: limits.closeTimeoutMs,
    handleProtocols: (_offered: Set<string>, req: IncomingMessage) => handlers.get(req)?.subprotocol ?? false,
  };
  const wss = new WebSocketServer(wsOptions);
  wss.on('wsClientError', (error: Error, socket: Duplex) => {
    refuseUpgrade(socket, new ParlorError('BAD_REQUEST', `not a WebSocket handshake: ${error.message}`));
  });

  // One timer for all sockets.
  const stopSweeping = clock.every(
    Math.max(1, Math.min(limits.heartbeatMs, limits.idleTimeoutMs) / 4),
    () => {
      const now = clock.now();
      for (const guard of guards) guard.check(now);
    },
  );

  const accept = ({ req, socket, head }: Upgrade, handler: SocketHandler): void => {
    handlers.set(req, handler);
    wss.handleUpgrade(req, socket, head, (ws) => {
      const guard = new SocketGuard({ ws, stream: socket, limits, clock, gone });
      guards.add(guard);
      try {
        handler.open(guard);
      } catch (error) {
        logger.error({ err: error }, 'socket failed to open');
        guard.close(CODES.INTERNAL.ws, 'INTERNAL: the server failed');
      }
    });
  };

  const refuse = ({ req, socket }: Upgrade, error: unknown): void => {
    const { code, message } = toWireError(error);
    if (!isParlorError(error)) logger.error({ err: error }, 'upgrade failed');
    logger.info({ code, reason: message, remoteAddress: req.socket.remoteAddress }, 'connection refused');
    refuseUpgrade(socket, error);
  };

  return {
    async handle(req, socket, head) {
      const upgrade = { req, socket, head };
      if (req.headers.upgrade?.toLowerCase() !== 'websocket') return false;
      // Until someone takes the socket over, an error on it would end the process.
      const ignoreError = () => undefined;
      socket.on('error', ignoreError);
      try {
        const url = belowBasePath(incomingUrl(req), base);
        const handler = url && (await askDialects(options, upgrade, url));
        if (!handler) return false;
        if (closing || options.isDraining?.())
          throw new ParlorError('SERVER_CLOSING', 'the server is shutting down: connect again later');
        if (!socket.destroyed) accept(upgrade, handler);
      } catch (error) {
        refuse(upgrade, error);
        return true;
      } finally {
        socket.off('error', ignoreError);
      }
      return true;
    },

    close() {
      closing ??= closeAll();
      return closing;
    },
  };

  async function closeAll(): Promise<void> {
    stopSweeping();
    const { ws: code } = CODES.SERVER_CLOSING;
    await Promise.all(
      [...guards].map(
        (guard) =>
          new Promise<void>((resolve) => {
            guard.onClose(() => {
              resolve();
            });
            guard.close(code, 'SERVER_CLOSING: the server is shutting down');
          }),
      ),
    );
  }
}

async function askDialects(
  { dialects, trustedProxies = 0 }: HttpOptions,
  { req }: Upgrade,
  url: URL,
): Promise<SocketHandler | null> {
  const request = new Request(url, { headers: incomingHeaders(req) });
  const { remoteAddress } = req.socket;
  const client = { address: clientAddress(request.headers, { remoteAddress, trustedProxies }) };
  for (const dialect of dialects) {
    const handler = await dialect.handleUpgrade?.(request, url, client);
    if (handler) return handler;
  }
  return null;
}
