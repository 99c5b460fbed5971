type Json = Record<string, unknown>;

/** Gives names to what differs from run to run: ids, secrets and media parameters. */
export class Placeholders {
  readonly values: Record<string, unknown> = {};
  readonly #byId = new Map<string, string>();

  /** Names what the answer to `client` brings: parameters right in it, ids and secrets wherever they will turn up. */
  learn(client: string, data: Json): void {
    // Those of a P2P room are the same everywhere: none.
    const { codecs = [] } = (data['rtpCapabilities'] ?? {}) as { codecs?: unknown[] };
    if (codecs.length > 0) this.#put(data, 'rtpCapabilities', 'room.rtpCapabilities');
    this.#remember(`${client}.resumeToken`, data['resumeToken']);
    for (const [direction, transport] of Object.entries((data['transports'] ?? {}) as Record<string, Json>)) {
      this.#transport(`${client}.${direction}`, transport);
    }
    if ('iceCandidates' in data) this.#transport(this.#free(`${client}.transport`), data);
    else if ('iceParameters' in data) this.#put(data, 'iceParameters', this.#free(`${client}.iceParameters`));
    else if ('consumerId' in data) this.#consumer(client, data);
    else if ('producerId' in data) this.#remember(`${client}.producer`, data['producerId']);
    for (const call of [data, ...((data['calls'] ?? []) as Json[])]) this.#call(client, call);
    if (data['consumer']) this.#consumer(client, data['consumer'] as Json);
    for (const consumer of (data['consumers'] ?? []) as Json[]) this.#consumer(client, consumer);
  }

  /** A copy with the names of ids and secrets in their places. */
  putInto(value: unknown): unknown {
    if (typeof value === 'string') return this.#byId.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.putInto(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.putInto(item)]));
  }

  #transport(stem: string, transport: Json): void {
    const name = this.#remember(stem, transport['id']);
    for (const key of ['iceParameters', 'iceCandidates', 'dtlsParameters'])
      this.#put(transport, key, `${name}.${key}`);
  }

  #call(client: string, call: Json): void {
    if (!('callId' in call)) return;
    const name = this.#remember('call', call['callId']);
    this.#remember(`${name}.room`, call['roomId']);
    this.#remember(`${client}.ticket`, call['ticket']);
  }

  #consumer(client: string, consumer: Json): void {
    const name = this.#remember(`${client}.consumer`, consumer['consumerId']);
    // Whether media comes in layers is for the media backend to say.
    for (const key of ['rtpParameters', 'type'])
      if (key in consumer) this.#put(consumer, key, `${name}.${key}`);
  }

  #put(holder: Json, key: string, name: string): void {
    this.values[`<${name}>`] = holder[key];
    holder[key] = `<${name}>`;
  }

  /** Names an id, by a number more when the name has been given away; returns the name. */
  #remember(stem: string, id: unknown): string {
    if (typeof id !== 'string') return stem;
    const known = this.#byId.get(id);
    if (known) return known.slice(1, -1);
    const name = this.#free(stem);
    this.values[`<${name}>`] = id;
    this.#byId.set(id, `<${name}>`);
    return name;
  }

  #free(stem: string): string {
    let name = stem;
    for (let count = 2; `<${name}>` in this.values; count += 1) name = `${stem}${String(count)}`;
    return name;
  }
}
