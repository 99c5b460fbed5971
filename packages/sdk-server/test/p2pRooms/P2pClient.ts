import type { P2pServerMessage } from '@parlor/protocol';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';

/** A client that writes the messages of a room by hand. */
export class P2pClient {
  readonly texts: string[] = [];
  readonly messages: P2pServerMessage[] = [];
  readonly closed: Promise<[code: number, reason: string]>;
  #taken = 0;
  #wake = (): void => undefined;
  #ended: string | undefined;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      this.messages.push(JSON.parse(data.toString()) as P2pServerMessage);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#ended = `closed with ${String(code)} ${reason.toString()}`;
        resolve([code, reason.toString()]);
        this.#wake();
      });
    });
    // `refusal` and `opened` hear of it, too.
    ws.on('error', () => undefined);
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open');
    return this;
  }

  /** The HTTP answer to an upgrade that was refused. */
  async refusal(): Promise<{ status: number | undefined; error: string; message: string }> {
    const [, response] = (await once(this.ws, 'unexpected-response')) as [unknown, IncomingMessage];
    const body = JSON.parse(await text(response)) as { error: string; message: string };
    return { status: response.statusCode, ...body };
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that was not taken yet. */
  async take(): Promise<P2pServerMessage> {
    for (;;) {
      const next = this.messages[this.#taken];
      if (next) {
        this.#taken += 1;
        return next;
      }
      if (this.#ended !== undefined) throw new Error(`nothing more to come: ${this.#ended}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get untaken(): P2pServerMessage[] {
    return this.messages.slice(this.#taken);
  }

  /** Those that have come and were not taken, once everything that was sent before has been served. */
  async rest(): Promise<P2pServerMessage[]> {
    const ponged = once(this.ws, 'pong');
    this.ws.ping();
    await ponged;
    const rest = this.untaken;
    this.#taken = this.messages.length;
    return rest;
  }
}
