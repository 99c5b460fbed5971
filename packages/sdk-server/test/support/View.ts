import type { Frame } from './FrameLog.js';

interface SeenProducer {
  peerId: unknown;
  paused: boolean;
}

export interface Asked {
  method: string;
  data: Record<string, unknown>;
}

interface Joined {
  path?: number;
  transports: { recv: { id: string } };
  peers: { id: string }[];
  producers: { producerId: string; peerId: string; paused: boolean }[];
}

/**
 * What a client believes of its room, by the plainest reading of what it was sent. Throws at what no reader could make
 * sense of: a gap in the numbers, a producer without its peer, somebody who joins twice.
 */
export class View {
  readonly peers = new Set<unknown>();
  readonly producers = new Map<unknown, SeenProducer>();
  /** Producer ids by consumer id. */
  readonly consumers = new Map<unknown, unknown>();
  inRoom = false;
  /** That media of the room takes, as far as the client knows. */
  path = 1;
  #seq = 0;
  #recv = '';
  readonly #closedProducers = new Set<unknown>();

  constructor(readonly peerId: string) {}

  /** `request` is what the frame answers, if it answers one. */
  read(frame: Frame, request: Asked | undefined): void {
    if (frame.notification) this.#notified(frame.method ?? '', frame.data ?? {});
    else if (frame.ok && request) this.#answered(request, frame.data ?? {});
  }

  #answered({ method, data: asked }: Asked, data: Record<string, unknown>): void {
    if (method === 'joinRoom') {
      const { peers, producers, transports, path = 1 } = data as unknown as Joined;
      this.#forget();
      this.#recv = transports.recv.id;
      this.inRoom = true;
      this.path = path;
      for (const { id } of peers) this.peers.add(id);
      for (const { producerId, peerId, paused } of producers) {
        this.#expect(this.peers.has(peerId), `producer of ${peerId}, who is not there`);
        this.producers.set(producerId, { peerId, paused });
      }
    }
    if (method === 'openPath') this.#recv = (data as unknown as Joined).transports.recv.id;
    if (method === 'leave') this.#forget();
    // One's own doing: that what was on it is gone needs no word.
    if (method === 'closeTransport' && asked['transportId'] === this.#recv) this.consumers.clear();
    if (method === 'produce') this.#own(data['producerId']);
    if (method === 'subscribe') {
      for (const { consumerId, producerId, producerPaused } of data['consumers'] as Record<
        string,
        unknown
      >[]) {
        const producer = this.producers.get(producerId);
        this.#expect(producer !== undefined, `consumer of ${String(producerId)}, which is gone`);
        if (producer) this.#expect(producer.paused === producerPaused, 'pause told twice, differently');
        this.consumers.set(consumerId, producerId);
      }
    }
  }

  #notified(method: string, data: Record<string, unknown>): void {
    this.#seq += 1;
    this.#expect(data['seq'] === this.#seq, `seq ${String(data['seq'])} instead of ${String(this.#seq)}`);
    const { peerId, producerId, consumerId } = data;
    switch (method) {
      case 'peerJoined':
        this.#expect(!this.peers.has(peerId) && peerId !== this.peerId, `${String(peerId)} joined twice`);
        this.peers.add(peerId);
        return;
      case 'peerLeft':
        this.#expect(this.peers.delete(peerId), `${String(peerId)} left, who was not there`);
        for (const producer of this.producers.values()) {
          this.#expect(producer.peerId !== peerId, `${String(peerId)} left before its producers`);
        }
        return;
      case 'newProducer':
        this.#expect(this.peers.has(peerId), `producer of ${String(peerId)}, who is not there`);
        this.#expect(!this.producers.has(producerId), `${String(producerId)} announced twice`);
        this.producers.set(producerId, { peerId, paused: data['paused'] === true });
        return;
      case 'producerClosed':
        this.#producerClosed(producerId);
        return;
      case 'producerPaused':
      case 'consumerPaused':
        this.#setPaused(producerId, true);
        return;
      case 'producerResumed':
      case 'consumerResumed':
        this.#setPaused(producerId, false);
        return;
      case 'consumerClosed':
        this.consumers.delete(consumerId);
        return;
      case 'topologyChanged':
        this.#expect((data['path'] as number) > this.path, `path ${String(data['path'])} again`);
        this.path = data['path'] as number;
        // What came from the media process that died.
        if (data['reason'] === 'mediaServerDied') this.consumers.clear();
        return;
      case 'producerMoved':
        this.#expect(this.producers.has(producerId), `${String(producerId)} moved, which is not known`);
        for (const [id, of] of this.consumers) if (of === producerId) this.consumers.delete(id);
        return;
      case 'roomClosed':
        this.#forget();
    }
  }

  #own(producerId: unknown): void {
    // May have been closed by somebody else before its owner heard that there is one.
    if (!this.#closedProducers.has(producerId))
      this.producers.set(producerId, { peerId: this.peerId, paused: false });
  }

  #producerClosed(producerId: unknown): void {
    this.#closedProducers.add(producerId);
    this.producers.delete(producerId);
    for (const [consumerId, of] of this.consumers) if (of === producerId) this.consumers.delete(consumerId);
  }

  #setPaused(producerId: unknown, paused: boolean): void {
    const producer = this.producers.get(producerId);
    this.#expect(producer !== undefined, `${String(producerId)} is not known`);
    if (producer) producer.paused = paused;
  }

  #forget(): void {
    this.inRoom = false;
    this.peers.clear();
    this.producers.clear();
    this.consumers.clear();
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) throw new Error(`${this.peerId}: ${otherwise}`);
  }
}
