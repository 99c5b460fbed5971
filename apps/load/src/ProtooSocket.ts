import type {
  ProtooAnswers,
  ProtooFailure,
  ProtooMethod,
  ProtooNotification,
  ProtooRequestData,
  ProtooSuccess,
} from '@parlor/protocol';
import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { LoadError, type LoadErrorCode } from './LoadError.js';

const SUBPROTOCOL = 'protoo';
const ANSWER_WITHIN_MS = 20_000;
const OPEN_WITHIN_MS = 20_000;
const WRONG_USE: readonly LoadErrorCode[] = ['SERVER_UNREACHABLE', 'BAD_OPTION'];
const MAX_REFUSAL_BYTES = 4096;

/** Whether there is no use in going on with the other clients. */
export const isWrongUse = (error: unknown): boolean =>
  error instanceof LoadError &&
  (WRONG_USE.includes(error.code) || /^(UNAUTHORIZED|TOKEN_|ROOM_NOT_ALLOWED|FORBIDDEN)/.test(error.code));

export interface SocketAddress {
  url: string;
  roomId: string;
  peerId: string;
  token?: string | undefined;
}

interface Pending {
  resolve: (data: unknown) => void;
  reject: (error: LoadError) => void;
}

type Message = ProtooSuccess | ProtooFailure | ProtooNotification;

/** A client's end of the native protocol: requests and their answers, notifications. */
export class ProtooSocket {
  onNotification: (method: string, data: unknown) => void = () => {};
  onLost: (error: LoadError) => void = () => {};
  readonly #ws: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  #closing = false;

  /** @throws LoadError `SERVER_UNREACHABLE`, or the code that the server refused the connection with */
  static async open({ url, roomId, peerId, token }: SocketAddress): Promise<ProtooSocket> {
    const address = new URL(url);
    address.searchParams.set('roomId', roomId);
    address.searchParams.set('peerId', peerId);
    if (token !== undefined) address.searchParams.set('token', token);
    const ws = new WebSocket(address, SUBPROTOCOL, {
      perMessageDeflate: false,
      handshakeTimeout: OPEN_WITHIN_MS,
    });
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', (error: Error) => {
        reject(unreachable(url, error.message || String((error as NodeJS.ErrnoException).code)));
      });
      ws.once('unexpected-response', (request, response) => {
        void refusal(response, url).then((error) => {
          reject(error);
          request.destroy();
        });
      });
    });
    return new ProtooSocket(ws);
  }

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data) => {
      this.#receive(data);
    });
    ws.on('error', () => undefined);
    ws.once('close', (code, reason) => {
      const why = `the connection was closed (${String(code)}${reason.length > 0 ? ` ${reason.toString()}` : ''})`;
      const error = new LoadError('CONNECTION_LOST', why);
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
      if (!this.#closing) this.onLost(error);
    });
  }

  /** @throws LoadError with the code of the server, `REQUEST_TIMEOUT` or `CONNECTION_LOST` */
  request<M extends ProtooMethod>(method: M, data: ProtooRequestData<M>): Promise<ProtooAnswers[M]> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        const seconds = String(ANSWER_WITHIN_MS / 1000);
        reject(
          new LoadError(
            'REQUEST_TIMEOUT',
            `no answer to ${method} within ${seconds} s: the server is too slow`,
          ),
        );
      }, ANSWER_WITHIN_MS);
      this.#pending.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer as ProtooAnswers[M]);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#ws.send(JSON.stringify({ request: true, id, method, data }));
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#ws.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      this.#ws.once('close', () => {
        resolve();
      });
      this.#ws.close();
    });
  }

  #receive(raw: RawData): void {
    const message = JSON.parse((raw as Buffer).toString('utf8')) as Message;
    if ('notification' in message) {
      this.onNotification(message.method, message.data);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve(message.data);
    else pending?.reject(new LoadError(message.code, message.errorReason));
  }
}

const unreachable = (url: string, why: string): LoadError =>
  new LoadError(
    'SERVER_UNREACHABLE',
    `no Parlor server answers at ${url} (${why}): start one ("parlor-server --dev") or give its address with --url`,
  );

const TOKEN_HINTS: Partial<Record<LoadErrorCode, string>> = {
  UNAUTHORIZED:
    'give a token with --token, or the secret of the server (PARLOR_JWT_SECRET) to have tokens made',
  TOKEN_INVALID: 'is it made with the secret of this server?',
  TOKEN_EXPIRED: 'make a new one ("parlor-server token")',
  ROOM_NOT_ALLOWED: 'make a token for this room, or name another room with --room',
};

/** What the server said when it refused the WebSocket: `{ error: code, message }` of HTTP errors. */
async function refusal(response: IncomingMessage, url: string): Promise<LoadError> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > MAX_REFUSAL_BYTES) break;
  }
  try {
    const { error, message } = JSON.parse(body) as { error: LoadErrorCode; message: string };
    if (typeof error === 'string') {
      const hint = TOKEN_HINTS[error];
      return new LoadError(error, hint === undefined ? message : `${message}: ${hint}`);
    }
  } catch {
    // Not of a Parlor server: said below.
  }
  return unreachable(url, `HTTP ${String(response.statusCode)}`);
}
