import type { RtpCapabilities } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import type { MediaReceiver, MediaRoom, MediaTransport } from './ports.js';

/**
 * What P2P rooms have in place of a router: media goes from browser to browser, so there is none to ask for. Nothing
 * happens to it that could be told, so one is enough for all rooms.
 */
class P2pMedia implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };

  on(): this {
    return this;
  }

  once(): this {
    return this;
  }

  off(): this {
    return this;
  }

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

export const p2pMedia: MediaRoom = new P2pMedia();

/** For requests that make sense only where the server carries the media. */
export const notThroughServer = (what: string): ParlorError =>
  new ParlorError(
    'TOPOLOGY_MISMATCH',
    `this room is peer to peer and has no ${what}: connect to the other peers with "signal", or use a room with topology "sfu"`,
  );
