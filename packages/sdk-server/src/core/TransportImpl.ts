import type { DtlsParameters, IceParameters, TransportInfo } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { ConsumerImpl } from './ConsumerImpl.js';
import type { MediaTransport } from './ports.js';
import type { ProducerImpl } from './ProducerImpl.js';
import type {
  DataStreams,
  Transport,
  TransportDirection,
  TransportEvents,
  TransportState,
  TransportStats,
} from './types.js';

export class TransportImpl extends Emitter<TransportEvents> implements Transport {
  readonly direction: TransportDirection;
  readonly media: MediaTransport;
  readonly producers = new Set<ProducerImpl>();
  readonly consumers = new Set<ConsumerImpl>();
  closed = false;
  #closing = false;
  #data: Promise<DataStreams> | undefined;
  #connecting = false;

  constructor(direction: TransportDirection, media: MediaTransport, lost: () => void) {
    super();
    this.direction = direction;
    this.media = media;
    media.on('closing', () => {
      this.aboutToClose();
    });
    media.on('closed', () => {
      if (this.closed) return;
      this.#finish();
      lost();
    });
    media.on('stateChanged', (state) => {
      if (!this.closed) this.emit('stateChanged', state);
    });
  }

  get id(): string {
    return this.media.info.id;
  }

  get info(): TransportInfo {
    return this.media.info;
  }

  get state(): TransportState {
    return this.closed ? 'closed' : this.media.state;
  }

  /** From here on media may reach the client at any time. */
  get connectStarted(): boolean {
    return this.#connecting;
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    if (this.#connecting) {
      throw new ParlorError('ALREADY_CONNECTED', `transport ${this.id} has its DTLS parameters already`);
    }
    this.#connecting = true;
    try {
      await this.media.connect(dtlsParameters);
    } catch (error) {
      this.#connecting = false;
      throw this.closed ? this.gone() : error;
    }
  }

  async restartIce(): Promise<IceParameters> {
    try {
      return await this.media.restartIce();
    } catch (error) {
      throw this.closed ? this.gone() : error;
    }
  }

  gone(): ParlorError {
    return new ParlorError('TRANSPORT_NOT_FOUND', `transport ${this.id} was closed`);
  }

  async stats(): Promise<TransportStats> {
    if (this.closed) throw this.gone();
    return await this.media.stats();
  }

  openData(): Promise<DataStreams> {
    return (this.#data ??= this.media.openData());
  }

  close(): void {
    if (this.closed) return;
    this.aboutToClose();
    this.media.close();
    this.#finish();
  }

  /** Whoever keeps books asks for the last figures now. */
  aboutToClose(): void {
    if (this.#closing || this.closed) return;
    this.#closing = true;
    this.emit('closing');
  }

  /** Everything on the transport is gone with it: one request to the worker, not one each. */
  #finish(): void {
    if (this.closed) return;
    this.closed = true;
    for (const producer of [...this.producers]) producer.transportClosed();
    for (const consumer of [...this.consumers]) consumer.transportClosed();
    this.emit('closed');
  }
}
