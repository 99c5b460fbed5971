import { once, EventEmitter } from 'node:events';

export interface ServerEvent {
  /** Undefined: the event has none. */
  id: string | undefined;
  event: string;
  data: unknown;
}

/** Reads server-sent events of an answer as a browser would (WHATWG HTML §9.2.6). */
export class EventReader {
  readonly events: ServerEvent[] = [];
  readonly comments: string[] = [];
  retry: number | undefined;
  ended = false;
  readonly #news = new EventEmitter();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #taken = 0;

  constructor(response: Response) {
    if (!response.body) throw new Error('the answer has no body');
    this.#reader = response.body.getReader();
    void this.#read();
  }

  get lastId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The next event, in their order, past or to come. */
  async next(): Promise<ServerEvent> {
    for (;;) {
      const event = this.events[this.#taken];
      if (event) {
        this.#taken += 1;
        return event;
      }
      if (this.ended) throw new Error('the stream has ended');
      await once(this.#news, 'news');
    }
  }

  /** Skips to the next event with this name. */
  async named(name: string): Promise<ServerEvent> {
    for (;;) {
      const event = await this.next();
      if (event.event === name) return event;
    }
  }

  async end(): Promise<void> {
    while (!this.ended) await once(this.#news, 'news');
  }

  async comment(): Promise<void> {
    while (this.comments.length === 0) await once(this.#news, 'news');
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
      this.#news.emit('news');
    }
    this.ended = true;
    this.#news.emit('news');
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0) this.comments.push(line.slice(1));
      else fields.set(line.slice(0, colon), line.slice(colon + 2));
    }
    if (fields.has('retry')) this.retry = Number(fields.get('retry'));
    const event = fields.get('event');
    if (event === undefined) return;
    this.events.push({
      id: fields.get('id'),
      event,
      data: JSON.parse(fields.get('data') ?? 'null') as unknown,
    });
  }
}
