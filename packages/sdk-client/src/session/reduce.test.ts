import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduce } from './reduce.js';
import { emptyState, type ProducerState, type RoomChange, type RoomState, type RoomUpdate } from './state.js';

const peer = (id: string, displayName = id) => ({ id, displayName });
const producer = (producerId: string, peerId: string, more: Partial<ProducerState> = {}): ProducerState => ({
  producerId,
  peerId,
  kind: 'video',
  source: 'camera',
  name: undefined,
  paused: false,
  ...more,
});

const run = (state: RoomState, ...updates: RoomUpdate[]): [RoomState, RoomChange[]] => {
  const all: RoomChange[] = [];
  for (const update of updates) {
    const [next, changes] = reduce(state, update);
    state = next;
    all.push(...changes);
  }
  return [state, all];
};

/* Few ids, so that random updates meet. */
const peerId = fc.constantFrom('self', 'a', 'b', 'c');
const anyPeer = fc.record({ id: peerId, displayName: fc.constantFrom('', 'x', 'y') });
/* A producer id is never given out twice: whose it is and what it shows is settled by the id. */
const producers = [
  producer('p1', 'a'),
  producer('p2', 'a'),
  producer('p3', 'a', { kind: 'audio', source: 'microphone' }),
  producer('p4', 'b'),
  producer('p5', 'c', { source: 'unknown' }),
  producer('p6', 'self'),
];
const anyProducer = fc
  .tuple(fc.constantFrom(...producers), fc.boolean())
  .map(([p, paused]): ProducerState => ({ ...p, paused }));
const uniquePeers = fc.uniqueArray(anyPeer, { selector: ({ id }) => id });
const uniqueProducers = fc.uniqueArray(anyProducer, { selector: (p) => p.producerId });
const snapshot = fc.record({
  type: fc.constant('snapshot' as const),
  peers: uniquePeers,
  producers: uniqueProducers,
});
const anyUpdate: fc.Arbitrary<RoomUpdate> = fc.oneof(
  snapshot,
  fc.record({ type: fc.constant('peerJoined' as const), peer: anyPeer }),
  fc.record({ type: fc.constant('peerLeft' as const), peerId, reason: fc.constant('left' as const) }),
  fc.record({ type: fc.constant('producerAdded' as const), producer: anyProducer }),
  fc.record({ type: fc.constant('producerRemoved' as const), producerId: fc.constantFrom('p1', 'p2', 'p3') }),
  fc.record({
    type: fc.constant('producerMuted' as const),
    producerId: fc.constantFrom('p1', 'p2'),
    muted: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('speakers' as const),
    speakers: fc.uniqueArray(fc.record({ peerId, level: fc.double({ min: 0, max: 1, noNaN: true }) }), {
      selector: (s) => s.peerId,
    }),
  }),
);

/** What an app would know that only listens to changes. */
class Mirror {
  readonly peers = new Map<string, string>();
  readonly producers = new Map<string, ProducerState>();
  speakers: readonly { peerId: string }[] = [];

  apply(change: RoomChange): void {
    switch (change.type) {
      case 'peerJoined':
        expect(this.peers.has(change.peer.id)).toBe(false);
        this.peers.set(change.peer.id, change.peer.displayName);
        break;
      case 'peerRenamed':
        expect(this.peers.has(change.peer.id)).toBe(true);
        this.peers.set(change.peer.id, change.peer.displayName);
        break;
      case 'peerLeft':
        expect([...this.producers.values()].filter((p) => p.peerId === change.peerId)).toEqual([]);
        expect(this.peers.delete(change.peerId)).toBe(true);
        break;
      case 'producerAdded':
        expect(this.peers.has(change.producer.peerId)).toBe(true);
        expect(this.producers.has(change.producer.producerId)).toBe(false);
        this.producers.set(change.producer.producerId, change.producer);
        break;
      case 'producerReplaced': {
        const old = this.producers.get(change.oldId);
        expect(old).toMatchObject({ peerId: change.producer.peerId, source: change.producer.source });
        this.producers.delete(change.oldId);
        this.producers.set(change.producer.producerId, change.producer);
        break;
      }
      case 'producerRemoved':
        expect(this.producers.delete(change.producer.producerId)).toBe(true);
        break;
      case 'producerMuted':
        expect(this.producers.has(change.producer.producerId)).toBe(true);
        this.producers.set(change.producer.producerId, change.producer);
        break;
      case 'speakers':
        this.speakers = change.speakers;
    }
  }
}

