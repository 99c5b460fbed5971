import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import { FakeMediaStreamTrack } from '../../testing/fakeMedia.js';
import type { HoldReason, TrackKind } from '../../types.js';
import type {
  DriverContext,
  DriverFactory,
  DriverReports,
  DriverState,
  MediaDriver,
  MediaDriverEvents,
  PublishRequest,
  RemoteProducer,
  SubscribeResult,
  WantedLayers,
} from '../MediaDriver.js';
import { appDataOf } from '../appData.js';

interface Sent {
  mediaStreamTrack: MediaStreamTrack;
  muted: boolean;
}

interface Received {
  readonly consumerId: string;
  readonly mediaStreamTrack: FakeMediaStreamTrack;
}

interface SubscribeAnswer {
  consumers: { consumerId: string; producerId: string; kind: TrackKind }[];
  failed: { producerId: string; code: string }[];
}

/** A MediaDriver without media: everything goes over signalling as with the real one, and tracks are fakes. */
export class FakeDriver extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly topology = 'sfu';
  readonly sent = new Map<string, Sent>();
  readonly received = new Map<string, Received>();
  readonly layers = new Map<string, WantedLayers>();
  readonly notReceiving = new Set<string>();
  restarts = 0;
  #state: DriverState = 'new';
  #open = false;

  constructor(private readonly context: DriverContext) {
    super();
  }

  get state(): DriverState {
    return this.#state;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  joinRequest(): Record<string, unknown> {
    return { transports: ['send', 'recv'] };
  }

  open(): Promise<void> {
    if (this.#state === 'closed') return Promise.reject(new ParlorError('CANCELLED', 'closed meanwhile'));
    this.#open = true;
    this.setState('connected');
    return Promise.resolve();
  }

  async publish(request: PublishRequest): Promise<string> {
    const { mediaStreamTrack, kind, muted, formerId } = request;
    // As the real ones: there is nothing to send.
    if (mediaStreamTrack.readyState === 'ended') throw new Error('track ended');
    const appData = appDataOf(request);
    const rtpParameters = { codecs: [], encodings: [] };
    const answer = await this.#request('produce', { kind, rtpParameters, appData, paused: muted, formerId });
    const { producerId } = answer as { producerId: string };
    this.sent.set(producerId, { mediaStreamTrack, muted });
    return producerId;
  }

  async unpublish(producerId: string): Promise<void> {
    this.#sent(producerId);
    this.sent.delete(producerId);
    await this.#request('closeProducer', { producerId });
  }

  replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    return Promise.resolve().then(() => {
      this.#sent(producerId).mediaStreamTrack = mediaStreamTrack;
    });
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    this.#sent(producerId).muted = muted;
    await this.#request(muted ? 'pauseProducer' : 'resumeProducer', { producerId });
  }

  async subscribe(producers: readonly RemoteProducer[]): Promise<SubscribeResult[]> {
    const producerIds = producers.map(({ producerId }) => producerId);
    if (producerIds.length === 0) return [];
    const answer = (await this.#request('subscribe', { producerIds })) as SubscribeAnswer;
    return producerIds.map((producerId) => this.#receive(producerId, answer));
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    const consumerIds = producerIds
      .map((id) => this.received.get(id)?.consumerId)
      .filter((id) => id !== undefined);
    for (const id of producerIds) this.#drop(id);
    if (consumerIds.length > 0) await this.#request('closeConsumer', { consumerIds });
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    const { consumerId } = this.#received(producerId);
    if (receiving) this.notReceiving.delete(producerId);
    else this.notReceiving.add(producerId);
    await this.#request(receiving ? 'resume' : 'pause', { consumerId });
  }

  async setPreferredLayers(producerId: string, layers: WantedLayers): Promise<void> {
    const { consumerId } = this.#received(producerId);
    this.layers.set(producerId, layers);
    const chosen = 'halvings' in layers ? { spatialLayer: Math.max(0, 2 - layers.halvings) } : layers;
    await this.#request('setPreferredLayers', { consumerId, ...chosen });
  }

  /** Signalling is as short a way. */
  sendData(): boolean {
    return false;
  }

  stats(): Promise<DriverReports> {
    return Promise.resolve({ tracks: [], transports: [] });
  }

  async restart(): Promise<void> {
    this.restarts += 1;
    await this.#request('restartIce', { transportId: 'fake' });
  }

  handleNotification(method: string, data: Record<string, unknown>): void {
    const producerId = String(data['producerId']);
    if (method === 'producerClosed') {
      if (this.sent.delete(producerId)) this.emit('publicationLost', producerId);
      this.#drop(producerId);
    }
    if (method === 'consumerClosed' && this.#drop(producerId)) this.emit('trackLost', producerId);
  }

  close(): void {
    this.setState('closed');
    this.removeAllListeners();
    this.#open = false;
    for (const producerId of [...this.received.keys()]) this.#drop(producerId);
    this.sent.clear();
  }

  /** As when the network between browser and server fails. */
  setState(state: DriverState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('stateChanged', state);
  }

  /** As when the media of a subscription changes under the same track. */
  replaceReceived(producerId: string): FakeMediaStreamTrack {
    const { consumerId, mediaStreamTrack: before } = this.#received(producerId);
    const mediaStreamTrack = before.clone();
    this.received.set(producerId, { consumerId, mediaStreamTrack });
    before.end();
    this.emit('trackReplaced', producerId, mediaStreamTrack);
    return mediaStreamTrack;
  }

  /** The server does not forward it, or (undefined) again. */
  tellHeld(producerId: string, reason: HoldReason | undefined): void {
    this.emit('held', producerId, reason);
  }

  /** What the server would say about a stream. */
  tellScore(producerId: string, score: number): void {
    this.emit('score', producerId, score, this.sent.has(producerId));
  }

  #receive(producerId: string, { consumers, failed }: SubscribeAnswer): SubscribeResult {
    const consumer = consumers.find((each) => each.producerId === producerId);
    if (!consumer) {
      const code = failed.find((each) => each.producerId === producerId)?.code ?? 'SUBSCRIBE_FAILED';
      return { producerId, error: new ParlorError(code, 'not received') };
    }
    const mediaStreamTrack = new FakeMediaStreamTrack({ kind: consumer.kind, label: producerId });
    this.received.set(producerId, { consumerId: consumer.consumerId, mediaStreamTrack });
    return { producerId, mediaStreamTrack };
  }

  async #request(method: string, data: unknown): Promise<unknown> {
    if (!this.#open) throw new ParlorError('NOT_CONNECTED', 'there is no media path');
    try {
      return await this.context.request(method, data);
    } catch (error) {
      throw toParlorError(error, 'TRANSPORT_FAILED');
    }
  }

  #sent(producerId: string): Sent {
    const sent = this.sent.get(producerId);
    if (sent) return sent;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'not published');
  }

  #received(producerId: string): Received {
    const received = this.received.get(producerId);
    if (received) return received;
    throw new ParlorError('CONSUMER_NOT_FOUND', 'not received');
  }

  #drop(producerId: string): boolean {
    this.received.get(producerId)?.mediaStreamTrack.end();
    return this.received.delete(producerId);
  }
}

/** A factory for rooms, and the drivers that it made, newest last. */
export function createFakeDrivers(): { factory: DriverFactory; drivers: FakeDriver[] } {
  const drivers: FakeDriver[] = [];
  const factory: DriverFactory = (context) => {
    const driver = new FakeDriver(context);
    drivers.push(driver);
    return driver;
  };
  return { factory, drivers };
}
