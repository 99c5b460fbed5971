import type { ConsumerInfo, ProducerInfo, ProtooAnswers, ProtooNotifications } from '@parlor/protocol';
import { EventEmitter, once } from 'node:events';
import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../support/requests.js';
import { Line, Refused, type Address } from './Line.js';

export interface Calling {
  readonly topology?: 'sfu' | 'p2p' | 'auto';
  /** Of an earlier session. */
  readonly resumeToken?: string;
}

type Told = Partial<ProtooNotifications>;

/** One way by which media travels. */
interface Way {
  readonly path: number;
  readonly topology: string;
  readonly consumers: Map<string, string>;
  send?: string;
  recv?: string;
}

const DIRECTIONS = ['send', 'recv'] as const;
const rtpParametersOf = { audio: sampleAudio, video: sampleVideo };

/** Somebody in a call, with everything but media: publishes, receives whatever there is, follows wherever the room goes. */
export class Caller {
  readonly peers = new Set<string>();
  /** Own publications. */
  readonly own = new Map<string, 'audio' | 'video'>();
  /** Publications of others. */
  readonly others = new Set<string>();
  readonly faults: unknown[] = [];
  resumeToken = '';
  readonly #news = new EventEmitter();
  #said = 0;
  readonly #heard = new Map<string, number>();
  #way: Way = { path: 0, topology: '', consumers: new Map() };
  #former: Way | undefined;
  #following: Promise<unknown> = Promise.resolve();
  #settled = 0;

  static async join(address: Address, { topology, resumeToken }: Calling = {}): Promise<Caller> {
    const line = await Line.open(address);
    const caller = new Caller(address.peerId, line);
    const { roomId, peerId } = address;
    const joining = line.request<ProtooAnswers['joinRoom']>('joinRoom', {
      roomId,
      peerId,
      rtpCapabilities,
      resumable: true,
      ...(topology !== 'p2p' && { transports: DIRECTIONS }),
      ...(topology && { topology }),
      ...(resumeToken !== undefined && { resumeToken }),
    });
    await caller.#enter(await joining);
    return caller;
  }

  private constructor(
    readonly peerId: string,
    readonly line: Line,
  ) {
    this.#news.setMaxListeners(0);
    line.onNotification = (method, data) => {
      this.#hear({ [method]: data });
      this.#news.emit('news');
    };
  }

  get topology(): string {
    return this.#way.topology;
  }

  get transports(): { send?: string; recv?: string } {
    const { send, recv } = this.#way;
    return { ...(send !== undefined && { send }), ...(recv !== undefined && { recv }) };
  }

