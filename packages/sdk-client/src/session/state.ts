import type { ParticipantLeftReason, TrackKind, TrackSource } from '../types.js';

/** What the client knows of a room: plain data, changed by `reduce` only. */
export interface RoomState {
  readonly selfId: string;
  /** Everyone else, in the order in which they joined. */
  readonly peers: readonly PeerState[];
  readonly producers: readonly ProducerState[];
  readonly speakers: readonly SpeakerState[];
}

export interface PeerState {
  readonly id: string;
  readonly displayName: string;
  /** Was there before the room was formed anew, and has not come back yet. */
  readonly missing?: true;
}

export interface ProducerState {
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly name: string | undefined;
  readonly paused: boolean;
  /** Width and height of what is captured; its publisher's word, which may say anything. */
  readonly video?: unknown;
  /** As of a peer. */
  readonly missing?: true;
}

export interface SpeakerState {
  readonly peerId: string;
  readonly level: number;
}

/** What can happen to a room, as the server tells it. */
export type RoomUpdate =
  | {
      readonly type: 'snapshot';
      readonly peers: readonly PeerState[];
      readonly producers: readonly ProducerState[];
      /** The room is being formed anew: who is missing may yet come. */
      readonly reforming?: boolean;
    }
  /** It is: who is missing now has left. */
  | { readonly type: 'reformed' }
  | { readonly type: 'peerJoined'; readonly peer: PeerState }
  | { readonly type: 'peerLeft'; readonly peerId: string; readonly reason: ParticipantLeftReason }
  | { readonly type: 'producerAdded'; readonly producer: ProducerState }
  | { readonly type: 'producerRemoved'; readonly producerId: string }
  | { readonly type: 'producerMuted'; readonly producerId: string; readonly muted: boolean }
  | { readonly type: 'speakers'; readonly speakers: readonly SpeakerState[] };

/** What changed for the app. In order: whoever replays them on the old state has the new one. */
export type RoomChange =
  | { readonly type: 'peerJoined'; readonly peer: PeerState }
  | { readonly type: 'peerRenamed'; readonly peer: PeerState }
  | { readonly type: 'peerLeft'; readonly peerId: string; readonly reason: ParticipantLeftReason }
  | { readonly type: 'producerAdded'; readonly producer: ProducerState }
  /** The same source of the same peer, published anew or missing: its track object lives on. */
  | { readonly type: 'producerReplaced'; readonly oldId: string; readonly producer: ProducerState }
  | { readonly type: 'producerRemoved'; readonly producer: ProducerState }
  | { readonly type: 'producerMuted'; readonly producer: ProducerState }
  | { readonly type: 'speakers'; readonly speakers: readonly SpeakerState[] };

export const emptyState = (selfId: string): RoomState => ({ selfId, peers: [], producers: [], speakers: [] });
