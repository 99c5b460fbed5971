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
  MediaWorkers,
} from '../../core/ports.js';
import type {
  ConsumerLayers,
  DataMessage,
  DataStreams,
  DataStreamsEvents,
  PayloadTypes,
  StreamStats,
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
  /** None, unless the test says so. */
  workers?: MediaWorkers;
  readonly #rtpCapabilities: RtpCapabilities;
  #lastId = 0;

  /** Default: Opus and VP8. */
  constructor({ rtpCapabilities = CAPABILITIES }: { rtpCapabilities?: RtpCapabilities } = {}) {
    this.#rtpCapabilities = rtpCapabilities;
  }

  createRoom(roomId: string): Promise<FakeMediaRoom> {
    const room = new FakeMediaRoom(this.#rtpCapabilities, {
      newId: (noun) => `${noun}-${String((this.#lastId += 1))}`,
      closed: () => {
        if (this.rooms.get(roomId) === room) this.rooms.delete(roomId);
      },
    });
    this.rooms.set(roomId, room);
    return Promise.resolve(room);
  }

  close(): void {
    for (const room of [...this.rooms.values()]) room.close();
  }
}

export class FakeMediaRoom extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  readonly transports = new Set<FakeTransport>();
  readonly newId: (noun: string) => string;
  readonly #closed: () => void;
  #lastSsrc = 1000;

  constructor(
    rtpCapabilities: RtpCapabilities,
    { newId, closed }: { newId: (noun: string) => string; closed: () => void },
  ) {
    super();
    this.rtpCapabilities = rtpCapabilities;
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
  /** Once the client is known to have data channels. */
  data: FakeDataStreams | undefined;
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
    return Promise.resolve({
      bytesReceived,
      bytesSent,
      rtpBytesReceived: bytesReceived,
      rtpBytesSent: bytesSent,
    });
  }

  produce(options: MediaProduceOptions): Promise<FakeProducer> {
    const { id = this.#room.newId('producer'), kind, rtpParameters, paused } = options;
    const known = this.#room.rtpCapabilities.codecs?.map(({ mimeType }) => mimeType);
    const codec = rtpParameters.codecs.find(({ mimeType }) => known?.includes(mimeType));
    if (!codec) return Promise.reject(new ParlorError('UNSUPPORTED_MEDIA', `no ${kind} codec in common`));
    const { mimeType } = codec;
    const producer = new FakeProducer(id, { kind, mimeType, paused });
    this.producers.add(producer);
    return Promise.resolve(producer);
  }

  consume({ producer, receiver, paused, mid }: MediaConsumeOptions): Promise<FakeConsumer> {
    if (!(producer instanceof FakeProducer)) {
      return Promise.reject(
        new ParlorError('CANNOT_CONSUME', 'the producer belongs to another media backend'),
      );
    }
    const { mimeType, kind } = producer;
    const codec = this.#room.rtpCapabilities.codecs?.find((known) => known.mimeType === mimeType);
    if (!codec || !receiver.rtpCapabilities.codecs?.some((known) => known.mimeType === mimeType)) {
      return Promise.reject(new ParlorError('CANNOT_CONSUME', `no ${kind} codec in common`));
    }
    const { preferredPayloadType = 100, clockRate, channels } = codec;
    const payloadType = this.#payloadTypes?.get(preferredPayloadType) ?? preferredPayloadType;
    const consumer = new FakeConsumer(this.#room.newId('consumer'), kind, {
      paused,
      rtpParameters: {
        ...(mid === undefined ? {} : { mid }),
        codecs: [{ mimeType, payloadType, clockRate, ...(channels !== undefined && { channels }) }],
        encodings: [{ ssrc: this.#room.newSsrc() }],
      },
    });
    this.consumers.add(consumer);
    return Promise.resolve(consumer);
  }

  openData(): Promise<FakeDataStreams> {
    if (!this.info.sctpParameters)
      return Promise.reject(new ParlorError('MEDIA_UNAVAILABLE', 'the transport has no data channels'));
    this.data = new FakeDataStreams();
    return Promise.resolve(this.data);
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

/** What the client sends is emitted by the test (`emit('message')`). */
export class FakeDataStreams extends Emitter<DataStreamsEvents> implements DataStreams {
  readonly sent: DataMessage[] = [];
  /** Why nothing can be sent on a stream, by its id; for the test to set. */
  readonly failures = new Map<number, ParlorError>();

  send(message: DataMessage): Promise<void> {
    const failure = this.failures.get(message.streamId);
    if (failure) return Promise.reject(failure);
    this.sent.push(message);
    return Promise.resolve();
  }
}

export class FakeProducer extends Emitter<MediaProducerEvents> implements MediaProducer {
  readonly kind: MediaKind;
  /** Of the codec that it is sent in. */
  readonly mimeType: string;
  paused: boolean;
  closed = false;
  /** What `stats()` tells; for the test to set. */
  streams: StreamStats[] = [];

  constructor(
    readonly id: string,
    { kind, mimeType, paused }: { kind: MediaKind; mimeType: string; paused: boolean },
  ) {
    super();
    this.kind = kind;
    this.mimeType = mimeType;
    this.paused = paused;
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

  stats(): Promise<StreamStats[]> {
    return this.closed ? Promise.reject(gone('PRODUCER_NOT_FOUND', this.id)) : Promise.resolve(this.streams);
  }
}

export class FakeConsumer extends Emitter<MediaConsumerEvents> implements MediaConsumer {
  readonly type = 'simple';
  readonly rtpParameters: RtpParameters;
  paused: boolean;
  closed = false;
  preferredLayers: ConsumerLayers | undefined;
  priority = 1;
  keyFrameRequests = 0;
  /** What `stats()` tells; for the test to set. */
  stream: StreamStats;

  constructor(
    readonly id: string,
    readonly kind: MediaKind,
    { paused, rtpParameters }: { paused: boolean; rtpParameters: RtpParameters },
  ) {
    super();
    this.paused = paused;
    this.rtpParameters = rtpParameters;
    this.stream = {
      ssrc: rtpParameters.encodings[0]?.ssrc ?? 0,
      score: 10,
      bitrate: 0,
      bytes: 0,
      packets: 0,
      packetsLost: 0,
      fractionLost: 0,
      jitter: 0,
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

  stats(): Promise<StreamStats> {
    return this.closed ? Promise.reject(gone('CONSUMER_NOT_FOUND', this.id)) : Promise.resolve(this.stream);
  }

  setPreferredLayers(layers: ConsumerLayers): Promise<void> {
    this.preferredLayers = layers;
    return Promise.resolve();
  }

  setPriority(priority: number): Promise<void> {
    this.priority = priority;
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

const gone = (code: 'PRODUCER_NOT_FOUND' | 'CONSUMER_NOT_FOUND', id: string): ParlorError =>
  new ParlorError(code, `${id} was closed`);
