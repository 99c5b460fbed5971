import type { ProtooAnswers } from '@parlor/protocol';
import type { types } from 'mediasoup-client';
import { deferred } from '../../deferred.js';
import { ParlorError } from '../../errors.js';
import { appDataOf } from '../appData.js';
import type { DriverContext, DriverTrackReport, PublishRequest } from '../MediaDriver.js';
import { mediaOptions } from './produceOptions.js';
import type { SfuTransport } from './SfuTransport.js';

/** What one `produce` of mediasoup-client is about, found again by its appData object. */
interface Outgoing {
  readonly muted: boolean;
  readonly ids: { readonly producerId: string | undefined; readonly formerId: string | undefined };
  readonly answered: (answer: Promise<string>) => void;
}

/** What is sent of one publication. */
export interface Sent {
  readonly request: PublishRequest;
  producer: types.Producer;
  muted: boolean;
}

/** What this page sends through the server. */
export class SfuSender {
  /** By producer id. */
  readonly sent = new Map<string, Sent>();
  /** By producer id: the highest layer that somebody wants, as the server says, or -1: nobody wants any. */
  readonly demands = new Map<string, number>();
  readonly #outgoing = new Map<unknown, Outgoing>();
  #path: SfuTransport;
  #provisional = 0;

  constructor(
    path: SfuTransport,
    private readonly capabilities: () => Promise<types.RtpCapabilities>,
    private readonly context: DriverContext,
  ) {
    this.#path = path;
  }

  /** Another transport for whatever is sent from now on. */
  use(path: SfuTransport): void {
    this.#path = path;
  }

  has(producerId: string): boolean {
    return this.sent.has(producerId);
  }

  async publish(request: PublishRequest): Promise<string> {
    const path = this.#path;
    const { producer, producerId } = await this.produce(request);
    if (path !== this.#path) {
      // The transport was given up meanwhile: it goes on by the new one.
      producer.close();
      return await this.publish({ ...request, producerId });
    }
    this.sent.set(producerId, { request, producer, muted: request.muted });
    return producerId;
  }

  /** Sends it by the transport that there is now. */
  async produce(request: PublishRequest): Promise<{ producerId: string; producer: types.Producer }> {
    const { mediaStreamTrack, muted, producerId: known, formerId } = request;
    const appData = appDataOf(request);
    const [transport, capabilities] = await Promise.all([this.#ready(), this.capabilities()]);
    let producer: types.Producer | undefined;
    const answered = deferred<string>();
    // When the browser fails after the server has refused, nobody else looks at it.
    answered.promise.catch(() => undefined);
    this.#outgoing.set(appData, { muted, ids: { producerId: known, formerId }, answered: answered.resolve });
    try {
      producer = await transport.produce({
        ...mediaOptions(request, capabilities),
        track: mediaStreamTrack,
        appData,
        // Tracks belong to LocalTrack, which knows when to stop and when to disable them.
        stopTracks: false,
        disableTrackOnPause: false,
      });
      return { producerId: await answered.promise, producer };
    } catch (error) {
      producer?.close();
      throw error;
    } finally {
      this.#outgoing.delete(appData);
    }
  }

  async unpublish(producerId: string): Promise<void> {
    this.#take(producerId)?.close();
    await this.context.request('closeProducer', { producerId });
  }

  /** The server has ended it. */
  lost(producerId: string): void {
    this.#take(producerId)?.close();
  }

  async replaceTrack(producerId: string, track: MediaStreamTrack): Promise<void> {
    await this.#get(producerId).producer.replaceTrack({ track });
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    const sent = this.#get(producerId);
    const { producer } = sent;
    sent.muted = muted;
    if (muted) producer.pause();
    else producer.resume();
    await this.context.request(muted ? 'pauseProducer' : 'resumeProducer', { producerId });
  }

  stats(): Promise<DriverTrackReport[]> {
    return Promise.all(
      [...this.sent].map(async ([producerId, { producer }]) => ({
        producerId,
        direction: 'send' as const,
        report: await producer.getStats(),
      })),
    );
  }

  async #ready(): Promise<types.Transport> {
    const transport = await this.#path.ready();
    if (transport.listenerCount('produce') === 0)
      transport.on('produce', ({ kind, rtpParameters, appData }, callback) => {
        const outgoing = this.#outgoing.get(appData);
        const { muted: paused = false, ids } = outgoing ?? {};
        const data = { transportId: transport.id, kind, rtpParameters, appData, paused, ...ids };
        const answer = this.context.request('produce', data) as Promise<ProtooAnswers['produce']>;
        outgoing?.answered(answer.then(({ producerId }) => producerId));
        // mediasoup-client holds the next produce back until it has an id. Any will do for its books, and camera
        // and microphone go out in one round trip.
        callback({ id: `provisional-${String(++this.#provisional)}` });
      });
    return transport;
  }

  #get(producerId: string): Sent {
    const sent = this.sent.get(producerId);
    if (sent) return sent;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published any more.');
  }

  #take(producerId: string): types.Producer | undefined {
    const producer = this.sent.get(producerId)?.producer;
    this.sent.delete(producerId);
    this.demands.delete(producerId);
    return producer;
  }
}
