import type { types } from 'mediasoup-client';
import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import type { VideoLayers } from '../../types.js';
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
} from '../MediaDriver.js';
import { askAhead, browserHandler, loadDevice } from './device.js';
import { SfuReceiver } from './SfuReceiver.js';
import { SfuSender } from './SfuSender.js';
import { SfuTransport } from './SfuTransport.js';
import type { WireConsumer, WireJoin, WireTransport } from './wire.js';

type Direction = 'send' | 'recv';

interface Path {
  readonly send: SfuTransport;
  readonly recv: SfuTransport;
  readonly sender: SfuSender;
  readonly receiver: SfuReceiver;
}

/** Media through the server, on mediasoup-client. */
export class SfuDriver extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly topology = 'sfu';
  readonly #handler: ReturnType<typeof askAhead>;
  #path: Path | undefined;
  #state: DriverState = 'new';

  /** @throws ParlorError `BROWSER_UNSUPPORTED` */
  constructor(
    private readonly context: DriverContext,
    chooseHandler: () => types.HandlerFactory = browserHandler,
  ) {
    super();
    this.#handler = askAhead(chooseHandler());
  }

  get state(): DriverState {
    return this.#state;
  }

  async prepare(): Promise<void> {
    await this.#handler.ask();
  }

  joinRequest(): Record<string, unknown> {
    return { transports: ['send', 'recv'] satisfies Direction[] };
  }

  async open(joinAnswer: unknown): Promise<void> {
    const answer = joinAnswer as WireJoin;
    const device = await loadDevice(this.#handler.factory, answer.rtpCapabilities);
    const [send, recv] = await Promise.all([
      this.#createTransport(device, { answer, direction: 'send' }),
      this.#createTransport(device, { answer, direction: 'recv' }),
    ]);
    if (this.#state === 'closed') {
      send.close();
      recv.close();
      throw new ParlorError('CANCELLED', 'The media path was closed while it was set up.');
    }
    const sender = new SfuSender(send, device.sendRtpCapabilities, this.context);
    const receiver = new SfuReceiver(recv, device.recvRtpCapabilities, this.context);
    this.#path = { send, recv, sender, receiver };
  }

  async publish(request: PublishRequest): Promise<string> {
    try {
      return await this.#open.sender.publish(request);
    } catch (error) {
      throw toParlorError(error, 'PUBLISH_FAILED');
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
    return await this.#open.receiver.subscribe(producers, options);
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    await this.#open.receiver.unsubscribe(producerIds);
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    await this.#open.receiver.setReceiving(producerId, receiving);
  }

  async setPreferredLayers(producerId: string, layers: VideoLayers): Promise<void> {
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
    switch (method) {
      case 'newProducer':
        if (data['consumer']) receiver.offer(data['consumer'] as WireConsumer);
        break;
      case 'producerClosed':
        if (sender.has(producerId)) this.emit('publicationLost', producerId);
        sender.lost(producerId);
        receiver.producerClosed(producerId);
        break;
      case 'consumerClosed':
        if (receiver.consumerClosed(consumerId, producerId)) this.emit('trackLost', producerId);
        break;
      case 'consumerScore': {
        const received = receiver.producerOf(consumerId);
        if (received !== undefined) this.emit('score', received, Number(data['producerScore']), false);
        break;
      }
      case 'producerScore':
        this.emit('score', producerId, bestScore(data['scores']), true);
        break;
      case 'transportClosed':
        this.#setState('failed');
    }
  }

  close(): void {
    this.#setState('closed');
    this.removeAllListeners();
    this.#path?.send.close();
    this.#path?.recv.close();
    this.#path = undefined;
  }

  /** @throws ParlorError `NOT_CONNECTED` */
  get #open(): Path {
    if (this.#path) return this.#path;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path now.');
  }

  async #createTransport(
    device: types.Device,
    { answer, direction }: { answer: WireJoin; direction: Direction },
  ): Promise<SfuTransport> {
    const info =
      answer.transports?.[direction] ??
      ((await this.context.request('createWebRtcTransport', {
        direction,
      })) as WireTransport);
    const { iceServers, iceTransportPolicy } = this.context.rtcConfiguration;
    const options = {
      ...info,
      iceServers: [...answer.iceServers, ...(iceServers ?? [])],
      ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
    };
    const created =
      direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    const transport = new SfuTransport(created, this.context);
    transport.on('changed', () => {
      this.#updateState();
    });
    transport.on('failed', (error) => {
      this.emit('error', error);
      this.#setState('failed');
    });
    return transport;
  }

  #updateState(): void {
    const path = this.#path;
    if (!path || this.#state === 'failed') return;
    const states = [path.send.state, path.recv.state];
    // `failed` of one transport is being repaired: it is ours only when that did not help.
    if (states.some((state) => state === 'disconnected' || state === 'failed'))
      this.#setState('disconnected');
    else if (states.includes('connecting')) this.#setState('connecting');
    else if (states.includes('connected')) this.#setState('connected');
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
