import { FrameLog, type Frame } from './FrameLog.js';

export interface Wire {
  send(text: string): void;
  close(): void;
  /** Ends without a closing handshake. */
  lose(): void;
}

/** A client that writes protoo by hand, whatever carries its messages. */
export class TestClient {
  readonly log = new FrameLog();
  readonly closed: Promise<[code: number, reason: string]>;
  closeFrame: [code: number, reason: string] | undefined;
  #resolveClosed!: (frame: [number, string]) => void;
  /** Far from what a fuzzer comes up with. */
  #lastId = 1_000_000_007;
  #wire: Wire | undefined;

  constructor(
    readonly peerId: string,
    readonly roomId: string,
  ) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  ended(code: number, reason: string): void {
    if (this.closeFrame) return;
    this.closeFrame = [code, reason];
    this.log.end(`${this.peerId} was closed: ${String(code)} ${reason}`);
    this.#resolveClosed(this.closeFrame);
  }

  send(text: string): void {
    this.#wire?.send(text);
  }

  lose(): void {
    this.#wire?.lose();
  }

  disconnect(): void {
    this.#wire?.close();
  }

  nextId(): number {
    return (this.#lastId += 1);
  }

  answerTo(id: number): Promise<Frame> {
    return this.log.find((frame) => frame.response === true && frame.id === id);
  }

  async request(method: string, data?: unknown): Promise<Frame> {
    const id = this.nextId();
    this.send(JSON.stringify({ request: true, id, method, ...(data !== undefined && { data }) }));
    return this.answerTo(id);
  }

  /** As `request`, for what has to be granted. */
  async ask<T = Record<string, unknown>>(method: string, data?: unknown): Promise<T> {
    const answer = await this.request(method, data);
    if (!answer.ok) throw new Error(`${method}: ${String(answer.code)} ${String(answer.errorReason)}`);
    return answer.data as T;
  }

  join(options: object = {}): Promise<Frame> {
    return this.request('joinRoom', { roomId: this.roomId, peerId: this.peerId, ...options });
  }

  /** Everything that was sent before has been served when this resolves. */
  async settled(): Promise<void> {
    await this.request('ping');
  }
}
