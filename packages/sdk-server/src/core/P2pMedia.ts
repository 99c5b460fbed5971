import { randomUUID } from 'node:crypto';
import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type {
  MediaProducer,
  MediaProducerEvents,
  MediaReceiver,
  MediaRoom,
  MediaRoomEvents,
  MediaTransport,
} from './ports.js';
import type { StreamStats } from './types.js';

/** What a P2P room has in place of a router: media goes from browser to browser, so there is none to ask for. */
export class P2pMedia extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };

  createTransport(): Promise<MediaTransport> {
    return Promise.reject(notThroughServer('transports'));
  }

  receiver(rtpCapabilities: RtpCapabilities): MediaReceiver {
    return { rtpCapabilities };
  }

  close(): void {
    // Nothing was opened.
  }
}

/** A publication that the server announces and never sees: pausing it is up to its owner, who is told. */
export class P2pProducer extends Emitter<MediaProducerEvents> implements MediaProducer {
  constructor(
    readonly kind: MediaKind,
    readonly id: string = randomUUID(),
  ) {
    super();
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }

  stats(): Promise<StreamStats[]> {
    return Promise.resolve([]);
  }

  close(): void {
    // Nothing was opened.
  }
}

/** For requests that make sense only where the server carries the media. */
export const notThroughServer = (what: string): ParlorError =>
  new ParlorError(
    'TOPOLOGY_MISMATCH',
    `this room is peer to peer and has no ${what}: connect to the other peers with "signal", or use a room with topology "sfu"`,
  );
