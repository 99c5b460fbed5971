import type { MediaBackend, MediaRoom, MediaRoomEvents } from '../core/ports.js';
import { ParlorError } from '../errors.js';
import { Emitter } from '../events.js';

/** For rooms whose media does not pass the server: no worker, nothing to publish to. */
export class NoMedia implements MediaBackend {
  createRoom(): Promise<MediaRoom> {
    return Promise.resolve(new NoMediaRoom());
  }

  close(): void {}
}

class NoMediaRoom extends Emitter<MediaRoomEvents> implements MediaRoom {
  readonly rtpCapabilities = { codecs: [], headerExtensions: [] };

  createTransport(): Promise<never> {
    return Promise.reject(
      new ParlorError('MEDIA_UNAVAILABLE', 'media in this room goes from browser to browser'),
    );
  }

  receiver(): { rtpCapabilities: NoMediaRoom['rtpCapabilities'] } {
    return this;
  }

  close(): void {}
}
