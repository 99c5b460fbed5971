import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import type { SignalChannel, SignalChannelEvents } from '../signaling/SignalChannel.js';

/** The server's side of a memory channel. */
export interface ChannelServer {
  /** @throws ParlorError to refuse */
  handle(channel: MemoryChannel, method: string, data: unknown): unknown;
  disconnected(channel: MemoryChannel): void;
}

/** Through JSON, as over a wire: nothing is shared and nothing undefined survives. */
const copy = (data: unknown): unknown => (data === undefined ? undefined : JSON.parse(JSON.stringify(data)));

/** A signalling channel inside the process. Ordered, and never answers within the call that asked. */
export class MemoryChannel extends Emitter<SignalChannelEvents> implements SignalChannel {
  /** Methods in the order in which they were asked. */
  readonly requests: string[] = [];
  #open = true;
  /** Requests get no answer while it is set, as over a dead link. */
  #stalled = false;
  #seq = 0;

  constructor(
    readonly url: URL,
    private readonly server: ChannelServer,
  ) {
    super();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  async request(method: string, data: unknown = {}): Promise<unknown> {
    if (!this.#open) throw new ParlorError('NOT_CONNECTED', 'the connection is closed');
    this.requests.push(method);
    const asked = copy(data);
    await Promise.resolve();
    if (this.#stalled) return await new Promise(() => {});
    const answer = copy(this.server.handle(this, method, asked));
    await Promise.resolve();
    if (!this.#open && method !== 'leave')
      throw new ParlorError('CONNECTION_LOST', 'the connection was lost');
    return answer;
  }

  tell(method: string, data: unknown): void {
    if (!this.#open) return;
    const told = copy(data);
    void Promise.resolve().then(() => {
      if (!this.#open || this.#stalled) return;
      try {
        this.server.handle(this, method, told);
      } catch {
        // Nobody waits for an answer that could say so.
      }
    });
  }

  /** What is lost in memory is lost for good. */
  resumeWith(): void {}

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.removeAllListeners();
    // As a socket: what was sent before arrives before the end does.
    void Promise.resolve().then(() => {
      this.server.disconnected(this);
    });
  }

  stall(): void {
    this.#stalled = true;
  }

  /** For the server: tells the client. */
  notify(method: string, data: object): void {
    const told = copy({ seq: ++this.#seq, ...data }) as Record<string, unknown>;
    queueMicrotask(() => {
      if (this.#open) this.emit('notification', method, told);
    });
  }

  /** For the server, or a fault: ends the connection. */
  end(error: ParlorError, final: boolean): void {
    if (!this.#open) return;
    this.#open = false;
    this.server.disconnected(this);
    this.emit('closed', { error, final });
    this.removeAllListeners();
  }
}
