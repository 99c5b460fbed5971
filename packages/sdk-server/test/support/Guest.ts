import { sampleAudio, sampleDtls } from '../../src/testing/rtpSamples.js';
import type { Frame } from './FrameLog.js';
import { rtpCapabilities } from './requests.js';
import type { SocketClient, SocketServer } from './socketServer.js';

interface Way {
  readonly path: number;
  readonly producers: readonly { producerId: string }[];
  readonly transports?: { send: { id: string }; recv: { id: string } };
}

export interface GuestOptions {
  readonly server: Pick<SocketServer, 'connect'>;
  readonly peerId: string;
  /** Undefined: it cannot change over, and joins again when it has to. */
  readonly topology: 'sfu' | 'auto' | undefined;
  /** Something is being asked for. */
  readonly onAsked?: ((method: string) => void) | undefined;
}

class Refusal extends Error {
  constructor(
    method: string,
    readonly frame: Frame,
  ) {
    super(`${method}: ${String(frame.code)} ${String(frame.errorReason)}`);
  }
}

/** What is said of a path that has ended: there will be another one. */
const GONE = new Set<unknown>(['PATH_GONE', 'TRANSPORT_NOT_FOUND']);
const isGone = (error: unknown) => error instanceof Refusal && GONE.has(error.frame.code);
const isTemporary = (error: unknown) => error instanceof Refusal && (error.frame.errorCode ?? 0) >= 500;

const WAYS = { rtpCapabilities, transports: ['send', 'recv'] };

/** Does what the client SDK does: sends a microphone, receives everything, changes over, and comes again. */
export class Guest {
  /** The codes by which it was sent away. */
  readonly setbacks: string[] = [];
  #client: SocketClient | undefined;
  #producerId: string | undefined;
  #hasLeft = false;

  constructor(private readonly options: GuestOptions) {}

  /** What it was told over its last connection. */
  get told(): readonly Frame[] {
    return this.#client?.log.notifications ?? [];
  }

  /** In the room until it leaves. @throws what no client could mend */
  async stay(): Promise<void> {
    while (!this.#hasLeft) {
      const client = await this.options.server.connect(this.options.peerId);
      this.#client = client;
      this.#producerId = undefined;
      try {
        await this.#follow(client);
      } catch (error) {
        if (this.#hasLeft) break;
        if (!client.closeFrame && !isTemporary(error)) throw error;
        this.setbacks.push(client.closeFrame?.[1] ?? (error as Refusal).frame.code ?? '');
        client.disconnect();
      }
    }
    await this.#client?.closed;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#client?.disconnect();
  }

  /** Ends with the connection. */
  async #follow(client: SocketClient): Promise<never> {
    const { roomId, peerId } = client;
    const { topology } = this.options;
    const how = { ...WAYS, ...(topology && { topology, paths: true }) };
    const joined = await this.#ask<Way>('joinRoom', { roomId, peerId, ...how });
    const ways = changes(client);
    let { path } = joined;
    for (let way = Promise.resolve(joined); ; way = this.#ask<Way>('openPath', { path, ...WAYS })) {
      try {
        await this.#use(await way);
        if (path !== joined.path) await this.#ask('pathReady', { path });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
      path = (await ways.next()).value;
    }
  }

  async #use({ producers, transports }: Way): Promise<void> {
    const going = this.#producerId === undefined ? {} : { producerId: this.#producerId };
    if (!transports) {
      await this.#produce(going);
      return;
    }
    const { send, recv } = transports;
    for (const { id: transportId } of [send, recv])
      await this.#ask('connectWebRtcTransport', { transportId, dtlsParameters: sampleDtls() });
    await this.#produce({ ...going, transportId: send.id, rtpParameters: sampleAudio() });
    await this.#receive(producers);
  }

  /** Those that are there; those that come while this is asked for; and, by themselves, those that come later. */
  async #receive(there: Way['producers']): Promise<void> {
    const asked = new Set<unknown>();
    let producerIds: unknown[] = there.map(({ producerId }) => producerId);
    do {
      for (const id of producerIds) asked.add(id);
      await this.#ask('subscribe', { producerIds, follow: true });
      producerIds = this.told
        .filter(({ method }) => method === 'newProducer')
        .map(({ data }) => data?.['producerId'])
        .filter((id) => !asked.has(id));
    } while (producerIds.length > 0);
  }

  async #produce(how: object): Promise<void> {
    const publication = { kind: 'audio', appData: { source: 'microphone' }, ...how };
    this.#producerId = (await this.#ask<{ producerId: string }>('produce', publication)).producerId;
  }

  async #ask<T>(method: string, data: object): Promise<T> {
    const answer = this.#client!.request(method, data);
    this.options.onAsked?.(method);
    const frame = await answer;
    if (!frame.ok) throw new Refusal(method, frame);
    return frame.data as T;
  }
}

/** Where the room goes, from change to change; of several at once, the last. */
async function* changes({ log }: SocketClient): AsyncGenerator<number, never> {
  const all = () => log.notifications.filter(({ method }) => method === 'topologyChanged');
  for (let seen = 0; ;) {
    await log.find(() => all().length > seen);
    seen = all().length;
    yield Number(all().at(-1)?.data?.['path']);
  }
}
