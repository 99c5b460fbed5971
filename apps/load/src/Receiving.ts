import type { ConsumerInfo, TransportInfo } from '@parlor/protocol';
import { StreamCounter } from './measure/StreamCounter.js';
import type { ProtooSocket } from './ProtooSocket.js';
import { ReceiveConnection } from './webrtc/ReceiveConnection.js';

export interface ReceivedStreamState {
  consumerId: string;
  producerId: string;
  kind: 'audio' | 'video';
  counter: StreamCounter;
  /** `performance.now()` since when the server says that it forwards it; absent: it is paused, or held back. */
  flowingSince: number | undefined;
}

/** Everything that one client receives. */
export class Receiving {
  readonly connection: ReceiveConnection;
  readonly streams = new Map<string, ReceivedStreamState>();
  readonly #socket: ProtooSocket;
  readonly #transportId: string;
  readonly #layer: number | undefined;
  #connecting: Promise<unknown> | undefined;

  /** `layer`: the spatial layer to ask for of simulcast, counted from 0. */
  constructor(
    transport: TransportInfo,
    socket: ProtooSocket,
    { name, layer }: { name: string; layer: number | undefined },
  ) {
    this.#layer = layer;
    this.connection = new ReceiveConnection(name, transport);
    this.#transportId = transport.id;
    this.#socket = socket;
  }

  /** Resolves when the server knows that they can come. */
  async take(consumers: readonly ConsumerInfo[]): Promise<void> {
    const fresh = consumers.filter(({ consumerId }) => !this.streams.has(consumerId));
    if (fresh.length === 0) return;
    const dtlsParameters = this.connection.add(
      fresh.map((consumer) => {
        const { counter } = this.#follow(consumer);
        const onPacket = (packet: Buffer) => {
          counter.add(packet, performance.now());
        };
        return [consumer, onPacket];
      }),
    );
    this.#connecting ??= this.#socket.request('connectWebRtcTransport', {
      transportId: this.#transportId,
      dtlsParameters,
    });
    await this.#connecting;
    await this.#prefer(fresh);
    const consumerIds = fresh.filter(({ paused }) => paused).map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) await this.#socket.request('resume', { consumerIds });
  }

  /** By a notification of the server. */
  setFlowing(consumerId: string, flowing: boolean): void {
    const stream = this.streams.get(consumerId);
    if (stream) stream.flowingSince = flowing ? performance.now() : undefined;
  }

  close(): void {
    this.connection.close();
  }

  async #prefer(consumers: readonly ConsumerInfo[]): Promise<void> {
    const spatialLayer = this.#layer;
    if (spatialLayer === undefined) return;
    const layered = consumers.filter(({ type }) => type === 'simulcast' || type === 'svc');
    await Promise.all(
      layered.map(({ consumerId }) =>
        this.#socket.request('setPreferredLayers', { consumerId, spatialLayer }),
      ),
    );
  }

  #follow({ consumerId, producerId, kind, producerPaused, held }: ConsumerInfo): ReceivedStreamState {
    const flowingSince = producerPaused || held !== undefined ? undefined : performance.now();
    const stream = { consumerId, producerId, kind, counter: new StreamCounter(), flowingSince };
    this.streams.set(consumerId, stream);
    return stream;
  }
}