describe('reduce', () => {
  it('tells enough to follow: the changes replayed on the old state give the new one', () => {
    fc.assert(
      fc.property(fc.array(anyUpdate, { maxLength: 40 }), (updates) => {
        const mirror = new Mirror();
        let state = emptyState('self');
        for (const update of updates) {
          const [next, changes] = reduce(state, update);
          for (const change of changes) mirror.apply(change);
          state = next;
          expect(Object.fromEntries(mirror.peers)).toEqual(
            Object.fromEntries(state.peers.map((p) => [p.id, p.displayName])),
          );
          expect(new Set(mirror.producers.keys())).toEqual(new Set(state.producers.map((p) => p.producerId)));
          for (const p of state.producers) {
            expect(mirror.producers.get(p.producerId)).toMatchObject({ paused: p.paused, peerId: p.peerId });
          }
          expect(mirror.speakers).toEqual(state.speakers);
        }
      }),
    );
  });

  it('keeps its invariants: no self, no duplicates, no producer or speaker without a peer', () => {
    fc.assert(
      fc.property(fc.array(anyUpdate, { maxLength: 40 }), (updates) => {
        const [state] = run(emptyState('self'), ...updates);
        const ids = state.peers.map((p) => p.id);
        expect(ids).not.toContain('self');
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(state.producers.map((p) => p.producerId)).size).toBe(state.producers.length);
        for (const p of state.producers) expect(ids).toContain(p.peerId);
        for (const s of state.speakers) expect(['self', ...ids]).toContain(s.peerId);
      }),
    );
  });

  it('has nothing to say about a snapshot of what is known', () => {
    fc.assert(
      fc.property(snapshot, (update) => {
        const [state] = run(emptyState('self'), update);
        const [again, changes] = reduce(state, update);
        expect(changes).toEqual([]);
        expect(again).toEqual(state);
      }),
    );
  });

  it('keeps participants and sources through a snapshot in which only the producer ids are new', () => {
    const [joined] = run(emptyState('self'), {
      type: 'snapshot',
      peers: [peer('a'), peer('b')],
      producers: [
        producer('1', 'a'),
        producer('2', 'a', { kind: 'audio', source: 'microphone' }),
        producer('3', 'b'),
      ],
    });
    const [state, changes] = reduce(joined, {
      type: 'snapshot',
      peers: [peer('b'), peer('a')],
      producers: [producer('3', 'b'), producer('9', 'a', { paused: true })],
    });
    expect(changes.map((c) => c.type)).toEqual(['producerRemoved', 'producerReplaced', 'producerMuted']);
    expect(changes[0]).toMatchObject({ producer: { producerId: '2' } });
    expect(changes[1]).toMatchObject({ oldId: '1', producer: { producerId: '9' } });
    expect(state.peers.map((p) => p.id)).toEqual(['b', 'a']);
  });

  it('ends tracks before the participant, and silences who left', () => {
    const [, changes] = run(
      emptyState('self'),
      { type: 'peerJoined', peer: peer('a') },
      { type: 'producerAdded', producer: producer('1', 'a') },
      { type: 'speakers', speakers: [{ peerId: 'a', level: 1 }] },
      { type: 'peerLeft', peerId: 'a', reason: 'removed' },
    );
    expect(changes.slice(3)).toEqual([
      { type: 'producerRemoved', producer: producer('1', 'a') },
      { type: 'speakers', speakers: [] },
      { type: 'peerLeft', peerId: 'a', reason: 'removed' },
    ]);
  });

  it('puts the loudest speaker first', () => {
    const [state] = run(
      emptyState('self'),
      { type: 'peerJoined', peer: peer('a') },
      {
        type: 'speakers',
        speakers: [
          { peerId: 'a', level: 0.1 },
          { peerId: 'self', level: 0.7 },
          { peerId: 'x', level: 1 },
        ],
      },
    );
    expect(state.speakers.map((s) => s.peerId)).toEqual(['self', 'a']);
  });
});
