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
  /** What waits for the line to be there again. */
  #held: (() => void)[] | undefined;
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
    if (this.#held) await new Promise<void>((resume) => this.#held?.push(resume));
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
      if (this.#held) {
        this.#held.push(() => {
          this.tell(method, data);
        });
        return;
      }
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

  close(comesBack = false): void {
    if (!this.#open) return;
    this.#open = false;
    this.removeAllListeners();
    // Who comes back is waited for, without end.
    if (comesBack) return;
    // As a socket: what was sent before arrives before the end does.
    void Promise.resolve().then(() => {
      this.server.disconnected(this);
    });
  }

  stall(): void {
    this.#stalled = true;
  }

  get isInterrupted(): boolean {
    return this.#held !== undefined;
  }

  /** The line is down for a while; nothing that is said is lost. */
  interrupt(): void {
    this.#held = [];
    this.emit('interrupted', new ParlorError('CONNECTION_LOST', 'the connection was lost'));
  }

  /** It is back: everything arrives, in order. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.emit('resumed');
    for (const go of held) go();
  }

  /** For the server: tells the client. */
  notify(method: string, data: object): void {
    const told = copy({ seq: ++this.#seq, ...data }) as Record<string, unknown>;
    const tell = () => {
      if (this.#open) this.emit('notification', method, told);
    };
    if (this.#held) this.#held.push(tell);
    else queueMicrotask(tell);
  }

  /** For the server, or a fault: ends the connection. `isAwaited`: not what the client is there for. */
  end(error: ParlorError, final: boolean, isAwaited = false): void {
    if (!this.#open) return;
    this.#open = false;
    if (!isAwaited) this.server.disconnected(this);
    this.emit('closed', { error, final });
    this.removeAllListeners();
  }
}
