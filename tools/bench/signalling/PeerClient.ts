import type { RtpCapabilities } from '@parlor/sdk-server';
import { audioParameters, dtlsParameters, videoParameters } from '../arms/media.js';
import { ProtooSocket, type SocketAddress } from './ProtooSocket.js';

interface JoinAnswer {
  rtpCapabilities: RtpCapabilities;
  producers: { producerId: string }[];
  transports: Record<'send' | 'recv', { id: string }>;
}

interface WireConsumer {
  consumerId: string;
  paused: boolean;
}

interface SubscribeAnswer {
  consumers: WireConsumer[];
  failed: unknown[];
}

interface NewProducer {
  producerId: string;
  consumer?: WireConsumer;
}

/**
 * A participant that signals as our client SDK does: joins with both transports, receives everyone with one
 * request, publishes audio and video without waiting in between, and receives who comes later with one `subscribe`
 * a turn and one `resume` for those that wait for it.
 */
export class PeerClient {
  readonly #socket: ProtooSocket;
  readonly #onConsumers: (count: number) => void;
  readonly #announced = new Set<string>();
  readonly #offered: WireConsumer[] = [];
  #join: JoinAnswer | undefined;
  #capabilitiesSent = false;
  #recvConnected = false;
  #flushScheduled = false;

  /** `ssrc`: unlike that of any other peer. `onConsumers` hears how many more streams are being received. */
  static async enter(
    address: SocketAddress,
    { ssrc, onConsumers }: { ssrc: number; onConsumers: (count: number) => void },
  ): Promise<PeerClient> {
    const socket = await ProtooSocket.open(address);
    const peer = new PeerClient(socket, onConsumers);
    const { roomId, peerId } = address;
    const answer = await socket.request<JoinAnswer>('joinRoom', {
      roomId,
      peerId,
      transports: ['send', 'recv'],
    });
    peer.#join = answer;
    for (const { producerId } of answer.producers) peer.#announced.add(producerId);
    await Promise.all([peer.#receiveAnnounced(), peer.#publish(answer.transports.send.id, ssrc)]);
    return peer;
  }

  private constructor(socket: ProtooSocket, onConsumers: (count: number) => void) {
    this.#socket = socket;
    this.#onConsumers = onConsumers;
    socket.onNotification = (method, data) => {
      if (method !== 'newProducer') return;
      const { producerId, consumer } = data as NewProducer;
      if (consumer) this.#offered.push(consumer);
      else this.#announced.add(producerId);
      if (this.#join) this.#scheduleFlush();
    };
  }

  get traffic(): { messages: number; bytes: number } {
    return { messages: this.#socket.messages, bytes: this.#socket.bytes };
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  async #publish(transportId: string, ssrc: number): Promise<void> {
    await Promise.all([
      this.#socket.request('connectWebRtcTransport', { transportId, dtlsParameters }),
      this.#socket.request('produce', {
        kind: 'audio',
        rtpParameters: audioParameters(ssrc),
        appData: { source: 'microphone' },
        paused: false,
      }),
      this.#socket.request('produce', {
        kind: 'video',
        rtpParameters: videoParameters(ssrc),
        appData: { source: 'camera' },
        paused: false,
      }),
    ]);
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setTimeout(() => {
      this.#flushScheduled = false;
      this.#receiveAnnounced().catch((error: unknown) => {
        queueMicrotask(() => {
          throw error;
        });
      });
    }, 0);
  }

  async #receiveAnnounced(): Promise<void> {
    const { rtpCapabilities, transports } = this.#join ?? {};
    const consumers = this.#offered.splice(0);
    const producerIds = [...this.#announced];
    this.#announced.clear();
    if (!transports) return;
    if (producerIds.length > 0 || !this.#capabilitiesSent) {
      const first = this.#capabilitiesSent ? {} : { follow: true, rtpCapabilities };
      this.#capabilitiesSent = true;
      const answer = await this.#socket.request<SubscribeAnswer>('subscribe', { producerIds, ...first });
      if (answer.failed.length > 0) throw new Error(`not received: ${JSON.stringify(answer.failed[0])}`);
      consumers.push(...answer.consumers);
    }
    if (consumers.length === 0) return;
    const consumerIds = consumers.filter(({ paused }) => paused).map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) this.#socket.notify('resume', { consumerIds });
    await this.#connectRecv(transports.recv.id);
    this.#onConsumers(consumers.length);
  }

  /** The browser knows its DTLS parameters when it has its first stream to receive. */
  async #connectRecv(transportId: string): Promise<void> {
    if (this.#recvConnected) return;
    this.#recvConnected = true;
    await this.#socket.request('connectWebRtcTransport', { transportId, dtlsParameters });
  }
}
