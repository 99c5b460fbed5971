import type {
  HoldReason,
  PeerInfo,
  PeerLeftReason,
  ProducerInfo,
  RoomClosedReason,
  Signal,
  SpeakerInfo,
  Topology,
  TopologyReason,
} from '@parlor/protocol';
import type { Consumer, ConsumerLayers, ProducerScore } from './types.js';

/** Everything that a room can tell a peer. A dialect maps each to its own wire, or leaves it out. */
export type RoomUpdate =
  /** `canWait`: nobody connects to it by this word, as browsers do that send each other media. */
  | { type: 'peerJoined'; peer: PeerInfo; canWait?: boolean }
  | { type: 'peerLeft'; peerId: string; reason: PeerLeftReason }
  /** To clients that follow paths: its client has joined anew, without having left. */
  | { type: 'peerReturned'; peerId: string }
  /**
   * To a peer that follows the room: with a consumer, or with why there is none as yet (`held`), and `newConsumer` follows
   * when it is forwarded.
   */
  | {
      type: 'newProducer';
      producer: ProducerInfo;
      consumer?: Consumer | undefined;
      held?: HoldReason | undefined;
    }
  | { type: 'producerClosed'; producerId: string; peerId: string }
  /** It is known, and its media has reached the server by another transport. The rest as with `newProducer`. */
  | {
      type: 'producerMoved';
      producerId: string;
      peerId: string;
      consumer?: Consumer | undefined;
      held?: HoldReason | undefined;
    }
  /** Of a producer that was held: it is forwarded from now on. */
  | { type: 'newConsumer'; consumer: Consumer }
  | { type: 'producerPaused'; producerId: string; peerId: string }
  | { type: 'producerResumed'; producerId: string; peerId: string }
  | { type: 'producerScore'; producerId: string; scores: ProducerScore[] }
  /** To its owner: nobody wants more than this layer; absent: nobody wants any. Send no more. */
  | { type: 'producerDemand'; producerId: string; spatialLayer?: number }
  /** Without a reason: by its publisher. */
  | { type: 'consumerPaused'; consumerId: string; producerId: string; reason?: HoldReason }
  | { type: 'consumerResumed'; consumerId: string; producerId: string; reason?: HoldReason }
  /** `held`: the producer is still to be received, and `newConsumer` follows when it is forwarded. */
  | { type: 'consumerClosed'; consumerId: string; producerId: string; held?: HoldReason }
  | { type: 'consumerScore'; consumerId: string; score: number; producerScore: number }
  | { type: 'consumerLayersChanged'; consumerId: string; layers: ConsumerLayers | undefined }
  | { type: 'transportClosed'; transportId: string }
  | { type: 'message'; from: string | undefined; topic: string; payload: unknown }
  /** Of another peer, to this one alone. */
  | { type: 'signal'; from: string; signal: Signal }
  | { type: 'activeSpeakers'; speakers: SpeakerInfo[] }
  /** Media of the room travels another way from now on. */
  | { type: 'topologyChanged'; topology: Topology; reason: TopologyReason; path: number }
  /** Everybody is on this path. */
  | { type: 'pathSettled'; path: number }
  /** The server is going to end, in `after` ms at the latest. `url`: another one that takes its rooms. */
  | { type: 'serverRestarting'; after: number; url?: string }
  | { type: 'roomClosed'; reason: RoomClosedReason };
