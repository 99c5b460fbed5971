import type { types } from 'mediasoup';
import type { Placement } from './WorkerPool.js';

/** How media is carried by mediasoup. */
export interface MediasoupOptions {
  /** Worker processes. Default: one a core. */
  workers?: number;
  /** Which worker gets a new room. Default `leastLoaded`. */
  placement?: Placement;
  /**
   * When a worker has so many consumers (tracks that somebody receives), what else comes into its rooms goes to another
   * worker, and the room is on both: tracks are passed on between them. Default 500.
   */
  maxConsumersPerWorker?: number;
  /** Address that media listens on. Default: this machine's own IPv4 and IPv6 address. */
  listenIp?: string;
  /** What clients are told to connect to, where that differs: the public address in front of a NAT or container. */
  announcedAddress?: string;
  /**
   * First port of media, UDP and TCP; each further worker takes the next one. Default: ports that the system
   * picks, which no firewall can be opened for.
   */
  rtcPort?: number;
  /** `network`: clients are on this network, so private addresses are no reason for a warning. Default `internet`. */
  clients?: 'internet' | 'network';
  codecs?: types.RouterRtpCodecCapability[];
  /** The mediasoup-worker executable. Default: `MEDIASOUP_WORKER_BIN` or mediasoup's own. */
  workerBin?: string;
  /** Log level of the worker process. Default `warn`. */
  workerLogLevel?: types.WorkerLogLevel;
}
