import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ParlorError } from '../errors.js';
import { errorAnswer } from '../http/errorResponse.js';
import { refuseUpgrade } from '../http/refuseUpgrade.js';
import type { Parlor } from '../parlor.js';
import { askParlor, writeResponse } from './nodeRequest.js';

export interface ParlorNodeOptions {
  parlor: Parlor;
  /** Answers what is not Parlor's. Default: 404. */
  next?: RequestListener;
}

/** A listener for `http.createServer`; `attachParlor` adds the WebSockets. */
export function parlorNode({ parlor, next = notFound }: ParlorNodeOptions): RequestListener {
  return (req, res) => {
    void answer(parlor, req, res).then((ours) => {
      if (!ours) next(req, res);
    });
  };
}

async function answer(parlor: Parlor, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const response = await askParlor(parlor, req, res);
  if (response) await writeResponse(response, res);
  return response !== null;
}

function notFound(_req: IncomingMessage, res: ServerResponse): void {
  const { status, headers, body } = errorAnswer(
    new ParlorError('NOT_FOUND', 'there is nothing at this address'),
  );
  res.writeHead(status, headers).end(body);
}

type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What `attachParlor` needs of a server: any of `http`, `https`, or of a framework that wraps one. */
export interface UpgradeServer {
  on(event: 'upgrade', listener: UpgradeListener): unknown;
  off(event: 'upgrade', listener: UpgradeListener): unknown;
  listenerCount(event: 'upgrade'): number;
}

/**
 * Lets a server's WebSocket upgrades reach Parlor; returns how to undo that. Upgrades on other paths are left to
 * the host's own `upgrade` listeners, or refused where there are none. Among them, Socket.IO needs
 * `destroyUpgrade: false`: it ends every upgrade that nobody has answered for a second.
 */
export function attachParlor(server: UpgradeServer, parlor: Parlor): () => void {
  const onUpgrade: UpgradeListener = (req, socket, head) => {
    void parlor.handleUpgrade(req, socket, head).then((ours) => {
      if (ours || server.listenerCount('upgrade') > 1) return;
      refuseUpgrade(socket, new ParlorError('NOT_FOUND', 'there is no WebSocket at this address'));
    });
  };
  server.on('upgrade', onUpgrade);
  return () => {
    server.off('upgrade', onUpgrade);
  };
}