  get consumers(): string[] {
    return [...this.#way.consumers.values()];
  }

  /** Everything of the room is on one path, and arrives here. */
  get isCalm(): boolean {
    const { topology, path, consumers } = this.#way;
    return (
      this.#settled === path && (topology === 'p2p' || [...this.others].every((id) => consumers.has(id)))
    );
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#news, 'news');
  }

  /** To everybody, who each hear all of it once and in order. */
  async speak(): Promise<void> {
    await this.line.request('sendMessage', { topic: 'speech', payload: (this.#said += 1) });
  }

  async publish(kind: 'audio' | 'video'): Promise<void> {
    const rtp = this.topology === 'sfu' && { rtpParameters: rtpParametersOf[kind]() };
    const appData = { source: kind === 'audio' ? 'microphone' : 'camera' };
    const { producerId } = await this.line.request<{ producerId: string }>('produce', {
      kind,
      appData,
      ...rtp,
    });
    this.own.set(producerId, kind);
  }

  async unpublish(producerId: string): Promise<void> {
    await this.line.request('closeProducer', { producerId });
    this.own.delete(producerId);
  }

  /** As after a connection that could not be repaired. */
  renewTransport(direction: 'send' | 'recv'): Promise<void> {
    return this.#inTurn(async (way) => {
      const { line } = this;
      await line.request('closeTransport', { transportId: way[direction] });
      if (direction === 'recv') way.consumers.clear();
      const { id } = await line.request<{ id: string }>('createWebRtcTransport', { direction });
      await this.#connect({ [direction]: { id } }, way);
      if (direction === 'send') await this.#carryOn();
      else await this.#receive(way);
    });
  }

  async #enter(joined: ProtooAnswers['joinRoom']): Promise<void> {
    const { topology, path = 1, transports, resumeToken, peers } = joined;
    this.resumeToken = resumeToken;
    for (const { id } of peers) this.peers.add(id);
    // Who came in after the change has nothing to wait for.
    this.#way = { ...this.#way, path, topology };
    this.#settled = path;
    this.#know(joined.producers);
    await this.#connect(transports, this.#way);
    if (this.#way.topology === 'sfu') await this.#receive(this.#way);
    await this.publish('audio');
    await this.publish('video');
  }

  #know(producers: readonly ProducerInfo[]): void {
    for (const { producerId, peerId } of producers) if (peerId !== this.peerId) this.others.add(producerId);
  }

  #hear(told: Told): void {
    const {
      peerJoined,
      peerLeft,
      message,
      newProducer,
      producerMoved,
      producerClosed,
      topologyChanged,
      pathSettled,
    } = told;
    if (peerJoined) this.peers.add(peerJoined.peerId);
    if (peerLeft) {
      this.peers.delete(peerLeft.peerId);
      this.#heard.delete(peerLeft.peerId);
    }
    if (message?.topic === 'speech') this.#listen(message);
    if (newProducer) {
      this.others.add(newProducer.producerId);
      // There was no transport for it just then.
      if (this.topology === 'sfu' && !newProducer.consumer && !newProducer.pending)
        this.#follow((way) => this.#receive(way));
    }
    for (const moved of [newProducer, producerMoved])
      if (moved?.consumer) this.#way.consumers.set(moved.producerId, moved.consumer.consumerId);
    if (producerClosed) {
      this.others.delete(producerClosed.producerId);
      for (const way of [this.#way, this.#former]) way?.consumers.delete(producerClosed.producerId);
    }
    if (topologyChanged) this.#change(topologyChanged);
    if (pathSettled) this.#settled = pathSettled.path;
    if (pathSettled) this.#former = undefined;
  }

  #change({ path, topology }: ProtooNotifications['topologyChanged']): void {
    const isCalledOff = this.#former?.path === path;
    const former = this.#former;
    this.#former = isCalledOff ? undefined : this.#way;
    this.#way = isCalledOff && former ? former : { path, topology, consumers: new Map() };
    if (isCalledOff) return;
    this.#follow((way) => this.#take(way));
  }

  #follow(step: (way: Way) => Promise<void>): void {
    this.#inTurn(step).catch((error: unknown) => this.faults.push(error));
  }

  /** One after the other, and only while media goes that way. */
  #inTurn(step: (way: Way) => Promise<void>): Promise<void> {
    const way = this.#way;
    const turn = this.#following.then(async () => {
      try {
        if (way === this.#way) await step(way);
      } catch (error) {
        if (!(error instanceof Refused) || way === this.#way) throw error;
      }
      this.#news.emit('news');
    });
    this.#following = turn.catch(() => undefined);
    return turn;
  }

  #listen({ from = '', payload }: ProtooNotifications['message']): void {
    const last = this.#heard.get(from);
    if (last !== undefined && payload !== last + 1)
      this.faults.push(`${from} said ${String(payload)} after ${String(last)}`);
    this.#heard.set(from, payload as number);
  }

  async #take(way: Way): Promise<void> {
    const { line } = this;
    const { path } = way;
    const opened = await line.request<ProtooAnswers['openPath']>('openPath', {
      path,
      transports: DIRECTIONS,
      rtpCapabilities,
    });
    this.#know(opened.producers);
    await this.#connect(opened.transports, way);
    if (opened.topology === 'sfu') {
      await this.#carryOn();
      await this.#receive(way);
    }
    await line.request('pathReady', { path });
  }

  async #connect(transports: { send?: { id: string }; recv?: { id: string } } = {}, way: Way): Promise<void> {
    for (const direction of DIRECTIONS) {
      const transportId = transports[direction]?.id;
      if (transportId === undefined) continue;
      way[direction] = transportId;
      await this.line.request('connectWebRtcTransport', { transportId, dtlsParameters: sampleDtls() });
    }
  }

  async #carryOn(): Promise<void> {
    for (const [producerId, kind] of this.own)
      await this.line.request('produce', { kind, producerId, rtpParameters: rtpParametersOf[kind]() });
  }

  async #receive(way: Way): Promise<void> {
    const producerIds = [...this.others].filter((id) => !way.consumers.has(id));
    const answer = await this.line.request<{ consumers: ConsumerInfo[] }>('subscribe', {
      producerIds,
      follow: true,
    });
    for (const { producerId, consumerId } of answer.consumers)
      if (this.others.has(producerId)) way.consumers.set(producerId, consumerId);
    const paused = answer.consumers.filter((consumer) => consumer.paused);
    const consumerIds = paused.map(({ consumerId }) => consumerId);
    if (consumerIds.length > 0) await this.line.request('resume', { consumerIds });
  }
}
