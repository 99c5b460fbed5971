import type { types } from 'mediasoup';
import type { DataMessage, DataStreams, DataStreamsEvents } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';
import type { DataHub } from './DataHub.js';
import { mediaError } from './mediaError.js';

/**
 * Streams that are listened to. The worker drops what comes on others and tells nobody, so all have to be there before
 * the client opens its first channel. Clients open those of one parity (RFC 8832 §6), from the lowest on.
 */
const STREAMS = 16;

/**
 * The SCTP association of one client. mediasoup hands messages on as they are, those of the channels' own protocol
 * (DCEP, RFC 8832) too: a data producer for each stream brings them in, a data consumer takes them out.
 */
export class SctpStreams extends Emitter<DataStreamsEvents> implements DataStreams {
  readonly #transport: types.WebRtcTransport;
  readonly #hub: DataHub;
  readonly #outgoing = new Map<number, Promise<types.DataConsumer>>();

  /** @throws MEDIA_UNAVAILABLE */
  static async open(transport: types.WebRtcTransport, hub: DataHub): Promise<SctpStreams> {
    const streams = new SctpStreams(transport, hub);
    try {
      await Promise.all(Array.from({ length: STREAMS }, (_, streamId) => streams.#listen(streamId)));
    } catch (error) {
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
    return streams;
  }

  private constructor(transport: types.WebRtcTransport, hub: DataHub) {
    super();
    this.#transport = transport;
    this.#hub = hub;
  }

  async send({ streamId, ppid, data }: DataMessage): Promise<void> {
    const consumer = await (this.#outgoing.get(streamId) ?? this.#open(streamId));
    try {
      await consumer.send(Buffer.from(data.buffer, data.byteOffset, data.byteLength), ppid);
    } catch (error) {
      throw this.#failure(error, { streamId, consumer });
    }
  }

  async #listen(streamId: number): Promise<void> {
    const producer = await this.#transport.produceData({ sctpStreamParameters: { streamId, ordered: true } });
    await this.#hub.listen(producer, ({ data, ppid }) => {
      this.emit('message', { streamId, ppid, data });
    });
  }

  #open(streamId: number): Promise<types.DataConsumer> {
    const opening = this.#consume(streamId).catch((error: unknown) => {
      this.#outgoing.delete(streamId);
      throw mediaError('MEDIA_UNAVAILABLE', error);
    });
    this.#outgoing.set(streamId, opening);
    return opening;
  }

  async #consume(streamId: number): Promise<types.DataConsumer> {
    const dataProducerId = await this.#hub.sourceId();
    // mediasoup counts through the streams; a channel is answered on the one that it was opened on.
    const allocateSctpStreamId = { value: () => streamId, configurable: true };
    Object.defineProperty(this.#transport, 'allocateSctpStreamId', allocateSctpStreamId);
    const consumer = await this.#transport.consumeData({ dataProducerId });
    if (consumer.sctpStreamParameters?.streamId === streamId) return consumer;
    consumer.close();
    throw new Error('mediasoup sends on another stream than it was told');
  }

  #failure(error: unknown, stream: { streamId: number; consumer: types.DataConsumer }): ParlorError {
    const { streamId, consumer } = stream;
    if (error instanceof Error && error.message.includes('sctpsendbufferfull'))
      return new ParlorError('SLOW_RECEIVER', 'the client reads its data channel too slowly');
    // A client that closes a channel resets the stream, and the worker lets go of the consumer without a word.
    if (!(error instanceof Error && error.name === 'NotFoundError'))
      return mediaError('MEDIA_UNAVAILABLE', error);
    if (!consumer.closed) {
      consumer.close();
      this.#outgoing.delete(streamId);
    }
    return new ParlorError('NOT_FOUND', `the client has closed data channel ${String(streamId)}`);
  }
}
