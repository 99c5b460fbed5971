import type { types } from 'mediasoup-client';
import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import type { HoldReason } from '../../types.js';
import type {
  DriverContext,
  DriverFactory,
  DriverReports,
  DriverState,
  MediaDriver,
  MediaDriverEvents,
  PublishRequest,
  RemoteProducer,
  SubscribeOptions,
  SubscribeResult,
  WantedLayers,
} from '../MediaDriver.js';
import { Abilities, browserHandler, type Direction } from './device.js';
import type { Keeper } from './keeper/Keeper.js';
import { SfuReceiver } from './SfuReceiver.js';
import { SfuSender } from './SfuSender.js';
import type { SfuTransport } from './SfuTransport.js';
import { TransportMaker } from './TransportMaker.js';
import type { WireConsumer, WireJoin } from './wire.js';

/** One transport each way, and what goes over it. */
export interface SfuPath {
  send: SfuTransport;
  recv: SfuTransport;
  readonly sender: SfuSender;
  readonly receiver: SfuReceiver;
  /** Where others come from. */
  readonly transports: TransportMaker;
}

/** Milliseconds after which the browser is asked what it can send: until then it has to do with what it receives. */
export const SEND_LATER = 100;

/** Media through the server, on mediasoup-client. */
export class SfuDriver extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly topology = 'sfu';
  readonly #abilities: Abilities;
  #path: SfuPath | undefined;
  #state: DriverState = 'new';
  /** Looks after the path once it is up. Null: it could not be loaded, and transports look after themselves. */
  #keeper: Keeper | 'loading' | null | undefined;
  #stopTimer: (() => void) | undefined;

  /** @throws ParlorError `BROWSER_UNSUPPORTED` */
  constructor(
    private readonly context: DriverContext,
    chooseHandler: () => types.HandlerFactory = browserHandler,
  ) {
    super();
    this.#abilities = new Abilities(chooseHandler());
  }

  get state(): DriverState {
    return this.#state;
  }

  async prepare(): Promise<void> {
    await this.#abilities.ask('recv');
    if (this.#state === 'closed') return;
    this.#stopTimer = this.context.platform.timer(() => {
      // The first publication fails with the error.
      this.prepareToSend().catch(() => undefined);
    }, SEND_LATER);
  }

  /** Whatever the first publication needs and joining does not. */
  async prepareToSend(): Promise<void> {
    await (this.#path?.send.ready() ?? this.#abilities.ask('send'));
  }

  joinRequest(): Record<string, unknown> {
    const { dynacast } = this.context;
    return { transports: ['send', 'recv'] satisfies Direction[], lazy: true, ...(dynacast && { dynacast }) };
  }

  async open(joinAnswer: unknown): Promise<void> {
    const joined = joinAnswer as WireJoin;
    const transports = new TransportMaker({
      context: this.context,
      abilities: this.#abilities,
      joined,
      follow: (transport) => {
        this.#follow(transport);
      },
    });
    const [send, recv, capabilities] = await Promise.all([
      transports.create({ direction: 'send', info: joined.transports?.send }),
      transports.createReady({ direction: 'recv', info: joined.transports?.recv }),
      transports.capabilities('recv'),
    ]);
    if (this.#state === 'closed') {
      recv.close();
      throw new ParlorError('CANCELLED', 'The media path was closed while it was set up.');
    }
    const sender = new SfuSender(send, () => transports.capabilities('send'), this.context);
    const receiver = new SfuReceiver(recv, capabilities, {
      ...this.context,
      replaced: (producerId, media) => {
        this.emit('trackReplaced', producerId, media);
      },
      held: (producerId, reason) => {
        this.emit('held', producerId, reason);
      },
    });
    this.#path = { send, recv, sender, receiver, transports };
  }

  async publish(request: PublishRequest): Promise<string> {
    try {
      return await this.#open.sender.publish(request);
    } catch (error) {
      throw toParlorError(error, 'PUBLISH_FAILED');
    } finally {
      this.#watch?.wake();
    }
  }

  async unpublish(producerId: string): Promise<void> {
    await this.#open.sender.unpublish(producerId);
  }

  async replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    await this.#open.sender.replaceTrack(producerId, mediaStreamTrack);
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    await this.#open.sender.setMuted(producerId, muted);
  }

  async subscribe(
    producers: readonly RemoteProducer[],
    options: SubscribeOptions = {},
  ): Promise<SubscribeResult[]> {
    const results = await this.#open.receiver.subscribe(producers, options);
    this.#watch?.wake();
    return results;
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    await this.#open.receiver.unsubscribe(producerIds);
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    await this.#open.receiver.setReceiving(producerId, receiving);
  }

  async setPreferredLayers(producerId: string, layers: WantedLayers): Promise<void> {
    await this.#open.receiver.setPreferredLayers(producerId, layers);
  }

  /** Signalling is as short a way. */
  sendData(): boolean {
    return false;
  }

  async stats(): Promise<DriverReports> {
    const path = this.#path;
    if (!path) return { tracks: [], transports: [] };
    const [sent, received] = await Promise.all([path.sender.stats(), path.receiver.stats()]);
    // Each report also holds the transport it runs over: one of each direction tells all.
    const transports = [sent[0], received[0]]
      .filter((each) => each !== undefined)
      .map(({ report }) => report);
    return { tracks: [...sent, ...received], transports };
  }

  async restart(): Promise<void> {
    await Promise.all([this.#open.send.restart(), this.#open.recv.restart()]);
  }

  handleNotification(method: string, data: Record<string, unknown>): void {
    const path = this.#path;
    if (!path) return;
    const { sender, receiver } = path;
    const producerId = String(data['producerId']);
    const consumerId = String(data['consumerId']);
    const made = data['consumer'] as WireConsumer | undefined;
    const held = data['held'] as HoldReason | undefined;
    const reason = data['reason'] as HoldReason | undefined;
    if (reason && /^consumer(Paus|Resum)ed$/.test(method)) {
      receiver.hold(consumerId, method === 'consumerPaused' ? reason : undefined);
      return;
    }
    switch (method) {
      case 'newProducer':
        receiver.offer(producerId, made ?? held);
        break;
      case 'newConsumer':
      case 'producerMoved':
        receiver.moved(made?.producerId ?? producerId, made ?? held).catch((error: unknown) => {
          this.context.logger.warn('a track that has moved is not received', error);
        });
        break;
      case 'producerClosed':
        if (sender.has(producerId)) this.emit('publicationLost', producerId);
        sender.lost(producerId);
        receiver.producerClosed(producerId);
        break;
      case 'consumerClosed':
        if (receiver.consumerClosed(consumerId, producerId, held)) this.emit('trackLost', producerId);
        break;
      case 'consumerScore': {
        const received = receiver.by(consumerId);
        // Of what nobody receives nothing may come.
        if (received?.receiving && !received.held)
          this.#score(received.producer.producerId, Number(data['producerScore']), false);
        break;
      }
      case 'producerScore':
        this.#score(producerId, bestScore(data['scores']), true);
        break;
      case 'producerDemand':
        sender.demands.set(producerId, Number(data['spatialLayer'] ?? -1));
        this.#watch?.limit();
        break;
      case 'transportClosed':
        // Of one that was given up it is no news.
        if ([path.send, path.recv].some(({ id }) => id === data['transportId'])) this.#setState('failed');
        break;
      default:
        this.#watch?.hear(method, data);
    }
  }

  close(): void {
    this.#setState('closed');
    this.removeAllListeners();
    this.#stopTimer?.();
    this.#watch?.close();
    this.#path?.send.close();
    this.#path?.recv.close();
    this.#path = undefined;
  }

  /** @throws ParlorError `NOT_CONNECTED` */
  get #open(): SfuPath {
    if (this.#path) return this.#path;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path now.');
  }

  get #watch(): Keeper | undefined {
    return this.#keeper === 'loading' ? undefined : (this.#keeper ?? undefined);
  }

  #follow(transport: SfuTransport): void {
    transport.on('changed', () => {
      this.#updateState();
    });
    transport.on('failed', (error) => {
      if (this.#watch) this.#watch.broken(transport);
      else this.#fail(error);
    });
  }

  /** What watches over the path is loaded when there is one: joining does not wait for it. */
  #keep(path: SfuPath): void {
    if (this.#keeper !== undefined) return;
    this.#keeper = 'loading';
    const loaded = import('./keeper/Keeper.js').then(
      ({ Keeper: Watch }) => {
        if (this.#path !== path) return;
        this.#keeper = new Watch({
          context: this.context,
          path,
          onScore: (...score) => {
            this.emit('score', ...score);
          },
          onRepair: (repair) => {
            this.emit('repair', repair);
          },
          onTrackLost: (producerId) => {
            this.emit('trackLost', producerId);
          },
          onState: () => {
            this.#updateState();
          },
          onFailed: (error) => {
            this.#fail(error);
          },
        });
      },
      (error: unknown) => {
        this.#keeper = null;
        this.context.logger.warn('repairs could not be loaded', error);
      },
    );
    void loaded.then(() => {
      this.#updateState();
    });
  }

  #score(producerId: string, score: number, own: boolean): void {
    if (this.#watch) this.#watch.score(producerId, score, own);
    else this.emit('score', producerId, score, own);
  }

  #updateState(): void {
    const [path, watch] = [this.#path, this.#watch];
    if (!path || this.#state === 'failed') return;
    const states = [path.send.state, path.recv.state];
    const isUp = states.includes('connected');
    if (isUp) this.#keep(path);
    watch?.wake();
    // `failed` of one transport is being repaired: it is ours only when that did not help.
    if (watch?.isRepairing || states.some((state) => state === 'disconnected' || state === 'failed'))
      this.#setState('disconnected');
    else if (states.includes('connecting')) this.#setState('connecting');
    else if (isUp && (this.#keeper === null || watch?.isProven)) this.#setState('connected');
  }

  #fail(error: ParlorError): void {
    this.emit('error', error);
    this.#setState('failed');
  }

  #setState(state: DriverState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

/** Of a simulcast publication: upper layers may rest without anything being wrong. */
const bestScore = (scores: unknown): number =>
  Array.isArray(scores) ? Math.max(0, ...scores.map(({ score }: { score: number }) => score)) : 0;

/** The driver of a room by default. */
export const sfuDriver: DriverFactory = (context) => new SfuDriver(context);
