/** One protoo message as a client reads it. */
export interface Frame {
  request?: true;
  response?: true;
  notification?: true;
  id?: number;
  ok?: boolean;
  method?: string;
  code?: string;
  errorCode?: number;
  errorReason?: string;
  data?: Record<string, unknown>;
}

interface Waiter {
  readonly matches: (frame: Frame) => boolean;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/** What a client has been sent, in order, and the way to wait for what is still to come. */
export class FrameLog {
  readonly texts: string[] = [];
  readonly frames: Frame[] = [];
  readonly #waiting = new Set<Waiter>();
  #ended: Error | undefined;
  #taken = 0;

  push(text: string): void {
    this.texts.push(text);
    const frame = JSON.parse(text) as Frame;
    this.frames.push(frame);
    for (const waiter of [...this.#waiting]) {
      if (!waiter.matches(frame)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(frame);
    }
  }

  /** The connection has ended: nothing more will come. */
  end(why: string): void {
    this.#ended = new Error(why);
    for (const { reject } of this.#waiting) reject(this.#ended);
    this.#waiting.clear();
  }

  /** The first frame that matches, come or still to come. */
  find(matches: (frame: Frame) => boolean): Promise<Frame> {
    const found = this.frames.find(matches);
    if (found) return Promise.resolve(found);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.add({ matches, resolve, reject }));
  }

  /** The next frame that was not taken yet. */
  async take(): Promise<Frame> {
    const index = this.#taken;
    this.#taken += 1;
    const here = this.frames[index];
    if (here) return here;
    return this.find((frame) => this.frames.indexOf(frame) === index);
  }

  /** What came and was not taken. */
  get untaken(): Frame[] {
    return this.frames.slice(this.#taken);
  }

  notified(method: string): Promise<Frame> {
    return this.find((frame) => frame.notification === true && frame.method === method);
  }

  get notifications(): Frame[] {
    return this.frames.filter(({ notification }) => notification === true);
  }
}
