import { FrameSplitter } from './frames.js';

/** What happens to messages of one direction. Nothing given: they pass. */
export interface LineFaults {
  /** Share of messages that are lost, 0 to 1. A WebSocket loses none by itself: those that broke it do. */
  readonly drop?: number;
  /** Share of messages that come twice, 0 to 1. */
  readonly duplicate?: number;
  /** Milliseconds by which everything is late. Order is kept, as TCP does. */
  readonly delayMs?: number;
}

export interface FaultyLineOptions {
  readonly afterHandshake: boolean;
  readonly faults: () => LineFaults;
  readonly random: () => number;
  readonly deliver: (bytes: Buffer) => void;
}

/** One direction of a WebSocket connection that loses, doubles and delays messages on purpose. */
export class FaultyLine {
  readonly #options: FaultyLineOptions;
  readonly #splitter: FrameSplitter;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: FaultyLineOptions) {
    this.#options = options;
    this.#splitter = new FrameSplitter(options);
  }

  push(chunk: Buffer): void {
    const { faults, random } = this.#options;
    for (const { bytes, isMessage } of this.#splitter.push(chunk)) {
      const { drop = 0, duplicate = 0, delayMs = 0 } = faults();
      if (isMessage && random() < drop) continue;
      this.#send(bytes, delayMs);
      if (isMessage && random() < duplicate) this.#send(bytes, delayMs);
    }
  }

  /** Runs `then` after what is under way. */
  end(then: () => void): void {
    if (this.#waiting === 0) then();
    else void this.#last.then(then);
  }

  #send(bytes: Buffer, delayMs: number): void {
    if (delayMs <= 0 && this.#waiting === 0) {
      this.#options.deliver(bytes);
      return;
    }
    this.#waiting += 1;
    const due = new Promise<void>((resolve) => setTimeout(resolve, delayMs));
    this.#last = this.#last
      .then(() => due)
      .then(() => {
        this.#waiting -= 1;
        this.#options.deliver(bytes);
      });
  }
}
