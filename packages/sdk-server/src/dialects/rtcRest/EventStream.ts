/** How much may wait for a client that reads too slowly, bytes. */
const MAX_WAITING = 1024 * 1024;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither caches nor compression may hold events back; the last one is for nginx.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** One client that listens: the body of an answer that goes on until one of both sides ends it. */
export class EventStream {
  readonly response: Response;
  readonly #ended: () => void;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** @param ended Called once, whichever side ends it. */
  constructor(ended: () => void) {
    this.#ended = ended;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#finish();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }),
    );
    this.response = new Response(body, { headers: HEADERS });
  }

  write(text: string): void {
    if (!this.#controller) return;
    this.#controller.enqueue(this.#encoder.encode(text));
    // It comes back with the id of the last event that it has read.
    if ((this.#controller.desiredSize ?? 0) <= 0) this.close();
  }

  /** Ends it after what was written. */
  close(): void {
    this.#controller?.close();
    this.#finish();
  }

  #finish(): void {
    if (!this.#controller) return;
    this.#controller = undefined;
    this.#ended();
  }
}
