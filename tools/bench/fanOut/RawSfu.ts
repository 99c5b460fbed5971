import type { ConsumerInfo, RtpCapabilities, TransportInfo } from '@parlor/protocol';
import { receivable } from '../../../apps/load/src/webrtc/receivable.js';
import { ReceiveConnection } from '../../../apps/load/src/webrtc/ReceiveConnection.js';
import { SendConnection } from '../../../apps/load/src/webrtc/SendConnection.js';
import { ProtooSocket } from '../signalling/ProtooSocket.js';
import { Arrivals } from './Arrivals.js';
import type { Receiver, Sfu, SfuAddress } from './Sfu.js';
import { parametersOf, type Stream } from './streams.js';

/** What `rawSfu` answers to `join`. */
interface Joined {
  rtpCapabilities: RtpCapabilities;
  producerIds: string[];
  send: TransportInfo;
  recv: TransportInfo;
}

type RawConsumer = Pick<ConsumerInfo, 'kind' | 'rtpParameters'>;

/** mediasoup's own calls behind a socket. */
export class RawSfu implements Sfu {
  readonly #closers = new Set<() => Promise<void>>();

  constructor(private readonly server: SfuAddress) {}

  async publish(stream: Stream) {
    const { kind, payloadType, ssrc } = stream;
    const socket = await this.#open();
    const { send: transport } = await socket.request<Joined>('join');
    const connection = new SendConnection('publisher', transport, [{ kind, payloadType, ssrcs: [ssrc] }]);
    const transportId = transport.id;
    await socket.request('connect', { transportId, dtlsParameters: connection.dtlsParameters });
    await socket.request('produce', { transportId, kind, rtpParameters: parametersOf(stream) });
    await connection.connected;
    this.#closers.add(async () => {
      connection.close();
      await socket.close();
    });
    return {
      send: (packet: Buffer) => {
        connection.send(0, packet);
      },
    };
  }

  async receive(): Promise<Receiver> {
    const startedAt = performance.now();
    const { add, packets, firstAt } = new Arrivals();
    const socket = await this.#open();
    const { recv, producerIds, rtpCapabilities } = await socket.request<Joined>('join');
    const connection = new ReceiveConnection('viewer', recv);
    const close = async () => {
      this.#closers.delete(close);
      connection.close();
      await socket.close();
    };
    this.#closers.add(close);
    const askedAt = performance.now();
    const consumers = await socket.request<RawConsumer[]>('consume', {
      transportId: recv.id,
      producerIds,
      rtpCapabilities: receivable(rtpCapabilities),
    });
    const dtlsParameters = connection.add(consumers.map((consumer) => [consumer, add] as const));
    await socket.request('connect', { transportId: recv.id, dtlsParameters });
    await connection.connected;
    return { packets, startedAt, askedAt, firstAt, close };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closers].map((close) => close()));
    this.#closers.clear();
  }

  #open(): Promise<ProtooSocket> {
    const { url, token } = this.server;
    return ProtooSocket.open({ url, token, roomId: 'raw', peerId: 'raw' });
  }
}
