import { diffSnapshot, pair, producerChanges } from './diffSnapshot.js';
import type { PeerState, ProducerState, RoomChange, RoomState, RoomUpdate } from './state.js';

type Step = readonly [RoomState, readonly RoomChange[]];

/** Pure: the state after `update`, and what changed. An update that says nothing new changes nothing. */
export function reduce(state: RoomState, update: RoomUpdate): Step {
  switch (update.type) {
    case 'snapshot':
      return diffSnapshot(state, update);
    case 'reformed':
      return reformed(state);
    case 'peerJoined':
      return peerJoined(state, update.peer);
    case 'peerLeft':
      return peerLeft(state, update);
    case 'producerAdded':
      return producerAdded(state, update.producer);
    case 'producerRemoved':
      return producerRemoved(state, update.producerId);
    case 'producerMuted':
      return producerMuted(state, update);
    case 'speakers':
      return speakers(state, update);
  }
}

function reformed(state: RoomState): Step {
  const gone: RoomUpdate[] = [
    ...state.producers
      .filter(({ missing }) => missing)
      .map(({ producerId }) => ({ type: 'producerRemoved', producerId }) as const),
    ...state.peers
      .filter(({ missing }) => missing)
      .map(({ id }) => ({ type: 'peerLeft', peerId: id, reason: 'disconnected' }) as const),
  ];
  return gone.reduce<Step>(
    ([before, changes], update) => {
      const [after, more] = reduce(before, update);
      return [after, [...changes, ...more]];
    },
    [state, []],
  );
}

function peerJoined(state: RoomState, peer: PeerState): Step {
  if (peer.id === state.selfId) return [state, []];
  const known = state.peers.find(({ id }) => id === peer.id);
  if (!known) return [{ ...state, peers: [...state.peers, peer] }, [{ type: 'peerJoined', peer }]];
  const renamed = known.displayName !== peer.displayName;
  if (!renamed && !known.missing) return [state, []];
  const peers = state.peers.map((other) => (other.id === peer.id ? peer : other));
  return [{ ...state, peers }, renamed ? [{ type: 'peerRenamed', peer }] : []];
}

function peerLeft(state: RoomState, { peerId, reason }: Extract<RoomUpdate, { type: 'peerLeft' }>): Step {
  if (!state.peers.some(({ id }) => id === peerId)) return [state, []];
  const gone = state.producers.filter((producer) => producer.peerId === peerId);
  const spoke = state.speakers.some((speaker) => speaker.peerId === peerId);
  const next: RoomState = {
    ...state,
    peers: state.peers.filter(({ id }) => id !== peerId),
    producers: state.producers.filter((producer) => producer.peerId !== peerId),
    speakers: spoke ? state.speakers.filter((speaker) => speaker.peerId !== peerId) : state.speakers,
  };
  const changes: RoomChange[] = gone.map((producer) => ({ type: 'producerRemoved', producer }));
  if (spoke) changes.push({ type: 'speakers', speakers: next.speakers });
  return [next, [...changes, { type: 'peerLeft', peerId, reason }]];
}

function producerAdded(state: RoomState, producer: ProducerState): Step {
  const missing = state.producers.filter((other) => other.missing);
  const old = pair(missing, [producer]).get(producer);
  const known = !old && state.producers.some(({ producerId }) => producerId === producer.producerId);
  // The server announces a peer before its producers; one without a peer is a leftover of a peer that has left.
  if (known || !state.peers.some(({ id }) => id === producer.peerId)) return [state, []];
  const producers = [...state.producers.filter((other) => other !== old), producer];
  return [{ ...state, producers }, producerChanges(producer, old)];
}

function producerRemoved(state: RoomState, producerId: string): Step {
  const producer = state.producers.find((other) => other.producerId === producerId);
  if (!producer) return [state, []];
  const producers = state.producers.filter((other) => other !== producer);
  return [{ ...state, producers }, [{ type: 'producerRemoved', producer }]];
}

function producerMuted(
  state: RoomState,
  { producerId, muted }: Extract<RoomUpdate, { type: 'producerMuted' }>,
): Step {
  const known = state.producers.find((other) => other.producerId === producerId);
  if (!known || known.paused === muted) return [state, []];
  const producer = { ...known, paused: muted };
  const producers = state.producers.map((other) => (other === known ? producer : other));
  return [{ ...state, producers }, [{ type: 'producerMuted', producer }]];
}

function speakers(state: RoomState, update: Extract<RoomUpdate, { type: 'speakers' }>): Step {
  const present = (id: string) => id === state.selfId || state.peers.some((peer) => peer.id === id);
  const next = update.speakers.filter(({ peerId }) => present(peerId)).sort((a, b) => b.level - a.level);
  if (next.length === 0 && state.speakers.length === 0) return [state, []];
  return [{ ...state, speakers: next }, [{ type: 'speakers', speakers: next }]];
}
