import type { WebSocketLike } from '../platform.js';

type Listeners = Record<string, ((event: never) => void)[]>;

/** A socket whose other end is the test. */
export class FakeWebSocket implements WebSocketLike {
  readonly sent: Record<string, unknown>[] = [];
  closedWith: [code: number | undefined, reason: string | undefined] | undefined;
  readonly #listeners: Listeners = {};

  constructor(
    readonly url: string,
    readonly protocols: string,
  ) {}

  addEventListener(type: string, listener: (event: never) => void): void {
    (this.#listeners[type] ??= []).push(listener);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }

  close(code?: number, reason?: string): void {
    this.closedWith ??= [code, reason];
  }

  open(): void {
    this.#dispatch('open', {});
  }

  receive(data: unknown): void {
    this.#dispatch('message', { data: typeof data === 'string' ? data : JSON.stringify(data) });
  }

  drop(code = 1006, reason = ''): void {
    this.#dispatch('close', { code, reason });
  }

  #dispatch(type: string, event: object): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never);
  }
}
