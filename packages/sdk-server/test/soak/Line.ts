import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Address {
  /** `ws://host:port` */
  readonly url: string;
  readonly roomId: string;
  readonly peerId: string;
}

interface Asked {
  readonly text: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Message {
  response?: true;
  id?: number;
  ok?: boolean;
  code?: string;
  errorReason?: string;
  method?: string;
  data?: { seq?: number };
}

export class Refused extends Error {
  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(`${code}: ${reason}`);
  }
}

/** A session of the native protocol that survives its sockets, and keeps nothing of what it has heard. */
export class Line {
  onNotification: (method: string, data: object) => void = () => undefined;
  /** What a client must not see: notifications that are missing, or come twice. */
  readonly faults: string[] = [];
  /** The server has ended the session, with this code. */
  readonly ended: Promise<number>;
  #end: (code: number) => void = () => undefined;
  readonly #address: Address;
  readonly #asked = new Map<number, Asked>();
  #ws: WebSocket | undefined;
  #lastId = 0;
  #seq = 0;

  static async open(address: Address): Promise<Line> {
    const line = new Line(address);
    line.#ws = await line.#dial();
    return line;
  }

  private constructor(address: Address) {
    this.#address = address;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** @throws Refused */
  async request<T = unknown>(method: string, data: object = {}): Promise<T> {
    const id = (this.#lastId += 1);
    const text = JSON.stringify({ request: true, id, method, data });
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { text, resolve: resolve as (data: unknown) => void, reject });
      this.#ws?.send(text);
    });
  }

  /** The socket breaks, without a goodbye; what was asked for stays so. */
  async lose(): Promise<void> {
    const ws = this.#ws;
    this.#ws = undefined;
    if (ws) await afterClosing(ws, () => ws.terminate());
  }

  /** Takes the session up on another socket, and asks again for what was not answered. @throws Refused */
  async resume(resumeToken: string): Promise<void> {
    const former = this.#ws;
    const ws = await this.#dial();
    this.#ws = ws;
    const repeated = [...this.#asked.values()];
    const resumed = this.request('resumeSession', { resumeToken, seq: this.#seq });
    for (const { text } of repeated) ws.send(text);
    await resumed;
    if (former && former.readyState !== WebSocket.CLOSED)
      await afterClosing(former, () => former.terminate());
  }

  async close(): Promise<void> {
    const ws = this.#ws;
    this.#ws = undefined;
    if (ws) await afterClosing(ws, () => ws.close());
  }

  async #dial(): Promise<WebSocket> {
    const { url, roomId, peerId } = this.#address;
    const ws = new WebSocket(`${url}/?${new URLSearchParams({ roomId, peerId }).toString()}`, 'protoo');
    ws.on('message', (data: Buffer) => {
      if (ws === this.#ws) this.#receive(JSON.parse(data.toString()) as Message);
    });
    ws.on('close', (code, reason) => {
      if (ws !== this.#ws) return;
      this.#ws = undefined;
      const error = new Error(`closed: ${String(code)} ${reason.toString()}`);
      for (const { reject } of this.#asked.values()) reject(error);
      this.#end(code);
    });
    await once(ws, 'open');
    return ws;
  }

  #receive({ response, id = 0, ok, code = '', errorReason = '', method = '', data }: Message): void {
    if (!response) {
      if (data?.seq !== this.#seq + 1)
        this.faults.push(`${method}: ${String(data?.seq)} after ${String(this.#seq)}`);
      this.#seq = data?.seq ?? 0;
      this.onNotification(method, data ?? {});
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (!asked) this.faults.push(`answered twice: ${String(id)}`);
    else if (ok) asked.resolve(data);
    else asked.reject(new Refused(code, errorReason));
  }
}

async function afterClosing(ws: WebSocket, end: () => void): Promise<void> {
  const closed = once(ws, 'close');
  end();
  await closed;
}
