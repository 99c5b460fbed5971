/** What happens to encoded frames of one direction. Nothing given: they pass. */
export interface FrameFaults {
  /** Share of frames that are lost, 0 to 1. With 1 nothing is sent, or nothing is seen and heard. */
  readonly drop?: number;
  /** Milliseconds by which every frame is late. */
  readonly delayMs?: number;
}

export interface MediaFaults {
  readonly send?: FrameFaults;
  readonly receive?: FrameFaults;
}

/** Runs in a worker, as text: it sees every encoded frame (W3C WebRTC Encoded Transform §4). */
function disturbFrames(): void {
  interface Scope {
    faults: MediaFaults;
    onmessage: (event: { data: MediaFaults }) => void;
    onrtctransform: (event: {
      transformer: {
        readable: ReadableStream<unknown>;
        writable: WritableStream<unknown>;
        options: 'send' | 'receive';
      };
    }) => void;
  }
  const scope = globalThis as unknown as Scope;
  scope.faults = {};
  scope.onmessage = ({ data }) => {
    scope.faults = data;
  };
  scope.onrtctransform = ({ transformer: { readable, writable, options: direction } }) => {
    const disturb = new TransformStream<unknown, unknown>({
      async transform(frame, controller) {
        const { drop = 0, delayMs = 0 } = scope.faults[direction] ?? {};
        if (Math.random() < drop) return;
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        controller.enqueue(frame);
      },
    });
    // It ends with its connection.
    readable
      .pipeThrough(disturb)
      .pipeTo(writable)
      .catch(() => undefined);
  };
}

/** Disturbs the frames of senders and receivers that it is given. Needs RTCRtpScriptTransform and `worker-src blob:`. */
export class FrameDisturber {
  #worker: Worker | undefined;
  readonly #known = new WeakSet<RTCRtpSender | RTCRtpReceiver>();
  #faults: MediaFaults = {};

  set faults(faults: MediaFaults) {
    this.#faults = faults;
    this.#worker?.postMessage(faults);
  }

  add(end: RTCRtpSender | RTCRtpReceiver, direction: 'send' | 'receive'): void {
    if (this.#known.has(end)) return;
    this.#known.add(end);
    end.transform = new RTCRtpScriptTransform(this.#open(), direction);
  }

  #open(): Worker {
    if (!this.#worker) {
      const url = URL.createObjectURL(
        new Blob([`(${disturbFrames.toString()})()`], { type: 'text/javascript' }),
      );
      this.#worker = new Worker(url);
      URL.revokeObjectURL(url);
      this.#worker.postMessage(this.#faults);
    }
    return this.#worker;
  }
}
