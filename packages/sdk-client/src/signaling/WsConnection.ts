import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import type { WebSocketLike } from '../platform.js';
import { readClose } from './finality.js';
import { probe } from './probe.js';
import type { ChannelClosed, ChannelOptions } from './SignalChannel.js';

interface WsConnectionEvents {
  text: [text: string];
  closed: [info: ChannelClosed];
}

const SUBPROTOCOL = 'protoo';
/** RFC 6455 §7.4.1 normal closure. */
const NORMAL = 1000;
/** To a server that hears it after all, this is no goodbye. */
const ABANDONED = 3001;

/** An open WebSocket: text in, text out, and one `closed` with a code unless it was closed from here. */
export class WsConnection extends Emitter<WsConnectionEvents> {
  #closed = false;

  private constructor(private readonly socket: WebSocketLike) {
    super();
    socket.addEventListener('message', ({ data }) => {
      if (!this.#closed && typeof data === 'string') this.emit('text', data);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.#end(readClose(code, reason));
    });
  }

  /** @throws ParlorError the server's refusal, `SERVER_UNREACHABLE`, or `CANCELLED` by `signal` */
  static open({ url, platform, signal }: ChannelOptions): Promise<WsConnection> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const socket = platform.createWebSocket(url, SUBPROTOCOL);
      let settled = false;
      const settle = (finish: () => void) => {
        if (settled) return;
        settled = true;
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      const onAbort = () => {
        settle(() => {
          socket.close(NORMAL);
          reject(cancelled());
        });
      };
      signal.addEventListener('abort', onAbort);
      socket.addEventListener('open', () => {
        settle(() => {
          resolve(new WsConnection(socket));
        });
      });
      socket.addEventListener('close', ({ code, reason }) => {
        settle(() => {
          if (code >= 4000) reject(readClose(code, reason).error);
          else void probe(url, platform).then(reject);
        });
      });
    });
  }

  send(text: string): void {
    if (!this.#closed) this.socket.send(text);
  }

  /** Silent. `comesBack`: over another one. */
  close(comesBack = false): void {
    this.#closed = true;
    this.socket.close(comesBack ? ABANDONED : NORMAL);
    this.removeAllListeners();
  }

  /** The peer is gone although the socket looks open. */
  abandon(message: string): void {
    this.socket.close(ABANDONED);
    this.#end({ error: new ParlorError('CONNECTION_LOST', message), final: false });
  }

  #end(info: ChannelClosed): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('closed', info);
    this.removeAllListeners();
  }
}

const cancelled = () => new ParlorError('CANCELLED', 'Connecting was called off.');
