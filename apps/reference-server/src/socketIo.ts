import type { Parlor } from '@parlor/sdk-server';
import type { FastifyInstance } from 'fastify';
import { Server } from 'socket.io';

/** The largest message, bytes; a session description has a quarter of it at most. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** How long a client may take to hear that the server closes, milliseconds. */
const GOODBYE_MS = 1000;

/** What is used of a connection below Socket.IO. */
interface EngineSocket {
  /** Polling has `closeTimeout`: how long it waits for a client to come and be told. */
  readonly transport: { closeTimeout?: number };
  once(event: 'close', listener: () => void): unknown;
  close(): void;
}

/** Socket.IO at its usual path, for the calls of `peer-signal`. */
export function serveSocketIo(app: FastifyInstance, parlor: Parlor): void {
  const io = new Server(app.server, {
    serveClient: false,
    // Other upgrades are Parlor's, and may take longer to answer than Socket.IO would wait.
    destroyUpgrade: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // A lost connection ends a call: half a minute is too long to wait for that.
    pingInterval: 10_000,
    pingTimeout: 10_000,
    // Tokens open rooms, not cookies.
    cors: { origin: '*' },
  });
  const connections = new Set<EngineSocket>();
  io.engine.on('connection', (connection: EngineSocket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  // Nobody else has anything to say here: who has a bad token need not even connect.
  parlor.attachPeerSignal(io, { checkTokensAt: 'handshake' });
  // After Parlor's own: clients hear why before their connections go. Not by `disconnect`, which tells them to stay
  // away: they are to come back to the next server.
  app.addHook('preClose', async () => {
    const open = [...connections];
    const closed = Promise.all(open.map((one) => new Promise<void>((done) => one.once('close', done))));
    for (const connection of open) {
      if (connection.transport.closeTimeout !== undefined) connection.transport.closeTimeout = GOODBYE_MS;
      connection.close();
    }
    const patience = new Promise((done) => setTimeout(done, GOODBYE_MS + 100).unref());
    await Promise.race([closed, patience]);
    io.engine.close();
  });
}
