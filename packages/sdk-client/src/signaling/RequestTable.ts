import { ParlorError, type ParlorErrorCode } from '../errors.js';
import type { Platform } from '../platform.js';

interface Pending {
  readonly method: string;
  readonly timeout: number;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: ParlorError) => void;
  stopTimer: () => void;
  /** What to send again when the answer may have been lost; undefined: nothing, it fails with the connection. */
  frame: Frame | undefined;
}

/** What was sent, and its place among all that was. */
export interface Frame {
  readonly order: number;
  readonly text: string;
}

/** A protoo v4 response, before its shape is known. */
export interface ResponseFrame {
  id: unknown;
  ok: unknown;
  data?: unknown;
  code?: unknown;
  errorCode?: unknown;
  errorReason?: unknown;
}

/** Requests in flight: ids, timeouts, and their end when the connection ends. */
export class RequestTable {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(private readonly platform: Pick<Platform, 'timer'>) {}

  get size(): number {
    return this.#pending.size;
  }

  /** A new request: its id to put on the wire, and the promise of its answer. */
  add(method: string, timeout: number): { id: number; answer: Promise<unknown> } {
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      const pending = { method, timeout, resolve, reject, stopTimer: () => {}, frame: undefined };
      this.#pending.set(id, pending);
      this.#arm(id, pending);
    });
    return { id, answer };
  }

  /** There is no connection yet: the time of this request begins when there is. */
  wait(id: number): void {
    this.#pending.get(id)?.stopTimer();
  }

  /** The request survives a lost connection: `frame` is sent again then. */
  keep(id: number, frame: Frame): void {
    const pending = this.#pending.get(id);
    if (pending) pending.frame = frame;
  }

  /** There is no connection: what is kept waits for the next one without a time limit, the rest fails. */
  hold(error: ParlorError): void {
    for (const [id, pending] of [...this.#pending]) {
      if (pending.frame) pending.stopTimer();
      else this.#take(id)?.reject(error);
    }
  }

  /** There is a connection again: what was kept, to be sent; its time begins anew. */
  release(): Frame[] {
    const frames: Frame[] = [];
    for (const [id, pending] of this.#pending) {
      if (!pending.frame) continue;
      pending.stopTimer();
      this.#arm(id, pending);
      frames.push(pending.frame);
    }
    return frames;
  }

  /** False when nobody waits for it: it came too late, or was never asked for. */
  settle(response: ResponseFrame): boolean {
    const pending = typeof response.id === 'number' ? this.#take(response.id) : undefined;
    if (!pending) return false;
    if (response.ok === true) pending.resolve(response.data);
    else pending.reject(refusal(response));
    return true;
  }

  fail(id: number, error: ParlorError): void {
    this.#take(id)?.reject(error);
  }

  failAll(error: ParlorError): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
  }

  #arm(id: number, pending: Pending): void {
    pending.stopTimer = this.platform.timer(() => {
      const { method, timeout } = pending;
      const message = `The server did not answer "${method}" in ${String(timeout)} ms.`;
      this.#take(id)?.reject(new ParlorError('REQUEST_TIMEOUT', message));
    }, pending.timeout);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.stopTimer();
    return pending;
  }
}

/** `code` is Parlor's; a plain protoo server only has the numeric `errorCode`. */
function refusal({ code, errorCode, errorReason }: ResponseFrame): ParlorError {
  const known: ParlorErrorCode = typeof code === 'string' ? code : 'INTERNAL';
  const message = typeof errorReason === 'string' ? errorReason : `The server refused (${known}).`;
  return new ParlorError(known, message, typeof errorCode === 'number' ? { status: errorCode } : {});
}
