import type { ProtooAnswers } from '@parlor/protocol';
import type { types } from 'mediasoup-client';
import { deferred } from '../../deferred.js';
import { ParlorError } from '../../errors.js';
import type { DriverContext, DriverTrackReport, PublishRequest } from '../MediaDriver.js';
import { mediaOptions } from './produceOptions.js';
import type { SfuTransport } from './SfuTransport.js';

/** What one `produce` of mediasoup-client is about, found again by its appData object. */
interface Outgoing {
  readonly muted: boolean;
  readonly producerId: string | undefined;
  readonly answered: (answer: Promise<string>) => void;
}

/** What this page sends through the server. */
export class SfuSender {
  readonly #producers = new Map<string, types.Producer>();
  readonly #outgoing = new Map<unknown, Outgoing>();
  #provisional = 0;

  constructor(
    private readonly path: SfuTransport,
    private readonly capabilities: types.RtpCapabilities,
    private readonly context: DriverContext,
  ) {
    path.transport.on('produce', ({ kind, rtpParameters, appData }, callback) => {
      const outgoing = this.#outgoing.get(appData);
      const { muted: paused = false, producerId } = outgoing ?? {};
      const carriedOn = producerId === undefined ? {} : { producerId };
      const answer = this.#request({ kind, rtpParameters, appData, paused, ...carriedOn });
      outgoing?.answered(answer);
      // mediasoup-client holds the next produce back until it has an id. Any will do for its books, and camera
      // and microphone go out in one round trip.
      callback({ id: `provisional-${String(++this.#provisional)}` });
    });
  }

  has(producerId: string): boolean {
    return this.#producers.has(producerId);
  }

  async publish(request: PublishRequest): Promise<string> {
    const { mediaStreamTrack, source, muted, options, producerId: known } = request;
    const appData = { source, ...(options.name === undefined ? {} : { name: options.name }) };
    let producer: types.Producer | undefined;
    const answered = deferred<string>();
    // When the browser fails after the server has refused, nobody else looks at it.
    answered.promise.catch(() => undefined);
    this.#outgoing.set(appData, { muted, producerId: known, answered: answered.resolve });
    try {
      producer = await this.path.transport.produce({
        ...mediaOptions(request, this.capabilities),
        track: mediaStreamTrack,
        appData,
        // Tracks belong to LocalTrack, which knows when to stop and when to disable them.
        stopTracks: false,
        disableTrackOnPause: false,
      });
      const producerId = await answered.promise;
      this.#producers.set(producerId, producer);
      return producerId;
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
    await this.#get(producerId).replaceTrack({ track });
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    const producer = this.#get(producerId);
    if (muted) producer.pause();
    else producer.resume();
    await this.context.request(muted ? 'pauseProducer' : 'resumeProducer', { producerId });
  }

  stats(): Promise<DriverTrackReport[]> {
    return Promise.all(
      [...this.#producers].map(async ([producerId, producer]) => ({
        producerId,
        direction: 'send' as const,
        report: await producer.getStats(),
      })),
    );
  }

  async #request(data: object): Promise<string> {
    const answer = await this.context.request('produce', { transportId: this.path.transport.id, ...data });
    return (answer as ProtooAnswers['produce']).producerId;
  }

  #get(producerId: string): types.Producer {
    const producer = this.#producers.get(producerId);
    if (producer) return producer;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published any more.');
  }

  #take(producerId: string): types.Producer | undefined {
    const producer = this.#producers.get(producerId);
    this.#producers.delete(producerId);
    return producer;
  }
}
