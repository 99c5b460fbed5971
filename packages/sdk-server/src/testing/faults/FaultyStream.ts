import { Duplex } from 'node:stream';
import { FaultyLine, type LineFaults } from './FaultyLine.js';

export interface FaultyStreamOptions {
  readonly socket: Duplex;
  /** What came with the handshake already. */
  readonly head: Buffer;
  readonly random: () => number;
  readonly toServer: () => LineFaults;
  readonly toClient: () => LineFaults;
}

/** In the place of the stream under a server's WebSocket: the same connection, with faults in both directions. */
export class FaultyStream extends Duplex {
  readonly #socket: Duplex;
  readonly #toClient: FaultyLine;

  constructor({ socket, head, random, toServer, toClient }: FaultyStreamOptions) {
    super();
    this.#socket = socket;
    this.#toClient = new FaultyLine({
      afterHandshake: true,
      faults: toClient,
      random,
      deliver: (bytes) => {
        if (socket.writable) socket.write(bytes);
      },
    });
    const line = new FaultyLine({
      afterHandshake: false,
      faults: toServer,
      random,
      deliver: (bytes) => {
        if (!this.destroyed && !this.readableEnded) this.push(bytes);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      line.push(chunk);
    });
    socket.on('end', () => {
      line.end(() => {
        if (!this.destroyed) this.push(null);
      });
    });
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
    line.push(head);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#toClient.push(chunk);
    callback();
  }

  override _final(callback: () => void): void {
    this.#toClient.end(() => {
      this.#socket.end();
    });
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#socket.destroy();
    callback(error);
  }
}
