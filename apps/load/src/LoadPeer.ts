import type { ConsumerInfo, ProtooAnswers, ProtooNotifications, ProtooRequestData } from '@parlor/protocol';
import { failureOf, LoadError, type Failure } from './LoadError.js';
import { ProtooSocket, type SocketAddress } from './ProtooSocket.js';
import { Publishing, type Publication } from './Publishing.js';
import { Receiving, type ReceivedStreamState } from './Receiving.js';
import { receivable } from './webrtc/receivable.js';

/** What a client wants of what the room forwards. */
export interface Wish {
  /** At most so many videos. Absent: as the room. */
  lastN?: number | undefined;
  /** The spatial layer of simulcast to ask for, counted from 0. Absent: the highest. */
  layer?: number | undefined;
}

export interface PeerPlan {
  address: SocketAddress;
  wish?: Wish | undefined;
  /** Absent: only receives. */
  publication?: Publication | undefined;
}

const SAID_WITHIN_MS = 2000;

/** One client: joins, publishes if it is to, and receives everybody. */
export class LoadPeer {
  readonly name: string;
  /** From the first byte to the server until it was in the room, milliseconds. */
  joinMs = NaN;
  readonly startedAt = performance.now();
  /** Whether somebody was publishing when it came. */
  foundMedia = false;
  readonly publishers = new Map<string, string>();
  /** Resolves when something has failed. */
  readonly failed: Promise<void>;
  #onFailed: () => void = () => {};
  #failure: Failure | undefined;
  #mediaFailure: Failure | undefined;
  readonly #socket: ProtooSocket;
  #receiving: Receiving | undefined;
  #publishing: Publishing | undefined;
  /** Announced, and not received yet: with a consumer, or to be subscribed to. */
  readonly #offered: ConsumerInfo[] = [];
  readonly #wanted = new Set<string>();
  #flushScheduled = false;
  #mediaTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @throws LoadError why it could not get in */
  static async join({ address, publication, wish = {} }: PeerPlan): Promise<LoadPeer> {
    const startedAt = performance.now();
    const socket = await ProtooSocket.open(address);
    const peer = new LoadPeer(address.peerId, socket, startedAt);
    try {
      const { roomId, peerId } = address;
      const answer = await socket.request('joinRoom', {
        roomId,
        peerId,
        displayName: peerId,
        topology: 'sfu',
        lazy: true,
        transports: publication ? ['send', 'recv'] : ['recv'],
      });
      peer.joinMs = performance.now() - startedAt;
      await Promise.all([peer.#receive(answer, wish), publication && peer.#publish(answer, publication)]);
      return peer;
    } catch (error) {
      await peer.leave();
      throw error;
    }
  }

  private constructor(name: string, socket: ProtooSocket, startedAt: number) {
    this.name = name;
    this.#socket = socket;
    this.startedAt = startedAt;
    this.failed = new Promise((resolve) => {
      this.#onFailed = resolve;
    });
    socket.onLost = (error) => {
      this.#fail(error);
    };
    socket.onNotification = (method, data) => {
      this.#onNotification(method, data);
    };
  }

  get streams(): ReceivedStreamState[] {
    return [...(this.#receiving?.streams.values() ?? [])];
  }

  get sent(): { packets: number; bytes: number } {
    return this.#publishing?.sent ?? { packets: 0, bytes: 0 };
  }

  /** What failed first: the rest follows from it. */
  get failure(): Failure | undefined {
    return this.#failure ?? this.#mediaFailure;
  }

  async leave(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#mediaTimer);
    this.#publishing?.close();
    this.#receiving?.close();
    await this.#socket.close();
  }

  async #publish(answer: ProtooAnswers['joinRoom'], publication: Publication): Promise<void> {
    const transport = answer.transports?.send;
    if (!transport) throw new LoadError('MEDIA_UNAVAILABLE', 'the server made no transport to send by');
    const publishing = new Publishing(`${this.name}-send`, transport, publication);
    this.#publishing = publishing;
    this.#watch(publishing.connection);
    const { dtlsParameters } = publishing.connection;
    const transportId = transport.id;
    await Promise.all([
      this.#socket.request('connectWebRtcTransport', { transportId, dtlsParameters }),
      this.#socket.request('produce', {
        transportId,
        kind: 'audio',
        rtpParameters: publishing.audio,
        appData: { source: 'microphone' },
      }),
      this.#socket.request('produce', {
        transportId,
        kind: 'video',
        rtpParameters: publishing.video,
        appData: { source: 'camera' },
      }),
    ]);
    await publishing.connection.connected;
    publishing.start();
  }

  async #receive(
    { transports, producers, rtpCapabilities }: ProtooAnswers['joinRoom'],
    { lastN, layer }: Wish,
  ): Promise<void> {
    const transport = transports?.recv;
    if (!transport) throw new LoadError('MEDIA_UNAVAILABLE', 'the server made no transport to receive by');
    const receiving = new Receiving(transport, this.#socket, { name: `${this.name}-recv`, layer });
    this.#watch(receiving.connection);
    if (lastN !== undefined) await this.#socket.request('setForwarding', { lastN });
    for (const { producerId, peerId } of producers) {
      this.publishers.set(producerId, peerId);
      this.#wanted.add(producerId);
    }
    this.foundMedia = producers.some(({ paused }) => !paused);
    const first = { follow: true, rtpCapabilities: receivable(rtpCapabilities) };
    this.#offered.push(...(await this.#subscribe(first)));
    this.#receiving = receiving;
    await this.#takeOffered(receiving);
    if (receiving.streams.size > 0) await receiving.connection.connected;
  }

  async #subscribe(more: Partial<ProtooRequestData<'subscribe'>>): Promise<ConsumerInfo[]> {
    const producerIds = [...this.#wanted];
    this.#wanted.clear();
    const { consumers, failed } = await this.#socket.request('subscribe', { producerIds, ...more });
    for (const { code, producerId, held } of failed) {
      // `newConsumer` or `producerMoved` follows.
      if (held !== undefined || code === 'PRODUCER_PENDING') continue;
      this.#fail(new LoadError(code, `the publication ${producerId} is not forwarded`));
    }
    return consumers;
  }

  /** Publications that were announced before the server knew that this client follows the room came without consumers. */
  async #takeOffered(receiving: Receiving): Promise<void> {
    while (this.#wanted.size > 0) this.#offered.push(...(await this.#subscribe({})));
    await receiving.take(this.#offered.splice(0));
  }

  #onNotification(method: string, data: unknown): void {
    switch (method as keyof ProtooNotifications) {
      case 'newProducer': {
        const { producerId, peerId, consumer, held } = data as ProtooNotifications['newProducer'];
        this.publishers.set(producerId, peerId);
        if (consumer) this.#offered.push(consumer);
        else if (held === undefined) this.#wanted.add(producerId);
        this.#scheduleFlush();
        break;
      }
      case 'newConsumer': {
        this.#offered.push((data as ProtooNotifications['newConsumer']).consumer);
        this.#scheduleFlush();
        break;
      }
      case 'consumerPaused':
      case 'consumerResumed':
      case 'consumerClosed': {
        const { consumerId } = data as ProtooNotifications['consumerPaused'];
        this.#receiving?.setFlowing(consumerId, method === 'consumerResumed');
        break;
      }
      case 'roomClosed': {
        const { reason } = data as ProtooNotifications['roomClosed'];
        this.#fail(new LoadError('ROOM_CLOSED', `the room was closed (${reason})`));
        break;
      }
      default:
    }
  }

  /** What is told in one turn is taken together: each time costs a round of SDP. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      if (!this.#receiving) return;
      this.#takeOffered(this.#receiving).catch((error: unknown) => {
        this.#fail(error);
      });
    });
  }

  /** Media may break because of what the server is about to say: that is the failure then. */
  #watch(connection: { onFailure: (error: LoadError) => void }): void {
    connection.onFailure = (error) => {
      if (this.#closed || this.#mediaFailure) return;
      this.#mediaFailure = failureOf(error);
      this.#mediaTimer = setTimeout(() => {
        this.#fail(error);
      }, SAID_WITHIN_MS);
    };
  }

  #fail(error: unknown): void {
    if (this.#closed || this.#failure) return;
    this.#failure = failureOf(error);
    this.#onFailed();
  }
}
