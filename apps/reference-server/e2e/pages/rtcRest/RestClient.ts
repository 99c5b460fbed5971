import { Device, type types } from 'mediasoup-client';

type Answer = Record<string, unknown>;
type Direction = 'send' | 'recv';

/** The client's part of the source document, to the letter: connects a transport. */
declare function documentExample(sendTransport: types.Transport, token: string): void;

/**
 * A client of somebody who has `mediasoup-client`, `fetch` and `EventSource`, and nothing of Parlor. Its page comes from
 * the server itself, because the document asks for paths without a host.
 */
export class RestClient {
  readonly events: { event: string; data: Answer }[] = [];
  readonly refusals: string[] = [];
  readonly #token: string;
  readonly #device = new Device();
  readonly #producers = new Map<string, types.Producer>();
  readonly #consumers = new Map<string, types.Consumer>();
  #send: types.Transport | undefined;
  #recv: types.Transport | undefined;
  #source: EventSource | undefined;

  constructor(token: string) {
    this.#token = token;
  }

  async join(roomId: string): Promise<void> {
    const joined = await this.ask('POST', `/rtc/rooms/${encodeURIComponent(roomId)}/join`, {});
    await this.#device.load({
      routerRtpCapabilities: joined['rtpCapabilities'] as types.RtpCapabilities,
    });
    this.#send = await this.#createTransport('send');
    this.#recv = await this.#createTransport('recv');
    this.#listen();
    for (const { producerId } of joined['producers'] as { producerId: string }[])
      await this.#consume(producerId);
  }

  /** Publishes what camera and microphone give. */
  async publish(constraints: MediaStreamConstraints): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    for (const track of stream.getTracks()) {
      const producer = await this.#send?.produce({ track });
      if (producer) this.#producers.set(track.kind, producer);
    }
  }

  /** Mutes for everybody. */
  async pause(kind: string): Promise<void> {
    const producer = this.#producers.get(kind);
    producer?.pause();
    await this.ask('POST', `/rtc/producers/${String(producer?.id)}/pause`);
  }

  async unpublish(kind: string): Promise<void> {
    const producer = this.#producers.get(kind);
    producer?.close();
    await this.ask('DELETE', `/rtc/producers/${String(producer?.id)}`);
  }

  /** Kinds that are being received. */
  get receives(): string[] {
    return [...this.#consumers.values()].map(({ kind }) => kind).sort();
  }

  async received(kind: string, key: 'framesDecoded' | 'totalAudioEnergy'): Promise<number> {
    const report = await this.#recv?.getStats();
    const stats = [...(report?.values() ?? [])] as Answer[];
    // The probator of mediasoup, an inbound stream without a codec, does not count.
    const inbound = stats.filter(
      (stat) => stat['type'] === 'inbound-rtp' && stat['kind'] === kind && stat['codecId'] !== undefined,
    );
    return inbound.reduce((sum, stat) => sum + Number(stat[key] ?? 0), 0);
  }

  async restartIce(): Promise<void> {
    for (const transport of [this.#send, this.#recv]) {
      const { iceParameters } = await this.ask(
        'POST',
        `/rtc/transports/${String(transport?.id)}/restart-ice`,
      );
      await transport?.restartIce({ iceParameters: iceParameters as types.IceParameters });
    }
  }

  async leave(): Promise<void> {
    this.#send?.close();
    this.#recv?.close();
    await this.ask('POST', '/rtc/leave');
  }

  /** As a tab that is closed: without a word. */
  vanish(): void {
    this.#source?.close();
    this.#send?.close();
    this.#recv?.close();
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(path, {
      method,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': crypto.randomUUID(),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async #createTransport(direction: Direction): Promise<types.Transport> {
    const options = (await this.ask('POST', '/rtc/transports', { direction })) as types.TransportOptions;
    const transport =
      direction === 'send'
        ? this.#device.createSendTransport(options)
        : this.#device.createRecvTransport(options);
    documentExample(transport, this.#token);
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const path = `/rtc/transports/${transport.id}/produce`;
      this.ask('POST', path, { kind, rtpParameters, appData }).then(({ id }) => {
        done({ id: String(id) });
      }, failed);
    });
    return transport;
  }

  #listen(): void {
    const source = new EventSource(`/rtc/events?token=${encodeURIComponent(this.#token)}`);
    this.#source = source;
    const on = (event: string, act: (data: Answer) => void = () => undefined) => {
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        const parsed = JSON.parse(data) as Answer;
        this.events.push({ event, data: parsed });
        act(parsed);
      });
    };
    on('newProducer', ({ producerId }) => {
      // One that has ended in the meantime is not found.
      this.#consume(String(producerId)).catch((error: unknown) => this.refusals.push(String(error)));
    });
    on('producerClosed', ({ producerId }) => {
      this.#consumers.get(String(producerId))?.close();
      this.#consumers.delete(String(producerId));
    });
    for (const event of ['consumerPaused', 'peerJoined', 'peerLeft', 'reset', 'ended', 'usage']) on(event);
  }

  async #consume(producerId: string): Promise<void> {
    if (!this.#recv) return;
    const { rtpCapabilities } = this.#device;
    const answer = await this.ask('POST', `/rtc/transports/${this.#recv.id}/consume`, {
      producerId,
      rtpCapabilities,
    });
    const consumer = await this.#recv.consume(answer as unknown as types.ConsumerOptions);
    this.#consumers.set(producerId, consumer);
    const element = document.createElement(consumer.kind === 'audio' ? 'audio' : 'video');
    element.autoplay = true;
    element.srcObject = new MediaStream([consumer.track]);
    document.body.append(element);
    await this.ask('POST', `/rtc/consumers/${consumer.id}/resume`);
  }
}
