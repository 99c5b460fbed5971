const MAX_EVENTS = 1000;
/** Of text that is kept, UTF-16 code units. */
const MAX_LENGTH = 1024 * 1024;

interface Kept {
  id: number;
  text: string;
}

/**
 * The server-sent events (WHATWG HTML §9.2.6) of one stay in a room, each with a greater id than the one before; the last
 * of them are kept for whoever lost the connection.
 */
export class EventLog {
  readonly #kept: Kept[] = [];
  readonly #listeners = new Set<(text: string) => void>();
  readonly #nextId: () => number;
  #length = 0;
  /** The id before the first that is kept. */
  #before: number;

  /** @param nextId Gives out ids that only grow. */
  constructor(nextId: () => number) {
    this.#nextId = nextId;
    this.#before = nextId();
  }

  get lastId(): number {
    return this.#kept.at(-1)?.id ?? this.#before;
  }

  /** Tells everybody who listens, and keeps it for those who come back. */
  append(event: string, data: unknown): void {
    const id = this.#nextId();
    const text = eventText({ id, event, data });
    this.#kept.push({ id, text });
    this.#length += text.length;
    while (this.#kept.length > MAX_EVENTS || this.#length > MAX_LENGTH) this.#forgetOldest();
    this.write(text);
  }

  /** Tells everybody who listens what soon is no news any more: without a number, and not kept. */
  mention(event: string, data: unknown): void {
    if (this.#listeners.size > 0) this.write(eventText({ event, data }));
  }

  write(text: string): void {
    for (const listener of [...this.#listeners]) listener(text);
  }

  /** The texts of all events after the one with this id; undefined: some of them are not kept, or it is none of ours. */
  since(id: number): string[] | undefined {
    const index = this.#kept.findIndex((kept) => kept.id === id);
    if (index === -1 && id !== this.#before) return undefined;
    return this.#kept.slice(index + 1).map(({ text }) => text);
  }

  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forgetOldest(): void {
    const oldest = this.#kept.shift();
    if (!oldest) return;
    this.#before = oldest.id;
    this.#length -= oldest.text.length;
  }
}

/** JSON has no line breaks of its own: the data is one line. */
export function eventText({ id, event, data }: { id?: number; event: string; data: unknown }): string {
  const number = id === undefined ? '' : `id: ${String(id)}\n`;
  return `${number}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
