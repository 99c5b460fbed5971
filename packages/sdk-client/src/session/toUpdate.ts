import type { ProtooAnswers, ProtooNotificationMethod, ProtooNotifications } from '@parlor/protocol';
import type { TrackSource } from '../types.js';
import type { ProducerState, RoomUpdate } from './state.js';

type Wire = { [M in ProtooNotificationMethod]: Record<string, unknown> & ProtooNotifications[M] };

const SOURCES: ReadonlySet<unknown> = new Set<TrackSource>(['camera', 'microphone', 'screen', 'screenAudio']);
const isSource = (value: unknown): value is TrackSource => SOURCES.has(value);

type WireProducer = ProtooAnswers['joinRoom']['producers'][number];

/** `appData` is the publisher's word: it may say anything. */
function toProducer({ producerId, peerId, kind, paused, appData }: WireProducer): ProducerState {
  const { source, name, video } = (appData as Record<string, unknown> | undefined) ?? {};
  return {
    producerId,
    peerId,
    kind,
    paused,
    source: isSource(source) ? source : 'unknown',
    name: typeof name === 'string' ? name : undefined,
    ...(video !== undefined && { video }),
  };
}

export const toSnapshot = ({
  peers,
  producers,
  reforming,
}: Pick<ProtooAnswers['joinRoom'], 'peers' | 'producers' | 'reforming'>): RoomUpdate => ({
  type: 'snapshot',
  peers,
  producers: producers.map(toProducer),
  reforming: reforming !== undefined,
});

const muted = ({ producerId }: { producerId: string }, value: boolean): RoomUpdate => ({
  type: 'producerMuted',
  producerId,
  muted: value,
});

/** One mapping for each notification that is about the room's state. */
const UPDATES: { [M in ProtooNotificationMethod]?: (data: Wire[M]) => RoomUpdate } = {
  peerJoined: ({ peerId, displayName }) => ({ type: 'peerJoined', peer: { id: peerId, displayName } }),
  peerLeft: ({ peerId, reason }) => ({ type: 'peerLeft', peerId, reason }),
  newProducer: (data) => ({ type: 'producerAdded', producer: toProducer({ ...data, paused: data.paused }) }),
  producerClosed: ({ producerId }) => ({ type: 'producerRemoved', producerId }),
  producerPaused: (data) => muted(data, true),
  producerResumed: (data) => muted(data, false),
  consumerPaused: (data) => muted(data, true),
  consumerResumed: (data) => muted(data, false),
  activeSpeakers: ({ speakers }) => ({ type: 'speakers', speakers }),
};

const isKnown = (method: string): method is keyof typeof UPDATES => Object.hasOwn(UPDATES, method);

/** What a notification says about the room's state; undefined when it is about something else, or from the future. */
export function toUpdate(method: string, data: Record<string, unknown>): RoomUpdate | undefined {
  // What the room holds back is not muted.
  if (!isKnown(method) || (data['reason'] && method.startsWith('consumer'))) return undefined;
  const convert = UPDATES[method] as (data: Record<string, unknown>) => RoomUpdate;
  return convert(data);
}
