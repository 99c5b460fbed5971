import type { DriverContext, PublishRequest } from '../../MediaDriver.js';
import type { Direction } from '../device.js';
import type { SfuPath } from '../SfuDriver.js';
import type { Sent } from '../SfuSender.js';
import type { SfuTransport } from '../SfuTransport.js';

export interface RenewalOptions {
  readonly context: DriverContext;
  readonly path: SfuPath;
  /** What the server said of it before holds no more. */
  readonly onRenewed: (producerId: string) => void;
  readonly onTrackLost: (producerId: string) => void;
}

interface Sendable {
  readonly mediaStreamTrack: MediaStreamTrack;
  readonly free?: () => void;
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'PRODUCER_NOT_FOUND';

/** Puts a new transport in the place of one that does not work; the other direction is not touched. */
export class Renewal {
  /** Given up, but the server still holds by them what has not moved yet. */
  readonly #former: SfuTransport[] = [];

  constructor(private readonly options: RenewalOptions) {}

  /** @throws ParlorError; what is still to be done is done by the next renewal */
  async renew(direction: Direction, policy: RTCIceTransportPolicy | undefined): Promise<void> {
    if (direction === 'send') await this.#send(policy);
    else await this.#recv(policy);
  }

  close(): void {
    for (const transport of this.#former.splice(0)) transport.close();
  }

  async #send(policy: RTCIceTransportPolicy | undefined): Promise<void> {
    const { path } = this.options;
    const transport = await path.transports.createReady({ direction: 'send', ...(policy && { policy }) });
    transport.keep();
    this.#former.push(path.send);
    path.send = transport;
    path.sender.use(transport);
    await Promise.all([...path.sender.sent].map((entry) => this.#resend(...entry)));
    // Everything has moved: what the server closes with a transport has to be nothing.
    const former = this.#former.splice(0);
    await Promise.all(former.map((each) => this.#drop(each)));
  }

  async #recv(policy: RTCIceTransportPolicy | undefined): Promise<void> {
    const { path, onTrackLost, onRenewed } = this.options;
    const former = path.recv;
    // The server sends by the first that it finds: the former has to go before.
    const [transport] = await Promise.all([
      path.transports.createReady({ direction: 'recv', ...(policy && { policy }) }),
      this.#forget(former),
    ]);
    transport.keep();
    path.recv = transport;
    path.receiver.use(transport);
    const results = await path.receiver.renew();
    former.close();
    const failures = results.filter((result) => 'error' in result);
    if (failures.length > 0 && failures.length === results.length) throw failures[0]?.error;
    for (const { producerId } of results) onRenewed(producerId);
    for (const { producerId, error } of failures) {
      const consumer = path.receiver.received.get(producerId)?.consumer;
      const wasThere = consumer && path.receiver.consumerClosed(consumer.id, producerId);
      if (wasThere && !isGone(error)) onTrackLost(producerId);
    }
  }

  async #resend(producerId: string, sent: Sent): Promise<void> {
    const { sender } = this.options.path;
    const { request, producer: before, muted } = sent;
    const { mediaStreamTrack, free } = this.#sendable(request, before.track);
    try {
      const { producer } = await sender.produce({ ...request, mediaStreamTrack, muted, producerId });
      // Ended while it was on its way: its owner has said so to the server.
      if (sender.sent.get(producerId) !== sent) {
        producer.close();
        return;
      }
      sent.producer = producer;
      this.options.onRenewed(producerId);
      const { track } = before;
      if (track?.readyState === 'live' && track !== mediaStreamTrack) await producer.replaceTrack({ track });
      if (sent.muted) producer.pause();
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      free?.();
    }
  }

  /** While a camera is off its track has ended, which browsers do not take: anything goes, as nothing is sent. */
  #sendable({ kind, mediaStreamTrack }: PublishRequest, track: MediaStreamTrack | null): Sendable {
    const wanted = track ?? mediaStreamTrack;
    if (wanted.readyState === 'live') return { mediaStreamTrack: wanted };
    const connection = this.options.context.platform.createPeerConnection({});
    const free = () => {
      connection.close();
    };
    return { mediaStreamTrack: connection.addTransceiver(kind).receiver.track, free };
  }

  async #drop(transport: SfuTransport): Promise<void> {
    transport.close();
    await this.#forget(transport);
  }

  async #forget({ transport }: SfuTransport): Promise<void> {
    const { request, logger } = this.options.context;
    await request('closeTransport', { transportId: transport.id }).catch((error: unknown) => {
      logger.debug('closing a transport', error);
    });
  }
}
