import type { ProducerState, RoomChange, RoomState, RoomUpdate } from './state.js';

type Snapshot = Extract<RoomUpdate, { type: 'snapshot' }>;

/** The old producer that `producer` carries on: itself, or else the same source published anew. */
function predecessor(
  producer: ProducerState,
  unmatched: readonly ProducerState[],
): ProducerState | undefined {
  return unmatched.find(
    (old) => old.peerId === producer.peerId && old.source === producer.source && old.kind === producer.kind,
  );
}

/** Pairs every new producer with the old one that it is, or continues. */
export function pair(
  olds: readonly ProducerState[],
  news: readonly ProducerState[],
): Map<ProducerState, ProducerState> {
  const pairs = new Map<ProducerState, ProducerState>();
  const same = new Map(olds.map((old) => [old.producerId, old]));
  for (const producer of news) {
    const old = same.get(producer.producerId);
    if (old?.peerId === producer.peerId) pairs.set(producer, old);
  }
  const taken = new Set(pairs.values());
  const unmatched = olds.filter((old) => !taken.has(old));
  for (const producer of news) {
    if (pairs.has(producer)) continue;
    const old = predecessor(producer, unmatched);
    if (!old) continue;
    pairs.set(producer, old);
    unmatched.splice(unmatched.indexOf(old), 1);
  }
  return pairs;
}

/** What it means for the app that `producer` is there, and whether it is `old`. */
export function producerChanges(producer: ProducerState, old: ProducerState | undefined): RoomChange[] {
  if (!old) return [{ type: 'producerAdded', producer }];
  const changes: RoomChange[] = [];
  if (old.producerId !== producer.producerId || old.missing !== producer.missing) {
    changes.push({ type: 'producerReplaced', oldId: old.producerId, producer });
  }
  if (old.paused !== producer.paused) changes.push({ type: 'producerMuted', producer });
  return changes;
}

/**
 * The way from what was known to a fresh snapshot. Participants and producers that are still there are not
 * touched, so that a reconnect is no storm of leaving and joining; nor, while the room is formed anew, are the others.
 */
export function diffSnapshot(
  state: RoomState,
  snapshot: Snapshot,
): readonly [RoomState, readonly RoomChange[]] {
  const peers = snapshot.peers.filter(({ id }) => id !== state.selfId);
  const present = new Set(peers.map(({ id }) => id));
  const producers = snapshot.producers.filter(({ peerId }) => present.has(peerId));
  const before = new Map(state.peers.map((peer) => [peer.id, peer]));
  const pairs = pair(state.producers, producers);
  const carriedOn = new Set(pairs.values());

  const changes: RoomChange[] = [];
  for (const old of state.producers) {
    if (carriedOn.has(old)) continue;
    if (snapshot.reforming) {
      const producer = { ...old, missing: true } as const;
      producers.push(producer);
      pairs.set(producer, old);
    } else changes.push({ type: 'producerRemoved', producer: old });
  }
  for (const old of state.peers) {
    if (present.has(old.id)) continue;
    if (snapshot.reforming) peers.push({ ...old, missing: true });
    else changes.push({ type: 'peerLeft', peerId: old.id, reason: 'disconnected' });
  }
  for (const peer of peers) {
    const old = before.get(peer.id);
    if (!old) changes.push({ type: 'peerJoined', peer });
    else if (old.displayName !== peer.displayName) changes.push({ type: 'peerRenamed', peer });
  }
  for (const producer of producers) changes.push(...producerChanges(producer, pairs.get(producer)));
  if (state.speakers.length > 0) changes.push({ type: 'speakers', speakers: [] });
  return [{ ...state, peers, producers, speakers: [] }, changes];
}
