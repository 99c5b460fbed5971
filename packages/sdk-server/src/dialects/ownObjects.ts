import type { RtpCapabilities } from '@parlor/protocol';
import type { PeerLink } from '../core/ports.js';
import type { Peer, ProduceOptions, Producer } from '../core/types.js';
import { ParlorError } from '../errors.js';

/** A peer, with the one thing that its owner's requests do differently from the host application's. */
export interface ClientPeer extends Peer {
  setRtpCapabilities(rtpCapabilities: RtpCapabilities): void;
  /** Its client changes over when media of the room takes another path. */
  readonly followsPaths: boolean;
  /** Its client sends only those layers of video that somebody watches. */
  dynacast: boolean;
  /** `isLazy`: its client can be told of consumers later. */
  readonly forwarding: { isLazy: boolean };
  /**
   * Goes on with a publication by another transport.
   * @throws PRODUCER_NOT_FOUND, TOPOLOGY_MISMATCH, BAD_REQUEST, UNSUPPORTED_MEDIA, TRANSPORT_NOT_FOUND
   */
  carryOn(producerId: string, options: ProduceOptions): Promise<Producer>;
  /**
   * Goes on with a publication of its client's former stay; undefined: there is none such.
   * @throws as `carryOn`
   */
  takeUp(formerId: string, options: ProduceOptions): Promise<Producer> | undefined;
  /** Its client has not joined anew by another one. */
  isReachedBy(link: PeerLink): boolean;
  /** Everything is on this path now. */
  pathReady(path: number): void;
  /** The path does not work; with `peerId`: towards this peer. */
  pathFailed(failure: { path: number; code: string; peerId?: string | undefined }): void;
  /** Resolves when a path that is being opened is there. */
  nextPath(): Promise<void>;
  readonly producers: ReadonlyMap<string, Producer & { setPausedByOwner(paused: boolean): Promise<void> }>;
}

const NOUN = {
  PRODUCER_NOT_FOUND: 'producer',
  CONSUMER_NOT_FOUND: 'consumer',
  TRANSPORT_NOT_FOUND: 'transport',
};

/** Objects of others are not found: whether they exist is none of the asker's business. */
function own<T>(objects: ReadonlyMap<string, T>, id: string, code: keyof typeof NOUN): T {
  const object = objects.get(id);
  if (object === undefined) throw new ParlorError(code, `you have no ${NOUN[code]} ${id}`);
  return object;
}

/** @throws CONSUMER_NOT_FOUND */
export const consumerOf = (peer: Peer, id: string) => own(peer.consumers, id, 'CONSUMER_NOT_FOUND');
/** @throws PRODUCER_NOT_FOUND */
export const producerOf = (peer: ClientPeer, id: string) => own(peer.producers, id, 'PRODUCER_NOT_FOUND');
/** @throws TRANSPORT_NOT_FOUND */
export const transportOf = (peer: Peer, id: string) => own(peer.transports, id, 'TRANSPORT_NOT_FOUND');
