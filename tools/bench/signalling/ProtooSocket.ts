import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

export interface SocketAddress {
  url: string;
  token: string;
  roomId: string;
  peerId: string;
}

interface Pending {
  resolve: (data: unknown) => void;
  reject: (error: Error) => void;
}

interface Message {
  response?: true;
  id?: number;
  ok?: boolean;
  code?: string;
  errorReason?: string;
  method?: string;
  data?: unknown;
}

/** The client's end of the native protocol: requests, answers, notifications. */
export class ProtooSocket {
  readonly #ws: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  messages = 0;
  bytes = 0;
  onNotification: (method: string, data: unknown) => void = () => {};

  static async open({ url, token, roomId, peerId }: SocketAddress): Promise<ProtooSocket> {
    const query = new URLSearchParams({ roomId, peerId, token });
    const ws = new WebSocket(`${url}?${query.toString()}`, 'protoo', { perMessageDeflate: false });
    const socket = new ProtooSocket(ws);
    await once(ws, 'open');
    return socket;
  }

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data) => {
      this.#receive(data);
    });
    ws.once('close', (code, reason) => {
      const error = new Error(`socket closed: ${String(code)} ${reason.toString()}`);
      for (const { reject } of this.#pending.values()) reject(error);
    });
  }

  /** @throws Error with the server's code and reason */
  request<T>(method: string, data: object = {}): Promise<T> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (data: unknown) => void, reject });
      this.#ws.send(JSON.stringify({ request: true, id, method, data }));
    });
  }

  notify(method: string, data: object): void {
    this.#ws.send(JSON.stringify({ notification: true, method, data }));
  }

  async close(): Promise<void> {
    const closed = once(this.#ws, 'close');
    this.#ws.close();
    await closed;
  }

  #receive(raw: RawData): void {
    const text = (raw as Buffer).toString('utf8');
    this.messages += 1;
    this.bytes += text.length;
    const message = JSON.parse(text) as Message;
    if (!message.response) {
      this.onNotification(message.method ?? '', message.data);
      return;
    }
    const pending = this.#pending.get(message.id ?? -1);
    this.#pending.delete(message.id ?? -1);
    if (message.ok) pending?.resolve(message.data);
    else pending?.reject(new Error(`${String(message.code)}: ${String(message.errorReason)}`));
  }
}
