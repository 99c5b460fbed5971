import type { UsageRecord } from '@parlor/protocol';
import type { Peer, Transport } from '../core/types.js';

/** How many times of connection a record lists; who has more of them has an unsteady network. */
const MAX_CONNECTIONS = 100;

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
  readonly #now: () => number;
  readonly #carried: PeerMeterParts['carried'];
  readonly #joinedAt: number;
  readonly #connections: Connection[] = [];
  readonly #connected = new Set<Transport>();
  /** Of transports that are there or whose last figures are under way. */
  readonly #bytes = new Map<Transport, Bytes>();
  /** Of transports that are gone. */
  readonly #before: Bytes = { in: 0, out: 0 };
  readonly #underway = new Set<Promise<void>>();
  #msBefore = 0;
  #leftAt: number | undefined;

  constructor(peer: Peer, { now, carried }: PeerMeterParts) {
    this.peer = peer;
    this.roomId = peer.room.id;
    this.#now = now;
    this.#carried = carried;
    this.#joinedAt = now();
    this.sampledAt = this.#joinedAt;
    for (const transport of peer.transports.values()) this.#watch(transport);
    peer.on('transportCreated', (transport) => {
      this.#watch(transport);
    });
  }

  /** Reads how much went over each transport; resolves when that is in the books. */
  async sample(): Promise<void> {
    this.sampledAt = this.#now();
    for (const transport of this.#connected) this.#read(transport);
    await this.settled();
  }

  /** The peer has left. Its last figures may still be on their way: see `settled`. */
  end(): void {
    this.#leftAt = this.#now();
    this.#disconnected();
  }

  /** Resolves when all figures that were asked for are in. */
  async settled(): Promise<void> {
    await Promise.all(this.#underway);
  }

  get record(): UsageRecord {
    const { peer, roomId } = this;
    const last = this.#connections.at(-1);
    const running = last && last.to === undefined ? this.#now() - last.from : 0;
    const bytes = [this.#before, ...this.#bytes.values()];
    return {
      roomId,
      peerId: peer.id,
      ...(peer.userId !== undefined && { userId: peer.userId }),
      dialect: peer.dialect,
      joinedAt: instant(this.#joinedAt),
      ...(this.#leftAt !== undefined && { leftAt: instant(this.#leftAt) }),
      connections: this.#connections.map(({ from, to }) => ({
        from: instant(from),
        ...(to !== undefined && { to: instant(to) }),
      })),
      secondsConnected: Math.max(0, this.#msBefore + running) / 1000,
      bytesIn: bytes.reduce((sum, each) => sum + each.in, 0),
      bytesOut: bytes.reduce((sum, each) => sum + each.out, 0),
    };
  }

  #watch(transport: Transport): void {
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
        this.#before.in += bytes.in;
        this.#before.out += bytes.out;
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
      this.#connections.push({ from: this.#now() });
      if (this.#connections.length > MAX_CONNECTIONS) this.#connections.shift();
    }
    this.#connected.add(transport);
    if (!this.#bytes.has(transport)) this.#bytes.set(transport, { in: 0, out: 0 });
  }

  #disconnected(): void {
    const last = this.#connections.at(-1);
    if (!last || last.to !== undefined) return;
    last.to = this.#now();
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
        this.#carried(transport, more);
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
