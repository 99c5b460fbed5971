import { Peer, WebSocketTransport } from 'protoo-client';

export interface Heard {
  method: string;
  data: Record<string, unknown>;
}

type PeerEvent = 'open' | 'failed' | 'disconnected' | 'close';

/** A peer of `protoo-client` that keeps what it hears and can be waited for. */
export class ProtooPeer {
  readonly heard: Heard[] = [];
  /** What became of the connection, in order. */
  readonly events: PeerEvent[] = [];
  readonly peer: Peer;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly url: string,
    readonly who: { roomId: string; peerId: string },
    retry: object = { retries: 3, minTimeout: 1, maxTimeout: 10 },
  ) {
    const query = new URLSearchParams({ roomId: who.roomId, peerId: who.peerId });
    this.peer = new Peer(
      new WebSocketTransport(`${url.replace('http', 'ws')}?${query.toString()}`, { retry }),
    );
    this.peer.on('notification', ({ method, data }) => {
      this.heard.push({ method, data });
      this.#look();
    });
    for (const event of ['open', 'failed', 'disconnected', 'close'] as const) {
      this.peer.on(event, () => {
        this.events.push(event);
        this.#look();
      });
    }
  }

  /** Resolves as soon as `found` finds something. */
  async until<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  notified(method: string, data: Record<string, unknown> = {}): Promise<Heard> {
    return this.until(() =>
      this.heard.find(
        (one) =>
          one.method === method && Object.entries(data).every(([key, value]) => one.data[key] === value),
      ),
    );
  }

  /** Resolves when `event` has happened `times` times. */
  async happened(event: PeerEvent, times = 1): Promise<void> {
    await this.until(() => this.events.filter((one) => one === event).length >= times || undefined);
  }

  async join(data: object = {}): Promise<Record<string, unknown>> {
    await this.happened('open');
    return this.peer.request('joinRoom', { ...this.who, ...data });
  }

  #look(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}
