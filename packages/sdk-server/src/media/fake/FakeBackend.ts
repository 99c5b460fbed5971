import type {
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from '@parlor/protocol';
import type {
  MediaBackend,
  MediaConsumeOptions,
  MediaConsumer,
  MediaConsumerEvents,
  MediaProduceOptions,
  MediaProducer,
  MediaProducerEvents,
  MediaReceiver,
  MediaRoom,
  MediaRoomEvents,
  MediaTransport,
  MediaTransportEvents,
} from '../../core/ports.js';
import type {
  ConsumerLayers,
  PayloadTypes,
  TransportOptions,
  TransportState,
  TransportStats,
} from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { Emitter } from '../../events.js';

const FINGERPRINT = {
  algorithm: 'sha-256',
  value: Array.from({ length: 32 }, () => 'AB').join(':'),
} as const;

const CAPABILITIES: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 },
  ],
  headerExtensions: [],
};

/**
 * A `MediaBackend` in memory: the whole control plane without a worker, for tests of rooms and of applications. No
 * media flows; events that a worker would send are emitted by the test (`room.emit('died')`, `producer.emit('score')`).
 */
export class FakeBackend implements MediaBackend {
  readonly rooms = new Map<string, FakeMediaRoom>();
  #lastId = 0;

  createRoom(roomId: string): Promise<FakeMediaRoom> {
    const room = new FakeMediaRoom(
      (noun) => `${noun}-${String((this.#lastId += 1))}`,
      () => this.rooms.delete(roomId),
    );
    this.rooms.set(roomId, room);
    return Promise.resolve(room);
  }

  close(): void {
    for (const room of [...this.rooms.values()]) room.close();
  }
}

export class FakeMediaRoom extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities = CAPABILITIES;
  readonly transports = new Set<FakeTransport>();
  readonly newId: (noun: string) => string;
  readonly #closed: () => void;
  #lastSsrc = 1000;

  constructor(newId: (noun: string) => string, closed: () => void) {
    super();
    this.newId = newId;
    this.#closed = closed;
  }

  createTransport(options: Omit<TransportOptions, 'direction'> = {}): Promise<FakeTransport> {
    const transport = new FakeTransport(this, options);
    this.transports.add(transport);
    return Promise.resolve(transport);
  }

  newSsrc(): number {
    return (this.#lastSsrc += 1);
  }

  receiver(rtpCapabilities: RtpCapabilities): MediaReceiver {
    return { rtpCapabilities };
  }

  close(): void {
    this.transports.clear();
    this.#closed();
  }
}

export class FakeTransport extends Emitter<MediaTransportEvents> implements MediaTransport {
  readonly info: TransportInfo;
  state: TransportState = 'new';
  /** What `stats()` tells; for the test to set. */
  bytesReceived = 0;
  bytesSent = 0;
  readonly producers = new Set<FakeProducer>();
  readonly consumers = new Set<FakeConsumer>();
  readonly #room: FakeMediaRoom;
  readonly #payloadTypes: PayloadTypes | undefined;

  constructor(room: FakeMediaRoom, { payloadTypes, data = false }: Omit<TransportOptions, 'direction'> = {}) {
    super();
    this.#room = room;
    this.#payloadTypes = payloadTypes;
    this.info = {
      id: room.newId('transport'),
      iceParameters: this.#iceParameters(),
      iceCandidates: [
        {
          foundation: 'udpcandidate',
          priority: 1_076_302_079,
          ip: '127.0.0.1',
          address: '127.0.0.1',
          protocol: 'udp',
          port: 40_000,
          type: 'host',
        },
      ],
      dtlsParameters: { role: 'auto', fingerprints: [FINGERPRINT] },
      ...(data && { sctpParameters: { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262_144 } }),
    };
  }

  connect(): Promise<void> {
    this.state = 'connected';
    this.emit('stateChanged', this.state);
    return Promise.resolve();
  }

  restartIce(): Promise<IceParameters> {
    return Promise.resolve(this.#iceParameters());
  }

  stats(): Promise<TransportStats> {
    const { bytesReceived, bytesSent } = this;
    return Promise.resolve({ bytesReceived, bytesSent });
  }

  produce({ kind, rtpParameters, paused }: MediaProduceOptions): Promise<FakeProducer> {
    const known = CAPABILITIES.codecs?.map(({ mimeType }) => mimeType);
    if (!rtpParameters.codecs.some(({ mimeType }) => known?.includes(mimeType))) {
      return Promise.reject(new ParlorError('UNSUPPORTED_MEDIA', `no ${kind} codec in common`));
    }
    const producer = new FakeProducer(this.#room.newId('producer'), kind, paused);
    this.producers.add(producer);
    return Promise.resolve(producer);
  }

  consume({ producer, receiver, paused, mid }: MediaConsumeOptions): Promise<FakeConsumer> {
    if (!receiver.rtpCapabilities.codecs?.some(({ kind }) => kind === producer.kind)) {
      return Promise.reject(new ParlorError('CANNOT_CONSUME', `no ${producer.kind} codec in common`));
    }
    const consumer = new FakeConsumer(this.#room.newId('consumer'), producer.kind, {
      paused,
      mid,
      payloadTypes: this.#payloadTypes,
      ssrc: this.#room.newSsrc(),
    });
    this.consumers.add(consumer);
    return Promise.resolve(consumer);
  }

  close(): void {
    this.#room.transports.delete(this);
  }

  #iceParameters(): IceParameters {
    return {
      usernameFragment: this.#room.newId('ufrag'),
      // As long as RFC 8839 §5.4 wants it.
      password: this.#room.newId('password').padEnd(22, '0'),
      iceLite: true,
    };
  }
}

export class FakeProducer extends Emitter<MediaProducerEvents> implements MediaProducer {
  closed = false;

  constructor(
    readonly id: string,
    readonly kind: MediaKind,
    public paused: boolean,
  ) {
    super();
  }

  pause(): Promise<void> {
    this.paused = true;
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeConsumer extends Emitter<MediaConsumerEvents> implements MediaConsumer {
  readonly type = 'simple';
  readonly rtpParameters: RtpParameters;
  paused: boolean;
  closed = false;
  preferredLayers: ConsumerLayers | undefined;
  keyFrameRequests = 0;

  constructor(
    readonly id: string,
    readonly kind: MediaKind,
    options: {
      paused: boolean;
      ssrc: number;
      mid?: string | undefined;
      payloadTypes?: PayloadTypes | undefined;
    },
  ) {
    super();
    const { paused, ssrc, mid, payloadTypes } = options;
    this.paused = paused;
    const mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
    const payloadType = kind === 'audio' ? 100 : 101;
    this.rtpParameters = {
      ...(mid === undefined ? {} : { mid }),
      codecs: [
        {
          mimeType,
          payloadType: payloadTypes?.get(payloadType) ?? payloadType,
          clockRate: kind === 'audio' ? 48_000 : 90_000,
        },
      ],
      encodings: [{ ssrc }],
    };
  }

  pause(): Promise<void> {
    this.paused = true;
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  setPreferredLayers(layers: ConsumerLayers): Promise<void> {
    this.preferredLayers = layers;
    return Promise.resolve();
  }

  requestKeyFrame(): Promise<void> {
    this.keyFrameRequests += 1;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}
