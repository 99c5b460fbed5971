import type { ConsumerInfo, TransportInfo } from '@parlor/protocol';
import { StreamCounter } from './measure/StreamCounter.js';
import type { ProtooSocket } from './ProtooSocket.js';
import { ReceiveConnection } from './webrtc/ReceiveConnection.js';

export interface ReceivedStreamState {
  consumerId: string;
  producerId: string;
  kind: 'audio' | 'video';
  counter: StreamCounter;
  /** Whether the server has said that it forwards it. */
  flowing: boolean;
}

/** Everything that one client receives. */
export class Receiving {
  readonly connection: ReceiveConnection;
  readonly streams = new Map<string, ReceivedStreamState>();
  readonly #socket: ProtooSocket;
  readonly #transportId: string;
  #connecting: Promise<unknown> | undefined;

  constructor(name: string, transport: TransportInfo, socket: ProtooSocket) {
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
    const consumerIds = fresh.filter(({ paused }) => paused).map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) await this.#socket.request('resume', { consumerIds });
  }

  /** By a notification of the server. */
  setFlowing(consumerId: string, flowing: boolean): void {
    const stream = this.streams.get(consumerId);
    if (stream) stream.flowing = flowing;
  }

  close(): void {
    this.connection.close();
  }

  #follow({ consumerId, producerId, kind, producerPaused }: ConsumerInfo): ReceivedStreamState {
    const counter = new StreamCounter();
    const stream = { consumerId, producerId, kind, counter, flowing: !producerPaused };
    this.streams.set(consumerId, stream);
    return stream;
  }
}
