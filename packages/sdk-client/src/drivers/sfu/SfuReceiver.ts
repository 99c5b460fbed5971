import type { types } from 'mediasoup-client';
import { ParlorError, toParlorError } from '../../errors.js';
import type { HoldReason } from '../../types.js';
import type {
  DriverContext,
  DriverTrackReport,
  RemoteProducer,
  SubscribeOptions,
  SubscribeResult,
  WantedLayers,
} from '../MediaDriver.js';
import { chooseLayers } from './chooseLayers.js';
import type { SfuTransport } from './SfuTransport.js';
import type { WireConsumer, WireSubscribe } from './wire.js';

/** The wire takes no more in one request. */
const MOST = 512;

/** What is received of one producer. */
export interface Received {
  readonly producer: RemoteProducer;
  readonly consumer: types.Consumer;
  /** False: paused by this page. */
  receiving: boolean;
  /** By its publisher. */
  paused: boolean;
  /** False: the server finds the way down too narrow for any layer. */
  forwarded: boolean;
  /** It comes in several layers, of which the server tells when nothing comes. */
  readonly layered: boolean;
  layers: WantedLayers | undefined;
  /** Why the room does not forward it now. */
  held: HoldReason | undefined;
}

/** What is subscribed to and the room does not forward now: there is no consumer of it. */
type Held = Pick<Received, 'producer' | 'receiving' | 'layers'>;

interface ReceiverContext extends DriverContext {
  /** What was being received is another object now, or has come at last. */
  readonly replaced: (producerId: string, mediaStreamTrack: MediaStreamTrack) => void;
  /** The room does not forward it now, or (undefined) again. */
  readonly held: (producerId: string, reason: HoldReason | undefined) => void;
}

/** What this page receives from the server. */
export class SfuReceiver {
  /** By producer id. */
  readonly received = new Map<string, Received>();
  /** What the server sends, or holds, without having been asked, until it is subscribed to: by producer id. */
  readonly #offered = new Map<string, WireConsumer | HoldReason>();
  readonly #held = new Map<string, Held>();
  /** Given up while they were held: by producer id. */
  readonly #unwanted = new Set<string>();
  /** Consumers and producers that went while they, or others, were still being set up: by id. */
  readonly #goneEarly = new Set<string>();
  #settingUp = 0;
  #capabilitiesSent = false;
  #follow: boolean | undefined;

  constructor(
    private path: SfuTransport,
    private readonly capabilities: types.RtpCapabilities,
    private readonly context: ReceiverContext,
  ) {}

