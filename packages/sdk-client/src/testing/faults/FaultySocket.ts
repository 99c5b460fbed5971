import type { Platform, WebSocketLike } from '../../platform.js';

/** What happens to messages of one direction. Nothing given: they pass. */
export interface LineFaults {
  /** Share of messages that are lost, 0 to 1. A WebSocket loses none by itself: those that broke it do. */
  readonly drop?: number;
  /** Share of messages that come twice, 0 to 1. */
  readonly duplicate?: number;
  /** Milliseconds by which everything is late. Order is kept, as TCP does. */
  readonly delayMs?: number;
}

export interface FaultySocketOptions {
  readonly platform: Pick<Platform, 'timer' | 'random'>;
  readonly toServer: () => LineFaults;
  readonly toClient: () => LineFaults;
  readonly closed: () => void;
}

type Listener = (event: never) => void;

/** RFC 6455 §7.1.5: ended without a closing handshake. */
const ABNORMAL = 1006;
/** To a server that hears it after all, this is no goodbye. */
const ABANDONED = 3001;

/** A WebSocket to where nobody answers. */
export function deadSocket(): WebSocketLike {
  return {
    addEventListener: (type: string, listener: Listener) => {
      if (type === 'close') {
        queueMicrotask(() => {
          listener({ code: ABNORMAL, reason: '' } as never);
        });
      }
    },
    send: () => {},
    close: () => {},
  };
}

/** A WebSocket that loses, doubles and delays messages on purpose, and breaks when it is told to. */
export class FaultySocket implements WebSocketLike {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #due = { in: Promise.resolve(), out: Promise.resolve() };
  #isOver = false;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly options: FaultySocketOptions,
  ) {
    socket.addEventListener('open', () => {
      this.#dispatch('open', {});
    });
    socket.addEventListener('error', () => {
      this.#dispatch('error', {});
    });
    socket.addEventListener('message', ({ data }) => {
      this.#pass('in', options.toClient(), () => {
        this.#dispatch('message', { data });
      });
    });
    socket.addEventListener('close', ({ code, reason }) => {
      // After what was said before.
      this.#queue('in', 0, () => {
        this.#end(code, reason);
      });
    });
  }

  addEventListener(type: string, listener: Listener): void {
    let listeners = this.#listeners.get(type);
    if (!listeners) this.#listeners.set(type, (listeners = new Set()));
    listeners.add(listener);
  }

  send(data: string): void {
    this.#pass('out', this.options.toServer(), () => {
      this.socket.send(data);
    });
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  /** As when the network resets it: this side is told, and nothing comes from it any more. */
  cut(): void {
    if (this.#isOver) return;
    this.#end(ABNORMAL, '');
    this.socket.close(ABANDONED);
  }

  #pass(line: 'in' | 'out', faults: LineFaults, act: () => void): void {
    const { drop = 0, duplicate = 0, delayMs = 0 } = faults;
    const { random } = this.options.platform;
    if (random() < drop) return;
    this.#queue(line, delayMs, act);
    if (random() < duplicate) this.#queue(line, delayMs, act);
  }

  #queue(line: 'in' | 'out', delayMs: number, act: () => void): void {
    const due = new Promise<void>((resolve) => {
      if (delayMs > 0) this.options.platform.timer(resolve, delayMs);
      else resolve();
    });
    this.#due[line] = this.#due[line]
      .then(() => due)
      .then(() => {
        if (!this.#isOver) act();
      });
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.options.closed();
    this.#dispatch('close', { code, reason });
  }

  #dispatch(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}
