import type {
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
  | { type: 'peerJoined'; peer: PeerInfo }
  | { type: 'peerLeft'; peerId: string; reason: PeerLeftReason }
  /** To clients that follow paths: its client has joined anew, without having left. */
  | { type: 'peerReturned'; peerId: string }
  /** With a consumer: to a peer that follows the room. */
  | { type: 'newProducer'; producer: ProducerInfo; consumer?: Consumer | undefined }
  | { type: 'producerClosed'; producerId: string; peerId: string }
  /** It is known, and its media has reached the server by another transport. With a consumer as `newProducer`. */
  | { type: 'producerMoved'; producerId: string; peerId: string; consumer?: Consumer | undefined }
  | { type: 'producerPaused'; producerId: string; peerId: string }
  | { type: 'producerResumed'; producerId: string; peerId: string }
  | { type: 'producerScore'; producerId: string; scores: ProducerScore[] }
  /** To its owner: nobody wants more than this layer; absent: nobody wants any. Send no more. */
  | { type: 'producerDemand'; producerId: string; spatialLayer?: number }
  | { type: 'consumerPaused'; consumerId: string; producerId: string }
  | { type: 'consumerResumed'; consumerId: string; producerId: string }
  | { type: 'consumerClosed'; consumerId: string; producerId: string }
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
  /** The server is going to end, in `after` ms at the latest. */
  | { type: 'serverRestarting'; after: number }
  | { type: 'roomClosed'; reason: RoomClosedReason };
