import type { FramedSocket, SocketHandler } from '../dialect.js';
import { ProtooConnection } from './ProtooConnection.js';
import type { SessionOptions } from './ProtooSession.js';

/** What an upgrade to the native protocol leads to. */
export class ProtooSocket implements SocketHandler {
  readonly subprotocol: string | undefined;
  readonly #options: SessionOptions;

  constructor(subprotocol: string | undefined, options: SessionOptions) {
    this.subprotocol = subprotocol;
    this.#options = options;
  }

  open(socket: FramedSocket): void {
    new ProtooConnection(socket, this.#options).listen();
  }
}
