import { ParlorError, type ParlorErrorCode } from '../errors.js';
import type { Platform } from '../platform.js';

interface Pending {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: ParlorError) => void;
  readonly stopTimer: () => void;
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
      const stopTimer = this.platform.timer(() => {
        this.#take(id)?.reject(
          new ParlorError(
            'REQUEST_TIMEOUT',
            `The server did not answer "${method}" in ${String(timeout)} ms.`,
          ),
        );
      }, timeout);
      this.#pending.set(id, { resolve, reject, stopTimer });
    });
    return { id, answer };
  }

  /** False when nobody waits for it: it came too late, or was never asked for. */
  settle(response: ResponseFrame): boolean {
    const pending = typeof response.id === 'number' ? this.#take(response.id) : undefined;
    if (!pending) return false;
    if (response.ok === true) pending.resolve(response.data);
    else pending.reject(refusal(response));
    return true;
  }

  failAll(error: ParlorError): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
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
