import type {
  AppData,
  DtlsParameters,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from '@parlor/protocol';
import type { Consumer, Peer, Producer, Transport } from '../core/types.js';
import type { Timer } from '../core/timer.js';
import { ParlorError } from '../errors.js';
import { awaitVideo } from './awaitVideo.js';

export interface DataOptions {
  /** The longest message that the client takes (RFC 8841 §6), bytes. */
  maxMessageSize: number;
  /** The server has offered them: it opens one, on this stream. */
  opens: number | undefined;
}

/** The server's end of one connection: one transport, and what can be done on it. */
export interface MediaPort {
  readonly info: TransportInfo;
  /** Of the room. */
  readonly capabilities: RtpCapabilities;
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  restartIce(): Promise<IceParameters>;
  produce(options: { kind: MediaKind; rtpParameters: RtpParameters; appData: AppData }): Promise<Producer>;
  /** Paused. @throws CANNOT_CONSUME, PRODUCER_NOT_FOUND, LIMIT_REACHED, FORBIDDEN */
  consume(options: { producerId: string; rtpCapabilities: RtpCapabilities; mid: string }): Promise<Consumer>;
  /** The client has data channels. Said once. */
  openData?(options: DataOptions): Promise<void>;
}

/** One transport of a peer. */
export const peerPort = (peer: Peer, transport: Transport, timer?: Timer): MediaPort => ({
  info: transport.info,
  capabilities: peer.room.rtpCapabilities,
  connect: (dtlsParameters) => transport.connect(dtlsParameters),
  restartIce: () => transport.restartIce(),
  produce: (options) => peer.produce({ ...options, transportId: transport.id }),
  consume: async ({ producerId, rtpCapabilities, mid }) => {
    const [result] = await peer.subscribe([producerId], {
      rtpCapabilities,
      mid,
      transportId: transport.id,
      paused: true,
    });
    if (result && 'consumer' in result) {
      awaitVideo(result.consumer, timer);
      return result.consumer;
    }
    const { code, message } = result?.error ?? { code: 'INTERNAL', message: 'no result' };
    throw new ParlorError(code, message);
  },
});
