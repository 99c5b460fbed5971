import type { RtpCapabilities } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { MediaReceiver, MediaRoom, MediaRoomEvents, MediaTransport } from './ports.js';

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

/** For requests that make sense only where the server carries the media. */
export const notThroughServer = (what: string): ParlorError =>
  new ParlorError(
    'TOPOLOGY_MISMATCH',
    `this room is peer to peer and has no ${what}: connect to the other peers with "signal", or use a room with topology "sfu"`,
  );
