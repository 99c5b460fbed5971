import type { UsageRecord } from '@parlor/protocol';
import type { Hooks, Peer, Room, Rooms, Transport } from '../core/types.js';
import { Emitter } from '../events.js';
import type { Clock } from '../ice/clock.js';
import type { Logger } from '../logger.js';
import { PeerMeter, type Bytes, type PeerMeterParts } from './PeerMeter.js';
import { UsageHistory } from './UsageHistory.js';

/**
 * How often the figures of each peer are read. The last ones are read when a transport closes: these are for what ends
 * without that, a media process that dies.
 */
const SAMPLE_MS = 5000;
const TICK_MS = 1000;
/** How long closing waits for a media process that does not answer. */
const PATIENCE_MS = 2000;

export interface UsageParts {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly hooks: Pick<Hooks, 'onUsage'>;
  readonly logger: Logger;
}

export interface UsageEvents {
  /** A peer has left, and its books are closed. */
  recorded: [record: UsageRecord];
  /** So much more has gone over a transport than was known. */
  carried: [transport: Transport, bytes: Readonly<Bytes>];
}

/** Who was connected when, how long, with how many bytes: of every peer of every dialect. */
export class UsageRecorder extends Emitter<UsageEvents> {
  readonly #rooms: Rooms;
  readonly #clock: Clock;
  readonly #hooks: Pick<Hooks, 'onUsage'>;
  readonly #logger: Logger;
  readonly #history: UsageHistory;
  readonly #meters = new Map<Peer, PeerMeter>();
  readonly #closing = new Set<Promise<void>>();
  readonly #meterParts: PeerMeterParts;
  #stopTicking: (() => void) | undefined;

  constructor({ rooms, clock, hooks, logger }: UsageParts) {
    super();
    this.#rooms = rooms;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#logger = logger;
    this.#meterParts = {
      now: () => clock.now(),
      carried: (transport, bytes) => {
        this.emit('carried', transport, bytes);
      },
    };
    this.#history = new UsageHistory((roomId) => rooms.get(roomId) !== undefined);
    rooms.on('opened', (room) => {
      room.on('peerJoined', this.#joined);
      room.on('transportCreated', this.#transportCreated);
      room.on('peerClosed', this.#left);
    });
  }

  /** Stays in a room, those that last included, by when they began. Undefined: no such room is known any more. */
  async recordsOf(roomId: string): Promise<UsageRecord[] | undefined> {
    const room: Room | undefined = this.#rooms.get(roomId);
    const meters = [...this.#meters.values()].filter((meter) => meter.roomId === roomId);
    await Promise.all(meters.map((meter) => meter.sample()));
    // Some may have left in the meantime: they are in the history now.
    const present = meters.filter(({ peer }) => this.#meters.has(peer)).map(({ record }) => record);
    const past = this.#history.of(roomId, this.#clock.now());
    if (!room && !past && present.length === 0) return undefined;
    return [...(past ?? []), ...present].sort((a, b) => a.joinedAt.localeCompare(b.joinedAt));
  }

  /** Stops reading figures; resolves when the books of everybody who has left are closed. */
  async close(): Promise<void> {
    this.#stopTicking?.();
    let stopWaiting = (): void => undefined;
    const enough = new Promise<void>((resolve) => {
      stopWaiting = this.#clock.after(PATIENCE_MS, resolve);
    });
    await Promise.race([Promise.all(this.#closing), enough]);
    stopWaiting();
  }

  // One listener for all rooms, and none for each peer: most of those who are connected only wait.
  readonly #joined = (peer: Peer): void => {
    this.#meters.set(peer, new PeerMeter(peer, this.#meterParts));
    this.#stopTicking ??= this.#tickLater();
  };

  readonly #transportCreated = (transport: Transport, peer: Peer): void => {
    this.#meters.get(peer)?.watch(transport);
  };

  readonly #left = (peer: Peer): void => {
    const meter = this.#meters.get(peer);
    if (!meter) return;
    meter.end();
    const closing = this.#closeBooks(meter);
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  };

  async #closeBooks(meter: PeerMeter): Promise<void> {
    await meter.settled();
    const { record } = meter;
    this.#meters.delete(meter.peer);
    this.#history.add(record, this.#clock.now());
    this.emit('recorded', record);
    try {
      await this.#hooks.onUsage?.(record);
    } catch (error) {
      const { roomId, peerId } = record;
      this.#logger.error({ err: error, roomId, peerId }, 'the hook onUsage failed');
    }
  }

  /** One timer for all, while there is somebody. */
  #tickLater(): () => void {
    return this.#clock.after(TICK_MS, () => {
      const due = this.#clock.now() - SAMPLE_MS;
      for (const meter of this.#meters.values()) if (meter.sampledAt <= due) void meter.sample();
      this.#stopTicking = this.#meters.size > 0 ? this.#tickLater() : undefined;
    });
  }
}
