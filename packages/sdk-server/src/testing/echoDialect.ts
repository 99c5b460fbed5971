import type { Dialect, FramedSocket } from '../dialects/dialect.js';
import { ParlorError } from '../errors.js';

export interface EchoDialectOptions {
  /** Runs before an upgrade is accepted; throwing refuses it. */
  authorize?: (request: Request, url: URL) => Promise<void> | void;
  onOpen?: (socket: FramedSocket) => void;
}

/** The smallest dialect: everything below `/echo` comes back, over HTTP and over a WebSocket. */
export function echoDialect({ authorize, onOpen }: EchoDialectOptions = {}): Dialect {
  return {
    name: 'echo',
    async handleRequest(request, url) {
      if (url.pathname === '/echo')
        return Response.json({ method: request.method, body: await request.text() });
      if (url.pathname === '/echo/refuse') throw new ParlorError('ROOM_NOT_FOUND', 'no such room');
      if (url.pathname === '/echo/break') throw new Error('secret detail');
      return null;
    },
    async handleUpgrade(request, url) {
      if (url.pathname !== '/echo/socket') return null;
      await authorize?.(request, url);
      return {
        subprotocol: 'echo',
        open(socket) {
          socket.onMessage((text) => {
            socket.send(text);
          });
          socket.onRefused((refusal) => {
            socket.send(JSON.stringify(refusal));
          });
          socket.onClose(() => undefined);
          onOpen?.(socket);
        },
      };
    },
  };
}
