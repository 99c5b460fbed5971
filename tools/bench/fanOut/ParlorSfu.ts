import { LoadPeer } from '../../../apps/load/src/LoadPeer.js';
import { SendConnection } from '../../../apps/load/src/webrtc/SendConnection.js';
import { ProtooSocket } from '../../../apps/load/src/ProtooSocket.js';
import type { Receiver, Sfu, SfuAddress } from './Sfu.js';
import { parametersOf, type Stream } from './streams.js';

const ROOM = 'fan-out';

/** A room of ours, with clients of the load tool. */
export class ParlorSfu implements Sfu {
  readonly #closers = new Set<() => Promise<void>>();
  #clients = 0;

  constructor(private readonly server: SfuAddress) {}

  async publish(stream: Stream) {
    const { kind, payloadType, ssrc } = stream;
    const address = this.#address('publisher');
    const socket = await ProtooSocket.open(address);
    const { transports } = await socket.request('joinRoom', {
      roomId: ROOM,
      peerId: address.peerId,
      topology: 'sfu',
      transports: ['send'],
    });
    const transport = transports?.send;
    if (!transport) throw new Error('no transport');
    const connection = new SendConnection('publisher', transport, [{ kind, payloadType, ssrcs: [ssrc] }]);
    const { dtlsParameters } = connection;
    await socket.request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters });
    await socket.request('produce', { kind, rtpParameters: parametersOf(stream) });
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
    const peer = await LoadPeer.join({ address: this.#address(`viewer-${String(++this.#clients)}`) });
    const close = () => {
      this.#closers.delete(close);
      return peer.leave();
    };
    this.#closers.add(close);
    return {
      packets: () => peer.streams.reduce((sum, { counter }) => sum + counter.sinceMark().packets, 0),
      startedAt: peer.startedAt,
      askedAt: peer.startedAt + peer.joinMs,
      firstAt: () => peer.streams[0]?.counter.firstAt,
      close,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closers].map((close) => close()));
    this.#closers.clear();
  }

  #address(peerId: string) {
    const { url, token } = this.server;
    return { url, token, roomId: ROOM, peerId };
  }
}
