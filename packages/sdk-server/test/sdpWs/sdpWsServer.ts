import { settled } from '../support/settled.js';
import { createAccess } from '../../src/access/access.js';
import { createToken, type TokenClaims } from '../../src/access/tokens.js';
import type { Producer, Room } from '../../src/core/types.js';
import { sdpWsDialect } from '../../src/dialects/sdpWs/sdpWsDialect.js';
import type { Logger } from '../../src/logger.js';
import { FakeBackend } from '../../src/media/fake/FakeBackend.js';
import { CAPABILITIES } from '../sdp/capabilities.js';
import { ManualTime } from '../sdp/ManualTime.js';
import { SdpClient } from '../sdp/SdpClient.js';
import { memoryServer, memorySocket, type MemoryServerOptions } from '../support/memoryServer.js';
import { TestClient } from '../support/TestClient.js';

const SECRET = 'a secret for this test, which is long enough';

/** What the server says. */
export interface Message {
  type: string;
  payload?: unknown;
  [key: string]: unknown;
}

/** A client of the source document: what it writes on the socket and what its RTCPeerConnection says. */
export class SdpWsClient {
  readonly connection: SdpClient;
  readonly #wire: TestClient;
  readonly #ids: { roomId?: unknown; sessionId?: unknown };
  #taken = 0;

  constructor(wire: TestClient, ids: { roomId?: unknown; sessionId?: unknown }, connection: SdpClient) {
    this.#wire = wire;
    this.#ids = ids;
    this.connection = connection;
  }

  get messages(): Message[] {
    return this.#wire.log.frames as unknown as Message[];
  }

  get closed(): [number, string] | undefined {
    return this.#wire.closeFrame;
  }

  write(text: string): void {
    this.#wire.send(text);
  }

  send(message: object): void {
    this.write(JSON.stringify({ ...this.#ids, ...message }));
  }

  disconnect(): void {
    this.#wire.disconnect();
  }

  offer(): void {
    this.send({ type: 'offer', payload: { type: 'offer', sdp: this.connection.offer() } });
  }

  /** Answers the last offer of the server. */
  answer(): void {
    const sdp = this.connection.answer(this.sdp('offer'));
    this.send({ type: 'answer', payload: { type: 'answer', sdp } });
  }

  sdp(type: 'offer' | 'answer'): string {
    const found = this.messages.findLast((message) => message.type === type);
    if (!found) throw new Error(`no ${type}`);
    return (found.payload as { sdp: string }).sdp;
  }

  /** What has come since this was last asked. */
  news(): Message[] {
    const news = this.messages.slice(this.#taken);
    this.#taken = this.messages.length;
    return news;
  }
}

export interface SdpWsServer {
  readonly time: ManualTime;
  readonly errors: unknown[];
  readonly log: [message: string, fields: Record<string, unknown>][];
  room(id?: string): Room | undefined;
  /** A socket on the call of chat 1; a client whose messages say who sends them. */
  connect(
    sessionId?: string,
    options?: { path?: string; token?: string; claims?: TokenClaims; roomId?: unknown },
  ): Promise<SdpWsClient>;
  /** As `connect`, and joined. */
  join(sessionId: string, claims?: TokenClaims): Promise<SdpWsClient>;
  /** Media of all tracks of a peer arrives. */
  flow(peerId: string): void;
  /** The host application pauses or resumes all that a peer publishes. */
  mute(peerId: string, muted: boolean): Promise<void>;
  settled(): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** The dialect on sockets and media in memory, with time that passes when a test says so. */
export function sdpWsServer(options: MemoryServerOptions = {}): SdpWsServer {
  const { rooms, errors } = memoryServer({
    backend: new FakeBackend({ rtpCapabilities: CAPABILITIES }),
    ...options,
  });
  const time = new ManualTime();
  const log: SdpWsServer['log'] = [];
  const write = (fields: object, message: string) => log.push([message, fields as Record<string, unknown>]);
  const logger: Logger = {
    debug: write,
    info: write,
    warn: write,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  const dialect = sdpWsDialect({ rooms, access: createAccess({ jwtSecret: SECRET }), timer: time, logger });
  let clients = 0;

  const server: SdpWsServer = {
    time,
    errors,
    log,
    room: (id = 'chat:1') => rooms.get(id),
    async connect(sessionId, { path = '/api/v1/chat/1/call', token, claims, roomId = 1 } = {}) {
      const bearer = token ?? (await createToken({ sub: `user ${sessionId ?? ''}`, ...claims }, SECRET));
      const url = new URL(path, 'http://localhost');
      const request = new Request(url, { headers: { authorization: `Bearer ${bearer}` } });
      const handler = await dialect.handleUpgrade?.(request, url, { address: undefined });
      if (!handler) throw new Error('the upgrade was not taken');
      const wire = new TestClient(sessionId ?? '', 'chat:1');
      handler.open(memorySocket(wire));
      return new SdpWsClient(wire, { roomId, sessionId }, new SdpClient((clients += 1)));
    },
    async join(sessionId, claims) {
      const client = await server.connect(sessionId, claims && { claims });
      client.send({ type: 'join' });
      await settled();
      return client;
    },
    flow(peerId) {
      for (const producer of server.room()?.peers.get(peerId)?.producers.values() ?? []) startMedia(producer);
    },
    async mute(peerId, muted) {
      for (const producer of server.room()?.peers.get(peerId)?.producers.values() ?? [])
        await (muted ? producer.pause() : producer.resume());
    },
    settled,
    async pass(ms) {
      time.pass(ms);
      await settled();
    },
  };
  return server;
}

/** What the worker says when the first packets have come. */
function startMedia(producer: Producer): void {
  const { media } = producer as Producer & { media: { emit(event: 'score', scores: object[]): void } };
  media.emit('score', [{ ssrc: 1, score: 10 }]);
}
