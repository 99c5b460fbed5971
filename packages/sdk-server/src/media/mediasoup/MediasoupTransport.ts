import type { DtlsParameters, IceParameters, SctpParameters, TransportInfo } from '@parlor/protocol';
import type { types } from 'mediasoup';
import type {
  MediaConsumeOptions,
  MediaProduceOptions,
  MediaTransport,
  MediaTransportEvents,
} from '../../core/ports.js';
import { ParlorError } from '../../errors.js';
import type { TransportState, TransportStats } from '../../core/types.js';
import { Emitter } from '../../events.js';
import type { DataHub } from './DataHub.js';
import { consume, produce } from './madeParameters.js';
import { mediaError } from './mediaError.js';
import { MediasoupConsumer } from './MediasoupConsumer.js';
import { MediasoupProducer } from './MediasoupProducer.js';
import type { ConsumerSource, PipedRouter } from './PipedRouter.js';
import { fromDtlsParameters, toDtlsParameters, toRtpParameters } from './rtpTypes.js';
import { SctpStreams } from './SctpStreams.js';
import { TrimmedReceiver } from './TrimmedReceiver.js';

/** The room of a transport. */
export interface TransportOwner {
  /** Where the transport is. */
  readonly router: PipedRouter;
  produced(producer: MediasoupProducer): void;
  consumed(raw: types.Consumer): void;
  /** For the data channels of clients, if they may have some. */
  readonly data: DataHub | undefined;
}

export class MediasoupTransport extends Emitter<MediaTransportEvents> implements MediaTransport {
  readonly info: TransportInfo;
  readonly #raw: types.WebRtcTransport;
  readonly #owner: TransportOwner;
  #told: TransportState = 'new';

  constructor(raw: types.WebRtcTransport, owner: TransportOwner) {
    super();
    this.#raw = raw;
    this.#owner = owner;
    this.info = {
      id: raw.id,
      iceParameters: raw.iceParameters,
      iceCandidates: raw.iceCandidates,
      dtlsParameters: fromDtlsParameters(raw.dtlsParameters),
      ...(raw.sctpParameters && { sctpParameters: sctpOf(raw.sctpParameters) }),
    };
    raw.on('icestatechange', () => {
      this.#stateMayHaveChanged();
    });
    raw.on('dtlsstatechange', (state) => {
      this.#stateMayHaveChanged();
      // The client closed its side (close_notify) or the handshake failed: neither can be mended on this transport.
      if (state !== 'closed' && state !== 'failed') return;
      if (!raw.closed) {
        this.emit('closing');
        raw.close();
      }
      this.emit('closed');
    });
  }

  get state(): TransportState {
    return connectionState(this.#raw);
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    try {
      await this.#raw.connect({ dtlsParameters: toDtlsParameters(dtlsParameters) });
    } catch (error) {
      throw mediaError('BAD_REQUEST', error);
    }
  }

  async restartIce(): Promise<IceParameters> {
    try {
      return await this.#raw.restartIce();
    } catch (error) {
      throw mediaError('MEDIA_UNAVAILABLE', error);
    }
  }

  async stats(): Promise<TransportStats> {
    try {
      const [stats] = await this.#raw.getStats();
      return {
        bytesReceived: stats?.bytesReceived ?? 0,
        bytesSent: stats?.bytesSent ?? 0,
        rtpBytesReceived: stats?.rtpBytesReceived ?? 0,
        rtpBytesSent: stats?.rtpBytesSent ?? 0,
        availableOutgoingBitrate: stats?.availableOutgoingBitrate,
      };
    } catch (error) {
      throw mediaError('TRANSPORT_NOT_FOUND', error);
    }
  }

  async produce(options: MediaProduceOptions): Promise<MediasoupProducer> {
    const { id, kind, paused } = options;
    const rtpParameters = toRtpParameters(options.rtpParameters);
    try {
      const { made, parameters: consumable } = produce(this.#raw, {
        ...(id !== undefined && { id }),
        kind,
        rtpParameters,
        paused,
      });
      const producer = new MediasoupProducer(await made, this.#owner.router, { rtpParameters, consumable });
      this.#owner.produced(producer);
      return producer;
    } catch (error) {
      throw mediaError('UNSUPPORTED_MEDIA', error);
    }
  }

  async consume({ producer, receiver, paused, mid }: MediaConsumeOptions): Promise<MediasoupConsumer> {
    if (!(producer instanceof MediasoupProducer) || !(receiver instanceof TrimmedReceiver)) {
      throw new ParlorError('CANNOT_CONSUME', 'the producer belongs to another media backend');
    }
    const rtpCapabilities = receiver.forProducer(producer.kind, producer.mimeType);
    try {
      let rtpParameters: types.RtpParameters | undefined;
      // No canConsume() before: it does the same work again, and a refusal costs nothing more here.
      const create = (source: ConsumerSource) => {
        const options: types.ConsumerOptions = { ...source, rtpCapabilities, paused };
        // Another spread in the literal would cost more than the rest of it, for each consumer.
        if (mid !== undefined) options.mid = mid;
        const { made, parameters } = consume(this.#raw, options);
        rtpParameters = parameters;
        return made;
      };
      const { router } = this.#owner;
      const raw = await router.consume(producer, create);
      this.#owner.consumed(raw);
      return new MediasoupConsumer(raw, { producer, router, rtpParameters });
    } catch (error) {
      throw mediaError('CANNOT_CONSUME', error);
    }
  }

  async openData(): Promise<SctpStreams> {
    const { data } = this.#owner;
    if (!data) throw new ParlorError('MEDIA_UNAVAILABLE', 'the transport was made without data channels');
    return await SctpStreams.open(this.#raw, data);
  }

  close(): void {
    this.#raw.close();
  }

  #stateMayHaveChanged(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.emit('stateChanged', state);
  }
}

const sctpOf = ({ port, OS, MIS, maxMessageSize }: types.SctpParameters): SctpParameters => ({
  port,
  OS,
  MIS,
  maxMessageSize,
});

/** ICE and DTLS in one word, by the rules of W3C WebRTC §4.3.3. */
function connectionState({ closed, iceState, dtlsState }: types.WebRtcTransport): TransportState {
  if (closed || iceState === 'closed' || dtlsState === 'closed') return 'closed';
  if (dtlsState === 'failed') return 'failed';
  if (iceState === 'disconnected') return 'disconnected';
  if (dtlsState === 'connected') return 'connected';
  return iceState === 'new' && dtlsState === 'new' ? 'new' : 'connecting';
}
