import type { types } from 'mediasoup-client';
import { ParlorError, toParlorError } from '../../errors.js';
import type { VideoLayers } from '../../types.js';
import type {
  DriverContext,
  DriverTrackReport,
  RemoteProducer,
  SubscribeOptions,
  SubscribeResult,
} from '../MediaDriver.js';
import type { SfuTransport } from './SfuTransport.js';
import type { WireConsumer, WireSubscribe } from './wire.js';

/** The wire takes no more in one request. */
const MOST = 512;

/** What this page receives from the server. */
export class SfuReceiver {
  readonly #consumers = new Map<string, types.Consumer>();
  /** What the server sends without having been asked, until it is subscribed to: by producer id. */
  readonly #offered = new Map<string, WireConsumer>();
  /** Consumers and producers that went while they, or others, were still being set up: by id. */
  readonly #goneEarly = new Set<string>();
  #settingUp = 0;
  #capabilitiesSent = false;

  constructor(
    private readonly path: SfuTransport,
    private readonly capabilities: types.RtpCapabilities,
    private readonly context: DriverContext,
  ) {}

  async subscribe(
    producers: readonly RemoteProducer[],
    options: SubscribeOptions,
  ): Promise<SubscribeResult[]> {
    const results: SubscribeResult[] = [];
    let from = 0;
    do {
      results.push(...(await this.#subscribe(producers.slice(from, from + MOST), options)));
      from += MOST;
    } while (from < producers.length);
    return results;
  }

  /** A producer was announced together with the consumer that the server has made for it. */
  offer(info: WireConsumer): void {
    this.#offered.set(info.producerId, info);
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    const consumerIds = producerIds
      .map((producerId) => this.#close(producerId))
      .filter((id) => id !== undefined);
    if (consumerIds.length > 0) await this.context.request('closeConsumer', { consumerIds });
  }

  /** The producer is gone, and its consumer with it. */
  producerClosed(producerId: string): void {
    if (this.#settingUp > 0) this.#goneEarly.add(producerId);
    this.#close(producerId);
  }

  /** True when it was being received. */
  consumerClosed(consumerId: string, producerId: string): boolean {
    if (this.#consumers.get(producerId)?.id === consumerId) return this.#close(producerId) !== undefined;
    if (this.#settingUp > 0) this.#goneEarly.add(consumerId);
    this.#offered.delete(producerId);
    return false;
  }

  /** Which producer a consumer carries. */
  producerOf(consumerId: string): string | undefined {
    for (const [producerId, consumer] of this.#consumers) if (consumer.id === consumerId) return producerId;
    return undefined;
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    const consumer = this.#get(producerId);
    await this.context.request(receiving ? 'resume' : 'pause', { consumerId: consumer.id });
  }

  async setPreferredLayers(producerId: string, layers: VideoLayers): Promise<void> {
    await this.context.request('setPreferredLayers', { consumerId: this.#get(producerId).id, ...layers });
  }

  stats(): Promise<DriverTrackReport[]> {
    return Promise.all(
      [...this.#consumers].map(async ([producerId, consumer]) => ({
        producerId,
        direction: 'recv' as const,
        report: await consumer.getStats(),
      })),
    );
  }

  async #subscribe(
    producers: readonly RemoteProducer[],
    options: SubscribeOptions,
  ): Promise<SubscribeResult[]> {
    this.#settingUp += 1;
    try {
      const answer = await this.#ask(
        producers.map(({ producerId }) => producerId),
        options,
      );
      const infos = new Map(answer.consumers.map((info) => [info.producerId, info]));
      const refused = new Map(answer.failed.map(({ producerId, code }) => [producerId, code]));
      const results = await Promise.all(
        producers.map((producer) => {
          const info = infos.get(producer.producerId);
          return info
            ? this.#receive(producer, info)
            : failed(
                producer,
                new ParlorError(
                  refused.get(producer.producerId) ?? 'SUBSCRIBE_FAILED',
                  'The server does not send this track.',
                ),
              );
        }),
      );
      this.#resume(answer.consumers);
      return results;
    } catch (error) {
      return producers.map((producer) => failed(producer, toParlorError(error, 'SUBSCRIBE_FAILED')));
    } finally {
      this.#settingUp -= 1;
      if (this.#settingUp === 0) this.#goneEarly.clear();
    }
  }

  /** The consumers: those that were offered, and the others from the server. */
  async #ask(producerIds: readonly string[], { follow }: SubscribeOptions): Promise<WireSubscribe> {
    const consumers = producerIds.map((id) => this.#offered.get(id)).filter((info) => info !== undefined);
    const wanted = producerIds.filter((id) => !this.#offered.delete(id));
    if (wanted.length === 0 && follow === undefined) return { consumers, failed: [] };
    const capabilities = this.#capabilitiesSent ? {} : { rtpCapabilities: this.capabilities };
    this.#capabilitiesSent = true;
    const answer = (await this.context.request('subscribe', {
      producerIds: wanted,
      ...capabilities,
      ...(follow === undefined ? {} : { follow }),
    })) as WireSubscribe;
    return { consumers: [...consumers, ...answer.consumers], failed: answer.failed };
  }

  async #receive(producer: RemoteProducer, info: WireConsumer): Promise<SubscribeResult> {
    const { producerId, peerId, source } = producer;
    try {
      const consumer = await this.path.transport.consume({
        id: info.consumerId,
        producerId,
        kind: info.kind,
        rtpParameters: info.rtpParameters,
        // Lip sync is per stream: a face with its voice, a screen with its sound.
        streamId: source.startsWith('screen') ? `${peerId}-screen` : peerId,
      });
      if (this.#goneEarly.has(info.consumerId) || this.#goneEarly.has(producerId)) {
        consumer.close();
        return failed(producer, new ParlorError('CONSUMER_NOT_FOUND', 'The track ended meanwhile.'));
      }
      this.#consumers.get(producerId)?.close();
      this.#consumers.set(producerId, consumer);
      return { producerId, mediaStreamTrack: consumer.track };
    } catch (error) {
      return failed(producer, toParlorError(error, 'SUBSCRIBE_FAILED'));
    }
  }

  /** Those that wait for the browser to be ready, all at once; the server passes over those just gone. */
  #resume(infos: readonly WireConsumer[]): void {
    const live = new Set([...this.#consumers.values()].map(({ id }) => id));
    const waiting = infos.filter(({ paused, consumerId }) => paused && live.has(consumerId));
    const consumerIds = waiting.map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) this.context.tell('resume', { consumerIds });
  }

  #get(producerId: string): types.Consumer {
    const consumer = this.#consumers.get(producerId);
    if (consumer) return consumer;
    throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
  }

  #close(producerId: string): string | undefined {
    const consumer = this.#consumers.get(producerId);
    this.#consumers.delete(producerId);
    consumer?.close();
    const offered = this.#offered.get(producerId);
    this.#offered.delete(producerId);
    return consumer?.id ?? offered?.consumerId;
  }
}

const failed = ({ producerId }: RemoteProducer, error: ParlorError): SubscribeResult => ({
  producerId,
  error,
});