  async subscribe(
    producers: readonly RemoteProducer[],
    options: SubscribeOptions,
  ): Promise<SubscribeResult[]> {
    this.#follow = options.follow ?? this.#follow;
    const results: SubscribeResult[] = [];
    let from = 0;
    do {
      results.push(...(await this.#subscribe(producers.slice(from, from + MOST), options)));
      from += MOST;
    } while (from < producers.length);
    return results;
  }

  /** Another transport from now on; what is received has to be subscribed to again. */
  use(path: SfuTransport): void {
    this.path = path;
    this.#offered.clear();
  }

  /** Receives the same anew: objects change, and what the page wants of each stays. */
  async renew(): Promise<SubscribeResult[]> {
    const producers = [...this.received.values(), ...this.#held.values()].map(({ producer }) => producer);
    return await this.subscribe(producers, this.#follow === undefined ? {} : { follow: this.#follow });
  }

  async requestKeyFrame(producerId: string): Promise<void> {
    const consumer = this.received.get(producerId)?.consumer;
    if (consumer) await this.context.request('requestKeyFrame', { consumerId: consumer.id });
  }

  /** Has the server make another consumer of what is received: the one that there is has stopped. @throws ParlorError */
  async anew(producerId: string): Promise<void> {
    const known = this.received.get(producerId);
    if (!known) return;
    // Where the server has none any more, all the more.
    await this.context.request('closeConsumer', { consumerIds: [known.consumer.id] }).catch(() => undefined);
    if (this.received.get(producerId) !== known) return;
    const [result] = await this.subscribe([known.producer], {});
    if (result && 'error' in result) throw result.error;
  }

  /** A producer was announced together with the consumer that the server has made for it, or why there is none. */
  offer(producerId: string, offered: WireConsumer | HoldReason | undefined): void {
    if (offered) this.#offered.set(producerId, offered);
  }

  /** A producer goes on by other means, or is forwarded at last: so does what is received of it. */
  async moved(producerId: string, offered: WireConsumer | HoldReason | undefined): Promise<void> {
    this.offer(producerId, offered);
    const known = this.received.get(producerId) ?? this.#held.get(producerId);
    if (known) await this.subscribe([known.producer], {});
    else if (this.#unwanted.has(producerId)) await this.unsubscribe([producerId]);
  }

  /** The room holds a consumer, or (undefined) lets it flow again. */
  hold(consumerId: string, reason: HoldReason | undefined): void {
    const received = this.by(consumerId);
    if (!received) return;
    received.held = reason;
    this.context.held(received.producer.producerId, reason);
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    const consumerIds: string[] = [];
    for (const producerId of producerIds) {
      const isHeld = this.#held.has(producerId) || typeof this.#offered.get(producerId) === 'string';
      const consumerId = this.#close(producerId);
      if (consumerId !== undefined) consumerIds.push(consumerId);
      if (isHeld) this.#unwanted.add(producerId);
    }
    if (consumerIds.length > 0) await this.context.request('closeConsumer', { consumerIds });
  }

  /** The producer is gone, and its consumer with it. */
  producerClosed(producerId: string): void {
    if (this.#settingUp > 0) this.#goneEarly.add(producerId);
    this.#close(producerId);
    this.#unwanted.delete(producerId);
  }

  /** True when it was being received. @param held The server makes another one when it is forwarded again. */
  consumerClosed(consumerId: string, producerId: string, held?: HoldReason): boolean {
    const received = this.received.get(producerId);
    if (received?.consumer.id === consumerId) {
      if (!held) return this.#close(producerId) !== undefined;
      this.#hold(received.producer, held);
      return false;
    }
    if (this.#settingUp > 0) this.#goneEarly.add(consumerId);
    this.#offered.delete(producerId);
    return false;
  }

  /** What a consumer carries. */
  by(consumerId: string): Received | undefined {
    for (const each of this.received.values()) if (each.consumer.id === consumerId) return each;
    return undefined;
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    const consumer = this.#with(producerId, { receiving });
    if (consumer) await this.context.request(receiving ? 'resume' : 'pause', { consumerId: consumer.id });
  }

  async setPreferredLayers(producerId: string, layers: WantedLayers): Promise<void> {
    const consumer = this.#with(producerId, { layers });
    const chosen = consumer && chooseLayers(layers, consumer.rtpParameters);
    if (chosen) await this.context.request('setPreferredLayers', { consumerId: consumer.id, ...chosen });
  }

  stats(): Promise<DriverTrackReport[]> {
    return Promise.all(
      [...this.received].map(async ([producerId, { consumer }]) => ({
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
      const refused = new Map(answer.failed.map((failure) => [failure.producerId, failure]));
      for (const producer of producers) {
        const { held } = refused.get(producer.producerId) ?? {};
        if (held) this.#hold(producer, held);
      }
      const results = await Promise.all(
        producers.map((producer) => {
          const info = infos.get(producer.producerId);
          return info
            ? this.#receive(producer, info)
            : failed(
                producer,
                new ParlorError(
                  refused.get(producer.producerId)?.code ?? 'SUBSCRIBE_FAILED',
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
    const { path } = this;
    const consumers: WireConsumer[] = [];
    const failed: WireSubscribe['failed'] = [];
    for (const producerId of producerIds) {
      this.#unwanted.delete(producerId);
      const offered = this.#offered.get(producerId);
      if (typeof offered === 'string') failed.push({ producerId, code: 'PRODUCER_PENDING', held: offered });
      else if (offered) consumers.push(offered);
    }
    const wanted = producerIds.filter((id) => !this.#offered.delete(id));
    if (wanted.length === 0 && follow === undefined) return { consumers, failed };
    const capabilities = this.#capabilitiesSent ? {} : { rtpCapabilities: this.capabilities };
    this.#capabilitiesSent = true;
    const answer = (await this.context.request('subscribe', {
      producerIds: wanted,
      ...capabilities,
      ...(follow === undefined ? {} : { follow }),
    })) as WireSubscribe;
    // Consumers of a transport that was given up meanwhile are of no use.
    if (path !== this.path) return await this.#ask(producerIds, follow === undefined ? {} : { follow });
    return { consumers: [...consumers, ...answer.consumers], failed: [...failed, ...answer.failed] };
  }

  async #receive(producer: RemoteProducer, info: WireConsumer): Promise<SubscribeResult> {
    const { path } = this;
    const { producerId, peerId, source } = producer;
    const known = this.received.get(producerId)?.consumer;
    // Told twice: in answer to a request, and on the server's own account.
    if (known?.id === info.consumerId) return { producerId, mediaStreamTrack: known.track };
    let consumer: types.Consumer | undefined;
    try {
      consumer = await path.transport.consume({
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
      if (path === this.path) this.#put(producer, consumer, info);
    } catch (error) {
      if (path === this.path) return failed(producer, toParlorError(error, 'SUBSCRIBE_FAILED'));
    }
    // The transport was given up, or the producer has moved on, while this was being set up.
    if (consumer && path === this.path && !this.#offered.has(producerId))
      return { producerId, mediaStreamTrack: consumer.track };
    const [again] = await this.#subscribe([producer], {});
    return again ?? failed(producer, new ParlorError('SUBSCRIBE_FAILED', 'The track ended meanwhile.'));
  }

  #put(producer: RemoteProducer, consumer: types.Consumer, info: WireConsumer): void {
    const { producerPaused, type, held } = info;
    const { producerId } = producer;
    const before = this.received.get(producerId);
    const known = before ?? this.#held.get(producerId);
    const { receiving = true, layers } = known ?? {};
    this.#held.delete(producerId);
    this.received.set(producerId, {
      producer,
      consumer,
      receiving,
      layers,
      paused: producerPaused,
      forwarded: true,
      layered: type === 'simulcast',
      held,
    });
    if (known ?? held) this.context.held(producerId, held);
    if (!known) return;
    this.context.replaced(producerId, consumer.track);
    before?.consumer.close();
    const restored = [
      receiving ? undefined : this.setReceiving(producerId, false),
      layers && this.setPreferredLayers(producerId, layers),
    ];
    Promise.all(restored).catch((error: unknown) => {
      this.context.logger.warn('settings of a subscription were refused', error);
    });
  }

  /** Those that wait for the browser to be ready, all at once; the server passes over those just gone. */
  #resume(infos: readonly WireConsumer[]): void {
    const wanted = [...this.received.values()].filter(({ receiving }) => receiving);
    const live = new Set(wanted.map(({ consumer }) => consumer.id));
    const waiting = infos.filter(({ paused, consumerId }) => paused && live.has(consumerId));
    const consumerIds = waiting.map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) this.context.tell('resume', { consumerIds });
  }

  /** There is no consumer of it for as long as it is held. */
  #with(
    producerId: string,
    changed: Partial<Pick<Received, 'receiving' | 'layers'>>,
  ): types.Consumer | undefined {
    const known = this.received.get(producerId) ?? this.#held.get(producerId);
    if (!known) throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
    Object.assign(known, changed);
    return this.received.get(producerId)?.consumer;
  }

  #hold(producer: RemoteProducer, reason: HoldReason): void {
    const { producerId } = producer;
    const { receiving = true, layers } = this.received.get(producerId) ?? this.#held.get(producerId) ?? {};
    this.#close(producerId);
    this.#held.set(producerId, { producer, receiving, layers });
    this.context.held(producerId, reason);
  }

  #close(producerId: string): string | undefined {
    const consumer = this.received.get(producerId)?.consumer;
    this.received.delete(producerId);
    consumer?.close();
    const offered = this.#offered.get(producerId);
    this.#offered.delete(producerId);
    this.#held.delete(producerId);
    return consumer?.id ?? (typeof offered === 'object' ? offered.consumerId : undefined);
  }
}

const failed = ({ producerId }: RemoteProducer, error: ParlorError): SubscribeResult => ({
  producerId,
  error,
});
