import type { UsageRecord } from '@parlor/protocol';
import { LazyMap } from '../core/LazyMap.js';
import { LazySet } from '../core/LazySet.js';
import type { Peer, Transport } from '../core/types.js';

/** How many times of connection a record lists; who has more of them has an unsteady network. */
const MAX_CONNECTIONS = 100;
const NOTHING: Readonly<Bytes> = { in: 0, out: 0 };

interface Connection {
  from: number;
  to?: number;
}

export interface Bytes {
  in: number;
  out: number;
}

export interface PeerMeterParts {
  readonly now: () => number;
  /** Hears how much more each reading has found. */
  readonly carried: (transport: Transport, bytes: Bytes) => void;
}

/** Keeps the books of one stay of one peer. */
export class PeerMeter {
  readonly roomId: string;
  readonly peer: Peer;
  /** When figures were last asked for, milliseconds. */
  sampledAt: number;
  readonly #parts: PeerMeterParts;
  readonly #joinedAt: number;
  /** From when it was connected for the first time. */
  #connections: Connection[] | undefined;
  readonly #connected = new LazySet<Transport>();
  /** Of transports that are there or whose last figures are under way. */
  readonly #bytes = new LazyMap<Transport, Bytes>();
  /** Of transports that are gone. */
  #before: Readonly<Bytes> = NOTHING;
  readonly #underway = new LazySet<Promise<void>>();
  #msBefore = 0;
  #leftAt: number | undefined;

  constructor(peer: Peer, parts: PeerMeterParts) {
    this.peer = peer;
    this.roomId = peer.room.id;
    this.#parts = parts;
    this.#joinedAt = parts.now();
    this.sampledAt = this.#joinedAt;
    for (const transport of peer.transports.values()) this.watch(transport);
  }

  /** Reads how much went over each transport; resolves when that is in the books. */
  async sample(): Promise<void> {
    this.sampledAt = this.#parts.now();
    for (const transport of this.#connected) this.#read(transport);
    await this.settled();
  }

  /** The peer has left. Its last figures may still be on their way: see `settled`. */
  end(): void {
    this.#leftAt = this.#parts.now();
    this.#disconnected();
  }

  /** Resolves when all figures that were asked for are in. */
  async settled(): Promise<void> {
    await Promise.all(this.#underway);
  }

  get record(): UsageRecord {
    const { peer, roomId } = this;
    const last = this.#connections?.at(-1);
    const running = last && last.to === undefined ? this.#parts.now() - last.from : 0;
    const bytes = [this.#before, ...this.#bytes.values()];
    return {
      roomId,
      peerId: peer.id,
      ...(peer.userId !== undefined && { userId: peer.userId }),
      dialect: peer.dialect,
      joinedAt: instant(this.#joinedAt),
      ...(this.#leftAt !== undefined && { leftAt: instant(this.#leftAt) }),
      connections: (this.#connections ?? []).map(({ from, to }) => ({
        from: instant(from),
        ...(to !== undefined && { to: instant(to) }),
      })),
      secondsConnected: Math.max(0, this.#msBefore + running) / 1000,
      bytesIn: bytes.reduce((sum, each) => sum + each.in, 0),
      bytesOut: bytes.reduce((sum, each) => sum + each.out, 0),
    };
  }

  /** From here on what goes over the transport counts. */
  watch(transport: Transport): void {
    this.#setConnected(transport, transport.state === 'connected');
    transport.on('stateChanged', (state) => {
      this.#setConnected(transport, state === 'connected');
    });
    transport.on('closing', () => {
      this.#read(transport);
    });
    transport.on('closed', () => {
      this.#setConnected(transport, false);
      // Not before the last figures are in.
      void this.settled().then(() => {
        const bytes = this.#bytes.get(transport);
        if (!bytes) return;
        this.#before = { in: this.#before.in + bytes.in, out: this.#before.out + bytes.out };
        this.#bytes.delete(transport);
      });
    });
  }

  #setConnected(transport: Transport, connected: boolean): void {
    if (!connected) {
      this.#connected.delete(transport);
      if (this.#connected.size === 0) this.#disconnected();
      return;
    }
    if (this.#leftAt !== undefined) return;
    if (this.#connected.size === 0) {
      const connections = (this.#connections ??= []);
      connections.push({ from: this.#parts.now() });
      if (connections.length > MAX_CONNECTIONS) connections.shift();
    }
    this.#connected.add(transport);
    if (!this.#bytes.has(transport)) this.#bytes.set(transport, { in: 0, out: 0 });
  }

  #disconnected(): void {
    const last = this.#connections?.at(-1);
    if (!last || last.to !== undefined) return;
    last.to = this.#parts.now();
    this.#msBefore += last.to - last.from;
  }

  #read(transport: Transport): void {
    const bytes = this.#bytes.get(transport);
    // What was never connected has carried nothing.
    if (!bytes) return;
    const reading = transport.stats().then(
      ({ bytesReceived, bytesSent }) => {
        // Counters only grow; an answer that was overtaken is older.
        const more = { in: Math.max(0, bytesReceived - bytes.in), out: Math.max(0, bytesSent - bytes.out) };
        bytes.in += more.in;
        bytes.out += more.out;
        this.#parts.carried(transport, more);
      },
      () => {
        // The media process died or the transport was faster: what was read before counts.
      },
    );
    this.#underway.add(reading);
    void reading.then(() => this.#underway.delete(reading));
  }
}

const instant = (ms: number): string => new Date(ms).toISOString();
