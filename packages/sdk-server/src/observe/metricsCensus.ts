import type { Topology } from '@parlor/protocol';
import type { Consumer, Producer, Room } from '../core/types.js';
import type { Track } from './metricsTracks.js';

/** `waiting`: announced, and nothing has arrived yet. `direct`: from browser to browser. */
type ProducerState = 'flowing' | 'unwatched' | 'waiting' | 'paused' | 'direct';

/** Numbers by the values of labels. */
export class Tally<L extends string[] = string[]> {
  readonly #counts = new Map<string, { labels: L; count: number }>();

  add(labels: L, count = 1): void {
    const key = labels.join(' ');
    const known = this.#counts.get(key);
    if (known) known.count += count;
    else this.#counts.set(key, { labels, count });
  }

  /** What was there is there no more: 0 of it. */
  reset(): void {
    for (const each of this.#counts.values()) each.count = 0;
  }

  [Symbol.iterator](): IterableIterator<{ labels: L; count: number }> {
    return this.#counts.values();
  }
}

/** What there is right now. */
export class Census {
  readonly rooms = new Tally<[topology: string]>();
  readonly peers = new Tally<[dialect: string]>();
  readonly transports = new Tally<[state: string]>();
  readonly producers = new Tally<[kind: string, state: ProducerState]>();
  readonly consumers = new Tally<[kind: string, state: 'flowing' | 'paused']>();
  readonly #nameOf: (dialect: string) => string;

  /** `nameOf` keeps the number of dialects within bounds. */
  constructor(nameOf: (dialect: string) => string) {
    this.#nameOf = nameOf;
  }

  /** Counts everything anew. Returns the tracks whose media goes through the server now. */
  take(rooms: Iterable<Room>): Track[] {
    const { peers, transports, producers, consumers } = this;
    for (const tally of [this.rooms, peers, transports, producers, consumers]) tally.reset();
    for (const topology of ['p2p', 'sfu'] satisfies Topology[]) this.rooms.add([topology], 0);
    const flowing: Track[] = [];
    for (const room of rooms) {
      this.rooms.add([room.topology]);
      for (const peer of room.peers.values()) {
        peers.add([this.#nameOf(peer.dialect)]);
        for (const { state } of peer.transports.values()) transports.add([state]);
        for (const producer of peer.producers.values()) {
          const state = stateOf(producer);
          producers.add([producer.kind, state]);
          if (state === 'flowing') flowing.push(received(producer));
        }
        for (const consumer of peer.consumers.values()) {
          const { kind, producer, forwarding } = consumer;
          consumers.add([kind, forwarding.active ? 'flowing' : 'paused']);
          if (forwarding.active && producer.started) flowing.push(sent(consumer));
        }
      }
    }
    return flowing;
  }
}

function stateOf({ paused, started, pending, watched, peer }: Producer): ProducerState {
  if (paused) return 'paused';
  if (peer.room.topology === 'p2p') return 'direct';
  if (!watched) return 'unwatched';
  return started && !pending ? 'flowing' : 'waiting';
}

const received = (producer: Producer): Track => ({
  of: 'producer',
  id: producer.id,
  kind: producer.kind,
  peer: producer.peer,
  stats: () => producer.stats(),
});

const sent = (consumer: Consumer): Track => ({
  of: 'consumer',
  id: consumer.id,
  kind: consumer.kind,
  peer: consumer.peer,
  stats: async () => [await consumer.stats()],
});
