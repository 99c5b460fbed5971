import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

interface Answer {
  response?: true;
  id: number;
  ok?: true;
  code?: string;
  data?: Record<string, unknown>;
}

/** A client that speaks the native protocol by hand. */
export class RawClient {
  readonly socket: WebSocket;
  readonly notifications: { method: string; data: Record<string, unknown> }[] = [];
  readonly closed: Promise<number>;
  #id = 0;

  constructor(url: string, query: Record<string, string>, options?: ClientOptions) {
    const search = new URLSearchParams(query).toString();
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/?${search}`, 'protoo', options);
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
    this.socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        notification?: true;
        method: string;
        data: Record<string, unknown>;
      };
      if (message.notification) this.notifications.push(message);
    });
  }

  async request(method: string, data: object): Promise<Record<string, unknown>> {
    const { data: answer = {} } = await this.#ask(method, data);
    return answer;
  }

  /** The answer to a request that is refused. */
  async failure(method: string, data: object): Promise<Answer> {
    const answer = await this.#ask(method, data);
    if (answer.ok) throw new Error(`${method} was granted`);
    return answer;
  }

  async #ask(method: string, data: object): Promise<Answer> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    const id = ++this.#id;
    const answered = new Promise<Answer>((resolve) => {
      const onMessage = (text: Buffer) => {
        const message = JSON.parse(text.toString()) as Answer;
        if (!message.response || message.id !== id) return;
        this.socket.off('message', onMessage);
        resolve(message);
      };
      this.socket.on('message', onMessage);
    });
    this.socket.send(JSON.stringify({ request: true, id, method, data }));
    return answered;
  }
}
